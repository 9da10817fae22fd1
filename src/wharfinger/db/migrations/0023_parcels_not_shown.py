"""Parcels that Amazon took and does not show: their state, how often they were sent again, their kind of problem."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0022_reservations")]

    operations = [
        migrations.AddField("confirmation", "resends", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField(
            "confirmation",
            "state",
            models.CharField(
                choices=[
                    ("Waiting", "Waiting"),
                    ("Attempted", "Attempted"),
                    ("Accepted", "Accepted"),
                    ("Confirmed", "Confirmed"),
                    ("Refused", "Refused"),
                    ("Not shown", "Not shown"),
                    ("Not sent", "Not sent"),
                ],
                default="Waiting",
                max_length=12,
            ),
        ),
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
