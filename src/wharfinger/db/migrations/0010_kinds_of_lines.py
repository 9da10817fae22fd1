"""What few lines of orders have, services among them; and pre-orders, which wait for their goods first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0009_bulk_actions")]

    operations = [
        migrations.AddField(
            "salesorderline", "service", models.CharField(blank=True, db_default="", default="", max_length=40)
        ),
        migrations.AddField("salesorderline", "particulars", models.JSONField(null=True)),
        migrations.AddField("importedorder", "pending_since", models.DateTimeField(null=True)),
        migrations.AddField("installation", "preorders_reserve", models.BooleanField(db_default=False, default=False)),
    ]
