"""When Amazon's catalogue was read for a product whose listing came without GTIN or picture."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0032_listing_feeds")]

    operations = [migrations.AddField("channelproduct", "described_at", models.DateTimeField(null=True))]
