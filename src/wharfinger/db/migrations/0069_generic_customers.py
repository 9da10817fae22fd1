"""Generic customers, of whom there is one a month and channel, among all the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0068_verifications"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(condition=models.Q(("generic", True)), fields=["id"], name="customers_generic"),
        ),
    ]
