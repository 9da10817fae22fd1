"""First values of the small lists, and whose month the generic customers made so far are."""

import re
from typing import Any

from django.db import migrations

FIRST = {
    "SalesSource": ("Amazon FBM", "Amazon FBA"),
    "CompanyClass": ("Amazon",),
    "BankAccount": ("Amazon",),
    "CourierGroup": ("Standard", "Expedited", "Prime"),
    "OrderNumberPrefix": ("SO",),
}
CODE_UNTIL_NOW = re.compile(r"-(?P<channel>\d+)-(?P<month>\d{4})$")


def fill_lists(apps: Any, schema_editor: Any) -> None:
    for model, names in FIRST.items():
        rows = apps.get_model("wharfinger", model).objects
        for name in names:
            if not rows.filter(name__iexact=name).exists():
                rows.create(name=name)


def name_months(apps: Any, schema_editor: Any) -> None:
    channels = set(apps.get_model("wharfinger", "Channel").objects.values_list("pk", flat=True))
    for customer in apps.get_model("wharfinger", "Customer").objects.filter(generic=True, generic_channel=None):
        told = CODE_UNTIL_NOW.search(customer.code)
        if told and int(told["channel"]) in channels:
            customer.generic_channel_id, customer.generic_month = int(told["channel"]), told["month"]
            customer.save(update_fields=["generic_channel", "generic_month"])


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0006_options")]

    operations = [
        migrations.RunPython(fill_lists, migrations.RunPython.noop),
        migrations.RunPython(name_months, migrations.RunPython.noop),
    ]
