"""A flow's line keeps what Amazon denies it, so that one missing role is one problem."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0025_service_shipping_method")]

    operations = [
        migrations.AddField(
            "flowschedule", "denied_call", models.CharField(blank=True, default="", db_default="", max_length=60)
        ),
        migrations.AddField(
            "flowschedule", "denied_roles", models.CharField(blank=True, default="", db_default="", max_length=200)
        ),
    ]
