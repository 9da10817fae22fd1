"""Clocks and activations of what was there before they were kept."""

from datetime import timedelta
from typing import Any

from django.db import migrations

SECRET_LIVES = timedelta(days=180)


def begin_clocks(apps: Any, schema_editor: Any) -> None:
    for application in apps.get_model("wharfinger", "AmazonApplication").objects.filter(secret_expires_on=None):
        application.secret_expires_on = (application.secret_set_at + SECRET_LIVES).date()
        application.save(update_fields=["secret_expires_on"])


def name_the_simulator(apps: Any, schema_editor: Any) -> None:
    """Until now a demo system's channel could be activated for the simulator only."""
    if apps.get_model("wharfinger", "Installation").objects.filter(system="demo").exists():
        channels = apps.get_model("wharfinger", "Channel").objects.filter(activated=True)
        channels.update(activated_for="Simulator")


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0004_setup_whole")]

    operations = [
        migrations.RunPython(begin_clocks, migrations.RunPython.noop),
        migrations.RunPython(name_the_simulator, migrations.RunPython.noop),
    ]
