"""The buyer's reason for a cancellation is personal: the column for it holds encrypted text from now on."""

from django.db import migrations

import wharfinger.db.encryption


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0008_append_only_truncate")]

    operations = [
        migrations.AlterField(
            model_name="salesorder",
            name="cancel_reason",
            field=wharfinger.db.encryption.EncryptedText(blank=True, default=""),
        ),
    ]
