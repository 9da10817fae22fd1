"""Holds, notes and tags of sales orders."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import wharfinger.db.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0011_match_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=12)),
                ("details", wharfinger.db.encryption.EncryptedText(blank=True, default="")),
                ("held_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OrderNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", wharfinger.db.encryption.EncryptedText()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OrderTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=30)),
            ],
        ),
        migrations.AddField(
            model_name="salesorder",
            name="on_hold_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=models.Q(("on_hold_at__isnull", False)),
                fields=["-placed_at", "-id"],
                name="sales_orders_on_hold",
            ),
        ),
        migrations.AddField(
            model_name="orderhold",
            name="held_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="orderhold",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="wharfinger.salesorder"
            ),
        ),
        migrations.AddField(
            model_name="orderhold",
            name="released_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ordernote",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="wharfinger.salesorder"
            ),
        ),
        migrations.AddField(
            model_name="ordernote",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ordertag",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="wharfinger.salesorder"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower("name"), name="one_tag_of_a_name"),
        ),
        migrations.AddField(
            model_name="ordertag",
            name="tag",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="orders", to="wharfinger.tag"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at", None)), fields=("order",), name="one_hold_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="ordertag",
            constraint=models.UniqueConstraint(fields=("tag", "order"), name="a_tag_once_on_an_order"),
        ),
    ]
