"""What Amazon finds wrong with listings, whether it shows them, what their attributes say; the kinds of problem."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0023_parcels_not_shown")]

    operations = [
        migrations.AddField("listing", "submitted_quantity", models.IntegerField(null=True)),
        migrations.AddField("channelproduct", "issues", models.JSONField(default=list)),
        migrations.AddField("channelproduct", "shown", models.BooleanField(null=True)),
        migrations.AlterField(
            "problem",
            "kind",
            models.CharField(
                choices=[
                    ("Unknown SKU", "Unknown SKU"),
                    ("FBA site has no stock levels", "FBA site has no stock levels"),
                    ("Oversold", "Oversold"),
                    ("Awaiting stock", "Awaiting stock"),
                    ("Message not understood", "Message not understood"),
                    ("Totals differ", "Totals differ"),
                    ("Paid orders without a channel", "Paid orders without a channel"),
                    ("Foreign currency", "Foreign currency"),
                    ("Buyer asks to cancel", "Buyer asks to cancel"),
                    ("Cancelled after shipping", "Cancelled after shipping"),
                    ("No delivery address", "No delivery address"),
                    ("Delivery address incomplete", "Delivery address incomplete"),
                    ("Delivery address changed", "Delivery address changed"),
                    ("Another time zone", "Another time zone"),
                    ("Confirmation refused", "Confirmation refused"),
                    ("Confirmation late", "Confirmation late"),
                    ("Amazon does not show our parcel", "Amazon does not show our parcel"),
                    ("Listing refused", "Listing refused"),
                    ("Two rules for one SKU", "Two rules for one SKU"),
                    ("Listing has errors at Amazon", "Listing has errors at Amazon"),
                    ("Listing gone from Amazon", "Listing gone from Amazon"),
                    ("Amazon shows another quantity", "Amazon shows another quantity"),
                    ("Authorisation lost", "Authorisation lost"),
                    ("Application refused", "Application refused"),
                    ("Role missing at Amazon", "Role missing at Amazon"),
                    ("Amazon limits our calls", "Amazon limits our calls"),
                    ("Import or upload failed", "Import or upload failed"),
                ],
                max_length=40,
            ),
        ),
    ]
