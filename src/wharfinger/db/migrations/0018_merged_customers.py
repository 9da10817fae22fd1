"""A customer that was merged points to the record that has its orders."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0017_own_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="merged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="wharfinger.customer"
            ),
        ),
    ]
