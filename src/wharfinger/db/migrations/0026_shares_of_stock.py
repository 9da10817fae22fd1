"""Percents of an item's listings may be shares of one stock."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0025_channel_products_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="installationstockrule",
            name="shares",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
