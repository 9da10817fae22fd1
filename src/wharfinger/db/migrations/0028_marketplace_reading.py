"""A reading of an account's listings that is cut off goes on where it was."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0027_decimal_sign")]

    operations = [
        migrations.CreateModel(
            name="MarketplaceReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("skus", models.JSONField(default=list)),
                ("unreadable", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.selleraccount"
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.marketplace"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="marketplacereading",
            constraint=models.UniqueConstraint(fields=("account", "marketplace"), name="one_reading_of_a_marketplace"),
        ),
    ]
