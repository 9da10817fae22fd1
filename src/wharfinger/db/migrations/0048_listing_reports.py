"""Listings reports, and the flow that compares them, for accounts that have flows already."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def add_flow(apps: Any, schema_editor: Any) -> None:
    """At once for every account that is linked: its other flows say by their rows that it is."""
    rows = apps.get_model("wharfinger", "FlowSchedule").objects
    known = rows.filter(flow="listings_in").values_list("account", "due_at")
    model = apps.get_model("wharfinger", "FlowSchedule")
    rows.bulk_create(
        [model(account_id=account, flow="listing_report", due_at=due_at) for account, due_at in known],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0047_drift"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="wanted", max_length=12)),
                ("report_id", models.CharField(blank=True, max_length=60)),
                ("wanted_at", models.DateTimeField()),
                ("attempted_at", models.DateTimeField(null=True)),
                ("requested_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("compared", models.PositiveIntegerField(default=0)),
                ("differ", models.PositiveIntegerField(default=0)),
                ("unknown", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listing_reports",
                        to="wharfinger.selleraccount",
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.marketplace"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "marketplace", "-id"], name="listing_reports_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["wanted", "preparing"])),
                        fields=("account", "marketplace"),
                        name="one_open_listing_report",
                    )
                ],
            },
        ),
        migrations.RunPython(add_flow, migrations.RunPython.noop),
    ]
