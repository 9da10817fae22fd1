"""Columns follow the glossary: what a person is asked to do is a remedy."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0028_marketplace_reading")]

    operations = [
        migrations.RenameField("alert", "cure", "remedy"),
        migrations.RenameField("alert", "cure_page", "remedy_page"),
        migrations.RenameField("channelcheck", "cure", "remedy"),
        migrations.RenameField("importedorder", "cure", "remedy"),
        migrations.RenameField("problem", "cure", "remedy"),
        migrations.RenameField("problem", "cure_page", "remedy_page"),
    ]
