"""Pick lists: the orders that a packer fetches from the shelves together."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0037_bins"),
    ]

    operations = [
        migrations.CreateModel(
            name="PickList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="open", max_length=10)),
                ("chosen", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PickListOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                ("open", models.BooleanField(default=True)),
                ("taken_off_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pick_list_orders",
                        to="wharfinger.salesorder",
                    ),
                ),
                (
                    "pick_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="wharfinger.picklist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PickListUnits",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="units", to="wharfinger.picklistorder"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.stockitem",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.salesorderline"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.site",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="picklist",
            index=models.Index(condition=models.Q(("state", "open")), fields=["-id"], name="pick_lists_open"),
        ),
        migrations.AddConstraint(
            model_name="picklistorder",
            constraint=models.UniqueConstraint(fields=("pick_list", "place"), name="one_place_of_a_pick_list"),
        ),
        migrations.AddConstraint(
            model_name="picklistorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("open", True)), fields=("order",), name="one_open_pick_list_of_an_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="picklistunits",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="pick_list_units_are_some"),
        ),
    ]
