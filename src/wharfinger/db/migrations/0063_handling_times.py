"""Handling times for some days, and what listings have and had of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0062_printers"),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="handling_before",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="listing",
            name="handling_days",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="listing",
            name="handling_ends",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="listing",
            name="handling_misses",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="listing",
            name="restock_date",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="stockpush",
            name="lead_time",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stockpush",
            name="takes_lead_time",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="HandlingPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("days", models.PositiveSmallIntegerField()),
                ("state", models.CharField(default="coming", max_length=10)),
                ("version", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handling_periods",
                        to="wharfinger.channel",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handling_periods",
                        to="wharfinger.stockprofile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("days__lte", 30)), name="handling_at_most_30_days"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day", None), ("last_day__gte", models.F("first_day")), _connector="OR"
                        ),
                        name="handling_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel", None), ("profile", None), _connector="OR"),
                        name="handling_of_one_kind",
                    ),
                ],
            },
        ),
    ]
