"""Each person reads the pages in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0035_choice_and_not_sent")]

    operations = [
        migrations.AddField("user", "language", models.CharField(max_length=10, default="en-gb", db_default="en-gb"))
    ]
