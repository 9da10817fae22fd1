"""Orders that are no sales orders reserve their units: their lines, and allocations of them."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def take_up(apps: Any, schema_editor: Any) -> None:
    """Orders without a sales order that are still to be sent are read once more: they reserve their units now."""
    unsent = apps.get_model("wharfinger", "ImportedOrder").objects.filter(
        fulfilment="FBM",
        sales_order=None,
        amazon_status__in=["UNSHIPPED", "PARTIALLY_SHIPPED", "PENDING", "PENDING_AVAILABILITY"],
        raw_message__body__isnull=False,
    )
    messages = list(unsent.values_list("raw_message", flat=True))
    apps.get_model("wharfinger", "RawMessage").objects.filter(pk__in=messages).update(state="Waiting", again_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0021_application_kind"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_item_id", models.CharField(max_length=40)),
                ("sku", models.TextField()),
                ("asin", models.CharField(blank=True, max_length=20)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("quantity_ordered", models.PositiveIntegerField(default=0)),
                ("quantity_cancelled", models.PositiveIntegerField(default=0)),
                ("quantity_shipped", models.PositiveIntegerField(default=0)),
                ("quantity_moved", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="importedorder",
            name="reservation_ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="importedorder",
            name="ship_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="installation",
            name="pending_reservation_days",
            field=models.PositiveSmallIntegerField(default=7),
        ),
        migrations.AddField(
            model_name="listing",
            name="fell_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="allocation",
            name="line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="allocations",
                to="wharfinger.salesorderline",
            ),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(
                condition=models.Q(
                    ("amazon_status__in", ["UNSHIPPED", "PARTIALLY_SHIPPED"]),
                    ("fulfilment", "FBM"),
                    models.Q(("state", "OK"), _negated=True),
                ),
                fields=["account", "marketplace"],
                name="imported_orders_unsent",
            ),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(
                condition=models.Q(("amazon_status__in", ["PENDING", "PENDING_AVAILABILITY"])),
                fields=["account", "placed_at"],
                name="imported_orders_pending",
            ),
        ),
        migrations.AddField(
            model_name="importedline",
            name="imported",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="wharfinger.importedorder"
            ),
        ),
        migrations.AddField(
            model_name="importedline",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imported_lines",
                to="wharfinger.stockitem",
            ),
        ),
        migrations.AddField(
            model_name="importedline",
            name="site",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wharfinger.site"
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="imported_line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="allocations",
                to="wharfinger.importedline",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(fields=("imported_line", "item", "site"), name="one_reservation"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("imported_line__isnull", False), ("line__isnull", True)),
                    models.Q(("imported_line__isnull", True), ("line__isnull", False)),
                    _connector="OR",
                ),
                name="allocation_has_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedline",
            constraint=models.UniqueConstraint(fields=("imported", "order_item_id"), name="one_imported_line"),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="state",
            field=models.CharField(
                choices=[
                    ("Pending", "Pending"),
                    ("Held", "Held"),
                    ("Awaiting stock", "Awaiting stock"),
                    ("Ready in part", "Ready in part"),
                    ("Ready to ship", "Ready to ship"),
                    ("Part shipped", "Part shipped"),
                    ("Shipped", "Shipped"),
                    ("Issued", "Issued"),
                    ("Cancelled", "Cancelled"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                choices=[
                    ("Authorisation expires", "Authorisation expires"),
                    ("Client secret expires", "Client secret expires"),
                    ("Authorisation lost", "Authorisation lost"),
                    ("Application refused", "Application refused"),
                    ("Secret rotation failed", "Secret rotation failed"),
                    ("Paid orders without a channel", "Paid orders without a channel"),
                ],
                max_length=30,
            ),
        ),
        migrations.AlterField(
            model_name="problem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("Unknown SKU", "Unknown SKU"),
                    ("FBA site has no stock levels", "FBA site has no stock levels"),
                    ("Oversold", "Oversold"),
                    ("Awaiting stock", "Awaiting stock"),
                    ("Message not understood", "Message not understood"),
                    ("Totals differ", "Totals differ"),
                    ("Paid orders without a channel", "Paid orders without a channel"),
                    ("Foreign currency", "Foreign currency"),
                    ("Buyer asks to cancel", "Buyer asks to cancel"),
                    ("Cancelled after shipping", "Cancelled after shipping"),
                    ("No delivery address", "No delivery address"),
                    ("Delivery address incomplete", "Delivery address incomplete"),
                    ("Delivery address changed", "Delivery address changed"),
                    ("Another time zone", "Another time zone"),
                    ("Confirmation refused", "Confirmation refused"),
                    ("Confirmation late", "Confirmation late"),
                    ("Listing refused", "Listing refused"),
                    ("Two rules for one SKU", "Two rules for one SKU"),
                    ("Amazon shows another quantity", "Amazon shows another quantity"),
                    ("Authorisation lost", "Authorisation lost"),
                    ("Application refused", "Application refused"),
                    ("Role missing at Amazon", "Role missing at Amazon"),
                    ("Amazon limits our calls", "Amazon limits our calls"),
                    ("Import or upload failed", "Import or upload failed"),
                ],
                max_length=40,
            ),
        ),
        migrations.RunPython(take_up, migrations.RunPython.noop),
    ]
