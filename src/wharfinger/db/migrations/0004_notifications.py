"""Notifications: the queue of each account, what was seen, what could not be read."""

import django.db.models.deletion
from django.db import migrations, models

import wharfinger.db.encryption

NEW_LINE = """
INSERT INTO wharfinger_flowschedule (account_id, flow, due_at, outcome, waiting_for, error, failures)
SELECT account_id, 'notifications_in', due_at, '', '', '', 0
FROM wharfinger_flowschedule WHERE flow = 'orders_in'
ON CONFLICT DO NOTHING
"""
TAKEN_AWAY = "DELETE FROM wharfinger_flowschedule WHERE flow = 'notifications_in'"


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0003_first_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationQueue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=300)),
                ("region", models.CharField(max_length=30)),
                ("key_id", models.CharField(max_length=128)),
                ("secret", wharfinger.db.encryption.EncryptedText()),
                ("last_four", models.CharField(max_length=4)),
                ("state", models.CharField(default="off", max_length=16)),
                ("replace_other", models.BooleanField(default=False)),
                ("destination_id", models.CharField(blank=True, max_length=100)),
                ("subscription_id", models.CharField(blank=True, max_length=100)),
                ("subscribed_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("queue_error", models.TextField(blank=True)),
                ("test", models.CharField(default="none", max_length=8)),
                ("test_id", models.CharField(blank=True, max_length=60)),
                ("test_at", models.DateTimeField(null=True)),
                ("last_message_at", models.DateTimeField(null=True)),
                ("last_delay_seconds", models.IntegerField(null=True)),
                ("counted_on", models.DateField(null=True)),
                ("today", models.PositiveIntegerField(default=0)),
                ("received", models.PositiveBigIntegerField(default=0)),
                ("repeated", models.PositiveBigIntegerField(default=0)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_queue",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SeenNotification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notification_id", models.CharField(max_length=60)),
                ("taken_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.selleraccount"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["taken_at"], name="seen_notifications_oldest")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "notification_id"), name="a_notification_is_taken_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="UnreadNotification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", wharfinger.db.encryption.EncryptedBytes()),
                ("body_hash", models.CharField(max_length=64)),
                ("error", models.TextField()),
                ("received_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.selleraccount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "body_hash"), name="an_unread_notification_is_kept_once")
                ],
            },
        ),
        migrations.RunSQL(NEW_LINE, TAKEN_AWAY),
    ]
