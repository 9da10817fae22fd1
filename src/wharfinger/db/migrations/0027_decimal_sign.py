"""Each reader chooses the decimal sign of exported files, and with it what stands between their columns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0026_denied_flows")]

    operations = [
        migrations.AddField(
            "user",
            "decimal_sign",
            models.CharField(
                choices=[("point", "point"), ("comma", "comma")], default="point", db_default="point", max_length=10
            ),
        ),
    ]
