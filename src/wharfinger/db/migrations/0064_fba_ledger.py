"""Amazon's ledger of FBA sites, and the flow that reads it, for accounts that have flows already."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def add_flow(apps: Any, schema_editor: Any) -> None:
    """At once for every account that is linked: its other flows say by their rows that it is."""
    rows = apps.get_model("wharfinger", "FlowSchedule").objects
    known = rows.filter(flow="fba_stock_in").values_list("account", "due_at")
    model = apps.get_model("wharfinger", "FlowSchedule")
    rows.bulk_create(
        [model(account_id=account, flow="fba_ledger", due_at=due_at) for account, due_at in known],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0063_handling_times"),
    ]

    operations = [
        migrations.CreateModel(
            name="FbaLedgerDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("shipped", models.IntegerField(default=0)),
                ("starting", models.IntegerField(null=True)),
                ("ending", models.IntegerField(null=True)),
                ("booked", models.JSONField(default=dict)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ledger_days",
                        to="wharfinger.stockitem",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ledger_days",
                        to="wharfinger.site",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("site", "day", "item"), name="one_ledger_day_of_an_item")
                ],
            },
        ),
        migrations.CreateModel(
            name="FbaLedgerReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="wanted", max_length=12)),
                ("report_id", models.CharField(blank=True, max_length=60)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("wanted_at", models.DateTimeField()),
                ("attempted_at", models.DateTimeField(null=True)),
                ("requested_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("items", models.PositiveIntegerField(default=0)),
                ("explained", models.PositiveIntegerField(default=0)),
                ("unlinked", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ledger_reports",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-id"], name="ledger_reports_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["wanted", "preparing"])),
                        fields=("account",),
                        name="one_open_ledger_report",
                    )
                ],
            },
        ),
        migrations.RunPython(add_flow, migrations.RunPython.noop),
    ]
