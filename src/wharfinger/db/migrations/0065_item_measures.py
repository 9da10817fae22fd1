"""Measures, cases, cost, and serial and batch flags of stock items."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0064_fba_ledger"),
    ]

    operations = [
        migrations.AddField(
            model_name="stockitem",
            name="case_size",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="cost",
            field=models.DecimalField(decimal_places=4, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="cost_currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="has_batches",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="has_serials",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="height_mm",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="length_mm",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="width_mm",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("case_size", None), ("case_size__gte", 2), _connector="OR"),
                name="a_case_has_several_units",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost", None), ("cost__gte", 0), _connector="OR"), name="cost_is_no_debt"
            ),
        ),
    ]
