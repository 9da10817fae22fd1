"""When Amazon's catalogue was asked about a product whose listing came without GTIN or picture."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0028_catalogue_in")]

    operations = [migrations.AddField("channelproduct", "described_at", models.DateTimeField(null=True))]
