"""Amounts that differ never keep an order out any more: those that did are taken up again."""

from typing import Any

from django.db import migrations, models


def take_up(apps: Any, schema_editor: Any) -> None:
    """Orders that failed for their amounts alone; the next run of the inbox imports them."""
    problems = apps.get_model("wharfinger", "Problem").objects.filter(kind="Totals differ", solved_at=None)
    numbers = problems.filter(imported_order__state="Failed").values_list("imported_order", flat=True)
    failed = apps.get_model("wharfinger", "ImportedOrder").objects.filter(pk__in=list(numbers), sales_order=None)
    saved = failed.filter(raw_message__body__isnull=False)
    messages = list(saved.values_list("raw_message", flat=True))
    apps.get_model("wharfinger", "RawMessage").objects.filter(pk__in=messages).update(state="Waiting", again_at=None)
    saved.update(state="Retrying")


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0011_fba_levels")]

    operations = [
        migrations.AddField("salesorder", "totals_accepted", models.TextField(blank=True, default="")),
        migrations.RunPython(take_up, migrations.RunPython.noop),
    ]
