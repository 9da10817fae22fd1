"""A delivery address that a person corrected, beside the one that Amazon sent."""

from django.db import migrations

import wharfinger.db.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0016_cancellations"),
    ]

    operations = [
        migrations.AddField(
            model_name="salesorder",
            name="own_delivery",
            field=wharfinger.db.encryption.EncryptedJson(null=True),
        ),
    ]
