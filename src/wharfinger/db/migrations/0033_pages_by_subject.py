"""The page of a problem or an alert follows from its kind and subject: no address is stored."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0032_subjects")]

    operations = [
        migrations.RemoveField("alert", "remedy_page"),
        migrations.RemoveField("problem", "remedy_page"),
    ]
