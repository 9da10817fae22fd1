"""Label printers, and what is sent to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Lower

CASCADE = django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0061_label_net_share"),
    ]

    operations = [
        migrations.CreateModel(
            name="Printer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("host", models.CharField(max_length=253)),
                ("port", models.PositiveIntegerField()),
                ("language", models.CharField(max_length=10)),
                ("active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(Lower("name"), name="one_printer_of_a_name")]},
        ),
        migrations.CreateModel(
            name="PrintJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="wanted", max_length=10)),
                ("requested_at", models.DateTimeField()),
                ("started_at_machine", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "label",
                    models.ForeignKey(
                        null=True, on_delete=CASCADE, related_name="print_jobs", to="wharfinger.courierlabel"
                    ),
                ),
                (
                    "printer",
                    models.ForeignKey(db_index=False, on_delete=CASCADE, related_name="jobs", to="wharfinger.printer"),
                ),
                (
                    "requested_by",
                    models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["printer", "-id"], name="print_jobs_of_printer"),
                    models.Index(
                        condition=models.Q(("state__in", ["wanted", "sending"])),
                        fields=["id"],
                        name="print_jobs_to_send",
                    ),
                ]
            },
        ),
    ]
