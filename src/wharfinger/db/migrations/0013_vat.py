"""VAT for the seller's own books: registrations, rates of items, where goods leave from and where an order goes to."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0012_order_marks")]

    operations = [
        migrations.CreateModel(
            name="VatRegistration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("country", models.CharField(max_length=2)),
                ("number", models.CharField(blank=True, max_length=20)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("established", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "country", "since"), name="one_vat_registration_a_day")
                ]
            },
        ),
        migrations.CreateModel(
            name="VatItemRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(max_length=2)),
                ("rate", models.DecimalField(decimal_places=2, max_digits=5)),
                ("since", models.DateField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vat_rates",
                        to="wharfinger.stockitem",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("item", "country", "since"), name="one_vat_rate_a_day")]
            },
        ),
        migrations.AddField("site", "country", models.CharField(blank=True, db_default="", default="", max_length=2)),
        migrations.AddField(
            "salesorder", "vat_area", models.CharField(blank=True, db_default="", default="", max_length=6)
        ),
        migrations.AddField(
            "salesorder", "buyer_vat_country", models.CharField(blank=True, db_default="", default="", max_length=2)
        ),
    ]
