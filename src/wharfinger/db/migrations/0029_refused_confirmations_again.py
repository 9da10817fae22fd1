"""Refused confirmations go again until ship-by: the index of open ones holds them too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0028_catalogue_in"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="confirmation",
            name="confirmations_open",
        ),
        migrations.AddIndex(
            model_name="confirmation",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "attempted", "accepted", "refused"])),
                fields=["account", "again_at"],
                name="confirmations_open",
            ),
        ),
    ]
