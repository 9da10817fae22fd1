"""Archives of customised lines; goods that need an approval at Amazon before they leave."""

import django.db.models.deletion
from django.db import migrations, models

import wharfinger.db.encryption


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0021_attachments")]

    operations = [
        migrations.CreateModel(
            name="Customisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", wharfinger.db.encryption.EncryptedBytes(null=True)),
                ("size", models.PositiveIntegerField(default=0)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("again_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="customisation",
                        to="wharfinger.salesorderline",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("again_at__isnull", False)),
                        fields=["again_at"],
                        name="customisations_waiting",
                    )
                ]
            },
        ),
        migrations.AddField("stockitem", "regulated", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("salesorder", "approved_at", models.DateTimeField(null=True)),
    ]
