"""The rows that every installation begins with: marketplaces, what it is, first values of the small lists."""

from typing import Any

from django.conf import settings
from django.db import migrations

from wharfinger.domain.marketplaces import MARKETPLACES, likely_zone

FIRST = {
    "SalesSource": ("Amazon FBM", "Amazon FBA"),
    "CompanyClass": ("Amazon",),
    "BankAccount": ("Amazon",),
    "CourierGroup": ("Standard", "Expedited", "Prime"),
    "OrderNumberPrefix": ("SO",),
}


def add_marketplaces(apps: Any, schema_editor: Any) -> None:
    marketplace = apps.get_model("wharfinger", "Marketplace")
    marketplace.objects.bulk_create(
        marketplace(
            id=facts.id,
            name=facts.name,
            country=facts.country,
            currency=facts.currency,
            region=facts.region,
            pool=facts.pool,
            seller_central=facts.seller_central,
            time_zone=likely_zone(facts.id, facts.region, facts.country),
        )
        for facts in MARKETPLACES
    )


def add_installation(apps: Any, schema_editor: Any) -> None:
    """The one row that says what this installation is; its numbers begin here."""
    made_at = settings.CLOCK.machine_now()
    apps.get_model("wharfinger", "Installation").objects.create(system=settings.WHARFINGER.system, made_at=made_at)


def fill_lists(apps: Any, schema_editor: Any) -> None:
    for model, names in FIRST.items():
        rows = apps.get_model("wharfinger", model)
        rows.objects.bulk_create([rows(name=name) for name in names])


class Migration(migrations.Migration):
    replaces = [
        ("wharfinger", "0040_order_reports"),
    ]
    dependencies = [("wharfinger", "0002_triggers_and_numbers")]

    operations = [
        migrations.RunPython(add_marketplaces, migrations.RunPython.noop),
        migrations.RunPython(add_installation, migrations.RunPython.noop),
        migrations.RunPython(fill_lists, migrations.RunPython.noop),
    ]
