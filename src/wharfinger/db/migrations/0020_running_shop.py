"""A demo system's running shop, and how far it is. Additive."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0019_sign_in_limit")]

    operations = [
        migrations.CreateModel(
            name="RunningShop",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("Running", "Running"), ("Done", "Done"), ("Failed", "Failed")], max_length=10
                    ),
                ),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("days", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="runningshop",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="one_running_shop"),
        ),
    ]
