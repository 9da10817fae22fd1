"""Whose fault a failed run is stands in a column of its own; until now it was read out of the error's text."""

import re
from typing import Any

from django.db import migrations, models

_SAID = re.compile(r"^\w+: (?P<said>\d{3}|no answer)\b")


def _fault(error: str) -> str:
    match = _SAID.match(error)
    if match is None:
        return "ours"
    said = match["said"]
    if said == "429":
        return "rate"
    if said == "no answer" or said == "200":
        return "network"
    return "amazon" if said.startswith("5") or said == "408" else "refusal"


def fill(apps: Any, schema_editor: object) -> None:
    flows = apps.get_model("wharfinger", "FlowSchedule")
    for line in flows.objects.exclude(error=""):
        flows.objects.filter(pk=line.pk).update(fault=_fault(line.error))


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0013_vat")]

    operations = [
        migrations.AddField(
            "flowschedule", "fault", models.CharField(blank=True, db_default="", default="", max_length=10)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
