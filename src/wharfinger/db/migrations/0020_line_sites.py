"""A site that a person chose for a line of a sales order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0019_report_attempts"),
    ]

    operations = [
        migrations.AddField(
            model_name="salesorderline",
            name="site",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wharfinger.site"
            ),
        ),
    ]
