"""Amazon's verification of regulated goods, and the answers to it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0067_privacy_proof"),
    ]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="unread", max_length=10)),
                ("requires_action", models.BooleanField(default=False)),
                ("reasons", models.JSONField(default=list)),
                ("rejection", models.TextField(blank=True)),
                ("reviewer", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(null=True)),
                ("again_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("answer", models.CharField(blank=True, max_length=10)),
                ("answer_reason", models.CharField(blank=True, max_length=100)),
                ("answer_reviewer", models.CharField(blank=True, max_length=60)),
                ("answer_sent_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="stockitem",
            index=models.Index(condition=models.Q(("regulated", True)), fields=["id"], name="stock_items_regulated"),
        ),
        migrations.AddField(
            model_name="verification",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="verifications",
                to="wharfinger.selleraccount",
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="answer_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="imported",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="verification", to="wharfinger.importedorder"
            ),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(
                condition=models.Q(("again_at__isnull", False)),
                fields=["account", "again_at"],
                name="verifications_to_look_at",
            ),
        ),
    ]
