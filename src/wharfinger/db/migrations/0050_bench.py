"""The packing bench: whose order is on whose bench, and what of it is scanned."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0049_second_factor"),
    ]

    operations = [
        migrations.CreateModel(
            name="BenchClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scanned", models.JSONField(default=dict)),
                ("address_hash", models.CharField(blank=True, max_length=64)),
                ("since", models.DateTimeField()),
                ("active_at_machine", models.DateTimeField()),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bench_claim",
                        to="wharfinger.salesorder",
                    ),
                ),
                (
                    "pick_list",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wharfinger.picklist",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bench_claim",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
