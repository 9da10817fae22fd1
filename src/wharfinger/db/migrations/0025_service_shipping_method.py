"""A courier service knows Amazon's shipping method beside its carrier."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0024_listing_issues")]

    operations = [
        migrations.AddField(
            "courierservice", "amazon_shipping_method", models.CharField(blank=True, default="", max_length=60)
        ),
    ]
