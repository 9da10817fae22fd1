"""Reports to catch up by stand beside those that prove; what was there before proves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0004_notifications"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderreport",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="orderreport",
            name="purpose",
            field=models.CharField(db_default="proof", default="proof", max_length=10),
        ),
    ]
