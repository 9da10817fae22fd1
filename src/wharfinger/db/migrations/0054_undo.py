"""Undo: how long a confirmation waits, until when each parcel's does, and which parcels were taken back.

Parcels that left before have no time for Undo: their confirmations leave as they did.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0053_alert_destinations")]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="undo_minutes",
            field=models.PositiveSmallIntegerField(db_default=2, default=2),
        ),
        migrations.AddConstraint(
            model_name="installation",
            constraint=models.CheckConstraint(
                condition=models.Q(("undo_minutes__lte", 30)), name="undo_lasts_30_minutes_at_most"
            ),
        ),
        migrations.AddField(model_name="shipment", name="undo_until", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="shipment", name="undone_at", field=models.DateTimeField(null=True)),
    ]
