"""What Amazon last said of an account's status, at each of its channels."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0034_exchanges")]

    operations = [
        migrations.AddField("channel", "amazon_status_at", models.DateTimeField(null=True)),
        migrations.AddField("channel", "amazon_deactivated_at", models.DateTimeField(null=True)),
    ]
