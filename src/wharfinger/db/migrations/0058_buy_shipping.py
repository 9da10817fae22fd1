"""Labels bought from Amazon: which offer a service takes, offers, purchases under their keys, sender addresses."""

import django.db.models.deletion
from django.db import migrations, models

import wharfinger.db.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0057_upload_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="SenderAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50)),
                ("line_1", models.CharField(max_length=60)),
                ("line_2", models.CharField(blank=True, max_length=60)),
                ("town", models.CharField(max_length=60)),
                ("county", models.CharField(blank=True, max_length=60)),
                ("postcode", models.CharField(max_length=20)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("email", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="connectionservice",
            name="one_service_code",
        ),
        migrations.RemoveConstraint(
            model_name="courierlabel",
            name="one_open_label_of_a_parcel",
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="extras",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="height_cm",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="label_format",
            field=models.CharField(db_default="pdf", default="pdf", max_length=4),
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="length_cm",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="protection",
            field=models.CharField(db_default="preferred", default="preferred", max_length=10),
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="rule",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="connectionservice",
            name="width_cm",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="courierconnection",
            name="account",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buy_shipping",
                to="wharfinger.selleraccount",
            ),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="bought_service",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="by_hand",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="choice",
            field=wharfinger.db.encryption.EncryptedJson(null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="deliver_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="height_cm",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="label_format",
            field=models.CharField(db_default="pdf", default="pdf", max_length=4),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="length_cm",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="offers",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="price",
            field=models.DecimalField(decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="protections",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="purchase",
            field=wharfinger.db.encryption.EncryptedJson(null=True),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="purchase_calls",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="purchase_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="courierlabel",
            name="width_cm",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="amazons_label",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="connectionservice",
            name="code",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name="courierlabel",
            name="identifier",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddConstraint(
            model_name="connectionservice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("rule", "")), fields=("connection", "code"), name="one_service_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="courierlabel",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("shipment__isnull", True), ("state__in", ["waiting", "choosing", "attempted", "ordered", "ready"])
                ),
                fields=("order", "number"),
                name="one_open_label_of_a_parcel",
            ),
        ),
        migrations.AddField(
            model_name="senderaddress",
            name="site",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="sender_address", to="wharfinger.site"
            ),
        ),
    ]
