"""The order report as proof: reports, days, gaps, orders wanted by number; the timetable gets their flows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NEW_LINES = """
INSERT INTO wharfinger_flowschedule (account_id, flow, due_at, outcome, waiting_for, error, failures)
SELECT known.account_id, added.flow, known.due_at, '', '', '', 0
FROM wharfinger_flowschedule known, (VALUES ('orders_by_number'), ('order_report')) AS added (flow)
WHERE known.flow = 'orders_in'
ON CONFLICT DO NOTHING
"""
TAKEN_AWAY = "DELETE FROM wharfinger_flowschedule WHERE flow IN ('orders_by_number', 'order_report')"


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0039_kinds_as_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompletenessDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("whole", models.BooleanField()),
                ("amazon_orders", models.IntegerField()),
                ("amazon_units", models.IntegerField()),
                ("amazon_money", models.JSONField(default=dict)),
                ("our_orders", models.IntegerField()),
                ("our_units", models.IntegerField()),
                ("our_money", models.JSONField(default=dict)),
                ("checked_at", models.DateTimeField()),
                ("covered_until", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="completeness_days",
                        to="wharfinger.selleraccount",
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wharfinger.marketplace",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-day"], name="completeness_days_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "marketplace", "day"), name="one_completeness_day", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CompletenessGap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("amazon_order_id", models.CharField(max_length=60)),
                ("placed_at", models.DateTimeField()),
                ("kinds", models.JSONField(default=list)),
                ("state", models.CharField(default="open", max_length=12)),
                ("cause", models.CharField(default="unexplained", max_length=24)),
                ("note", models.TextField(blank=True)),
                ("amazon", models.JSONField(null=True)),
                ("ours", models.JSONField(null=True)),
                ("covered_until", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("downloaded_at", models.DateTimeField(null=True)),
                ("downloads", models.PositiveSmallIntegerField(default=0)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="completeness_gaps",
                        to="wharfinger.selleraccount",
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wharfinger.marketplace",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-day", "-id"], name="completeness_gaps_newest"),
                    models.Index(
                        condition=models.Q(("state__in", ["open", "stuck"])),
                        fields=["account", "id"],
                        name="completeness_gaps_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "healed"), _negated=True),
                        fields=("account", "amazon_order_id"),
                        name="one_standing_completeness_gap",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="wanted", max_length=12)),
                ("report_id", models.CharField(blank=True, max_length=60)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("wanted_at", models.DateTimeField()),
                ("requested_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("orders", models.PositiveIntegerField(default=0)),
                ("unreadable", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="order_reports",
                        to="wharfinger.selleraccount",
                    ),
                ),
                (
                    "wanted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-wanted_at"], name="order_reports_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["wanted", "preparing"])),
                        fields=("account",),
                        name="one_open_order_report",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WantedOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amazon_order_id", models.CharField(max_length=60)),
                ("source", models.CharField(max_length=12)),
                ("wanted_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(null=True)),
                ("again_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wanted_orders",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "wanted_at"], name="wanted_orders_oldest")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "amazon_order_id"), name="one_wanted_order")
                ],
            },
        ),
        migrations.RunSQL(NEW_LINES, TAKEN_AWAY),
    ]
