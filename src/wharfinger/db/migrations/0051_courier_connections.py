"""Connections to couriers, their service codes, and labels that are bought through them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import wharfinger.db.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0050_bench"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConnectionService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=80)),
                ("package_format", models.CharField(max_length=20)),
                ("grams_at_most", models.PositiveIntegerField(null=True)),
                ("gives_tracking", models.BooleanField(default=True)),
                ("active", models.BooleanField(default=True)),
                ("taken_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="courierservice",
            name="label_service",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="courier_services",
                to="wharfinger.connectionservice",
            ),
        ),
        migrations.CreateModel(
            name="CourierConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=60)),
                ("api_key", wharfinger.db.encryption.EncryptedText(blank=True)),
                ("key_last_four", models.CharField(blank=True, max_length=4)),
                ("carrier_name", models.CharField(blank=True, max_length=50)),
                ("active", models.BooleanField(default=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("sites", models.ManyToManyField(related_name="+", to="wharfinger.site")),
            ],
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="services", to="wharfinger.courierconnection"
            ),
        ),
        migrations.CreateModel(
            name="ConnectionCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("state", models.CharField(default="wanted", max_length=10)),
                ("reference", models.CharField(max_length=40)),
                ("requested_at", models.DateTimeField()),
                ("started_at_machine", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="wharfinger.courierconnection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CourierLabel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("reference", models.CharField(max_length=40, unique=True)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("units", models.JSONField()),
                ("grams", models.PositiveIntegerField()),
                ("package_format", models.CharField(max_length=20)),
                ("address_hash", models.CharField(max_length=64)),
                ("identifier", models.CharField(blank=True, max_length=40)),
                ("tracking_number", models.CharField(blank=True, max_length=60)),
                ("document", wharfinger.db.encryption.EncryptedBytes(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("attempted_at_machine", models.DateTimeField(null=True)),
                ("look_ups", models.PositiveSmallIntegerField(default=0)),
                ("again_at", models.DateTimeField()),
                ("error", models.TextField(blank=True)),
                ("void_why", models.CharField(blank=True, max_length=200)),
                ("requested_at", models.DateTimeField()),
                ("ready_at", models.DateTimeField(null=True)),
                ("printed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "label_service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="labels",
                        to="wharfinger.connectionservice",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="labels", to="wharfinger.salesorder"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wharfinger.courierservice"
                    ),
                ),
                (
                    "shipment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="label",
                        to="wharfinger.shipment",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="courierconnection",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="one_courier_connection"
            ),
        ),
        migrations.AddConstraint(
            model_name="connectionservice",
            constraint=models.UniqueConstraint(fields=("connection", "code"), name="one_service_code"),
        ),
        migrations.AddIndex(
            model_name="courierlabel",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "attempted", "ordered", "voiding"])),
                fields=["again_at"],
                name="courier_labels_moving",
            ),
        ),
        migrations.AddIndex(
            model_name="courierlabel",
            index=models.Index(
                condition=models.Q(("shipment__isnull", True), ("state", "ready")),
                fields=["order"],
                name="courier_labels_unused",
            ),
        ),
        migrations.AddConstraint(
            model_name="courierlabel",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("shipment__isnull", True), ("state__in", ["waiting", "attempted", "ordered", "ready"])
                ),
                fields=("order", "number"),
                name="one_open_label_of_a_parcel",
            ),
        ),
    ]
