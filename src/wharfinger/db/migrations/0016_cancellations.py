"""Cancellations of sales orders at Amazon, and the feeds that carry them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0015_leaner_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="salesorder",
            name="cancelling_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="OrderFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="preparing", max_length=12)),
                ("feed_id", models.CharField(blank=True, max_length=60)),
                ("made_at", models.DateTimeField()),
                ("attempted_at", models.DateTimeField(null=True)),
                ("attempted_at_machine", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="order_feeds",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=20)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("number", models.PositiveIntegerField(default=0)),
                ("sent", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("again_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cancellations",
                        to="wharfinger.selleraccount",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cancellations",
                        to="wharfinger.salesorder",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="cancellations",
                        to="wharfinger.orderfeed",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="orderfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["preparing", "submitting", "processing"])),
                fields=("account",),
                name="one_order_feed_under_way",
            ),
        ),
        migrations.AddIndex(
            model_name="cancellation",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "attempted", "submitted", "accepted"])),
                fields=["account", "again_at"],
                name="cancellations_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "attempted", "submitted", "accepted"])),
                fields=("order",),
                name="one_open_cancellation",
            ),
        ),
    ]
