"""After how long without orders a seller account's quantities fall, and to what."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0045_board"),
    ]

    operations = [
        migrations.CreateModel(
            name="SafeMode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after_hours", models.PositiveSmallIntegerField(null=True)),
                ("percent", models.PositiveSmallIntegerField(default=50)),
                ("cap", models.PositiveIntegerField(null=True)),
                ("entered_at", models.DateTimeField(null=True)),
                ("blind_since", models.DateTimeField(null=True)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="safe_mode",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("percent__lte", 100)), name="safe_percent_at_most_100"),
                    models.CheckConstraint(
                        condition=models.Q(("after_hours", None), ("after_hours__gte", 1), _connector="OR"),
                        name="safe_after_an_hour",
                    ),
                ],
            },
        ),
    ]
