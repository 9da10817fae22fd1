"""Several sales orders of one Amazon order: each that is there is the first part of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0026_shares_of_stock")]

    operations = [
        migrations.AddField("salesorder", "part", models.PositiveSmallIntegerField(db_default=1, default=1)),
        migrations.AddField("salesorder", "divided", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "salesorder",
            "merged_into",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wharfinger.salesorder",
            ),
        ),
        migrations.AddConstraint(
            "salesorder", models.UniqueConstraint(fields=["imported", "part"], name="one_sales_order_of_a_part")
        ),
        migrations.AlterField(
            "salesorder",
            "imported",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sales_orders",
                related_query_name="sales_order",
                to="wharfinger.importedorder",
            ),
        ),
    ]
