"""Plans of first stock uploads, kept with what a person decided."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0056_site_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="UploadPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="wanted", max_length=10)),
                ("wanted_at", models.DateTimeField()),
                ("worked_out_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("after", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("totals", models.JSONField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.selleraccount"
                    ),
                ),
                ("channels", models.ManyToManyField(related_name="upload_plans", to="wharfinger.channel")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wanted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UploadPlanRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("change", models.CharField(max_length=10)),
                ("now", models.IntegerField(null=True)),
                ("would_be", models.IntegerField(null=True)),
                ("by", models.PositiveIntegerField()),
                ("why_not", models.TextField(blank=True)),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.listing"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="wharfinger.uploadplan",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="uploadplan",
            index=models.Index(condition=models.Q(("state", "wanted")), fields=["id"], name="upload_plans_wanted"),
        ),
        migrations.AddIndex(
            model_name="uploadplanrow",
            index=models.Index(fields=["plan", "-by", "-id"], name="upload_plan_by_change"),
        ),
        migrations.AddConstraint(
            model_name="uploadplanrow",
            constraint=models.UniqueConstraint(fields=("plan", "listing"), name="a_listing_once_in_a_plan"),
        ),
    ]
