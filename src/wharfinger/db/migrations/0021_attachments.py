"""Files attached to sales orders, encrypted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import wharfinger.db.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0020_line_sites"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderAttachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", wharfinger.db.encryption.EncryptedText()),
                ("kind", models.CharField(max_length=40)),
                ("content", wharfinger.db.encryption.EncryptedBytes()),
                ("size", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="wharfinger.salesorder",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
