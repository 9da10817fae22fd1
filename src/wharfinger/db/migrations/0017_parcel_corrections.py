"""Corrections of parcels that left, numbers that a person confirmed, problems that a person closed."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_ATTEMPTED = ["Attempted", "Accepted", "Confirmed", "Refused"]


def note_what_was_attempted(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was sent so far is the first version of each parcel."""
    rows = apps.get_model("wharfinger", "Confirmation").objects.filter(state__in=_ATTEMPTED)
    rows.update(attempted_version=1, first_accepted_at=models.F("accepted_at"))


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0016_amazon_answers")]

    operations = [
        migrations.AddField("shipment", "number_confirmed", models.BooleanField(default=False)),
        migrations.AddField("shipment", "delivered_at", models.DateTimeField(null=True)),
        migrations.AddField("confirmation", "version", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("confirmation", "attempted_version", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("confirmation", "first_accepted_at", models.DateTimeField(null=True)),
        migrations.AddField("confirmation", "sent_carrier", models.CharField(blank=True, max_length=130)),
        migrations.AddField("confirmation", "shown_carrier", models.CharField(blank=True, max_length=120)),
        migrations.AddField("confirmation", "stale_carrier", models.CharField(blank=True, max_length=120)),
        migrations.AddField(
            "problem",
            "closed_by",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            "courierservice",
            "tracking",
            models.CharField(
                choices=[
                    ("At once", "At once"),
                    ("Typed by hand", "Typed by hand"),
                    ("Later, typed on the order", "Later, typed on the order"),
                    ("Later (file exchange)", "Later (file exchange)"),
                ],
                max_length=30,
            ),
        ),
        migrations.RunPython(note_what_was_attempted, migrations.RunPython.noop, elidable=True),
    ]
