"""Counts (stocktakes): what is to be counted, what was counted by whom, and what is booked."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0038_pick_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=10)),
                ("bin_from", models.CharField(blank=True, db_collation="C", max_length=40)),
                ("bin_to", models.CharField(blank=True, db_collation="C", max_length=40)),
                ("state", models.CharField(default="open", max_length=10)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("booked", models.PositiveIntegerField(default=0)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="wharfinger.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bin", models.CharField(blank=True, db_collation="C", max_length=40)),
                ("counted", models.IntegerField(null=True)),
                ("expected", models.IntegerField(null=True)),
                ("variance", models.IntegerField(null=True)),
                ("moved", models.BooleanField(default=False)),
                ("entries", models.PositiveIntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
                ("recount", models.BooleanField(default=False)),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="count_lines",
                        to="wharfinger.stockitem",
                    ),
                ),
                (
                    "count",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="wharfinger.stockcount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CountEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("on_hand", models.IntegerField()),
                ("replaces", models.BooleanField(default=False)),
                ("token", models.CharField(max_length=40)),
                ("entered_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="every_entry",
                        to="wharfinger.countline",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("token",), name="one_count_entry")],
            },
        ),
        migrations.AddIndex(
            model_name="countline",
            index=models.Index(fields=["count", "bin", "id"], name="count_line_by_bin"),
        ),
        migrations.AddIndex(
            model_name="countline",
            index=models.Index(fields=["count", "variance", "id"], name="count_line_by_variance"),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.UniqueConstraint(fields=("count", "item"), name="one_count_line"),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counted__isnull", True), ("expected__isnull", True), ("variance__isnull", True)),
                    models.Q(
                        ("counted__isnull", False),
                        ("expected__isnull", False),
                        (
                            "variance",
                            django.db.models.expressions.CombinedExpression(
                                models.F("counted"), "-", models.F("expected")
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="variance_is_counted_less_expected",
            ),
        ),
    ]
