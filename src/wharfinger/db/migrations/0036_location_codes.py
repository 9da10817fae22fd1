"""Listings whose units the seller's locations at Amazon hold."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0035_deactivated_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="location_codes",
            field=models.CharField(blank=True, db_default="", default="", max_length=400),
        ),
    ]
