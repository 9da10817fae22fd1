"""Indexes that no query uses cost every order that comes: they go, and columns that nothing uses any more.

A foreign key whose column leads another index needs none of its own; a unique text that is never searched by its
beginning needs no second one; hashes of buyers gave way to search words. The release before this one runs on it: the
two columns of Installation stay, with a default. The inbox is a queue whose rows change once: PostgreSQL's defaults let
20 % of a million dead rows gather before it cleans, ours 10,000.
"""

import django.db.models.deletion
from django.db import migrations, models

QUEUE = (
    "ALTER TABLE wharfinger_rawmessage SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, "
    "autovacuum_analyze_scale_factor = 0.02)",
    "ALTER TABLE wharfinger_rawmessage RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, "
    "autovacuum_analyze_scale_factor)",
)


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0014_whose_fault")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE wharfinger_installation ALTER COLUMN {name} SET DEFAULT 1",
                    f"ALTER TABLE wharfinger_installation ALTER COLUMN {name} DROP DEFAULT",
                )
                for name in ("next_sales_order", "next_customer")
            ],
            state_operations=[
                migrations.RemoveField("installation", "next_sales_order"),
                migrations.RemoveField("installation", "next_customer"),
            ],
        ),
        migrations.RunSQL(*QUEUE),
        migrations.AlterField(
            model_name="allocation",
            name="imported_line",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="allocations",
                to="wharfinger.importedline",
            ),
        ),
        migrations.AlterField(
            model_name="allocation",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="allocations",
                to="wharfinger.salesorderline",
            ),
        ),
        migrations.AlterField(
            model_name="customer",
            name="address_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="customer",
            name="code",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="customer",
            name="email_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="customer",
            name="name_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="customer",
            name="postcode_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="customer",
            name="surname_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="importedorder",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imported_orders",
                to="wharfinger.selleraccount",
            ),
        ),
        migrations.AlterField(
            model_name="importedorder",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imported_orders",
                to="wharfinger.channel",
            ),
        ),
        migrations.AlterField(
            model_name="importedorder",
            name="waits_for",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AlterField(
            model_name="movement",
            name="item",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="wharfinger.stockitem",
            ),
        ),
        migrations.AlterField(
            model_name="rawmessage",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="raw_messages",
                to="wharfinger.selleraccount",
            ),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sales_orders",
                to="wharfinger.channel",
            ),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="code",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sales_orders",
                to="wharfinger.customer",
            ),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="email_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="postcode_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="surname_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="salesorderline",
            name="order",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="wharfinger.salesorder",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["address_hash", "name_hash"], name="customers_by_buyer"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(
                condition=models.Q(("waits_for", ""), _negated=True),
                fields=["waits_for"],
                name="imported_orders_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=models.Q(("postcode_hash", ""), _negated=True),
                fields=["postcode_hash"],
                name="sales_orders_old_postcode",
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=models.Q(("surname_hash", ""), _negated=True),
                fields=["surname_hash"],
                name="sales_orders_old_surname",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("code",), name="one_customer_code"),
        ),
        migrations.AddConstraint(
            model_name="salesorder",
            constraint=models.UniqueConstraint(fields=("code",), name="one_sales_order_code"),
        ),
    ]
