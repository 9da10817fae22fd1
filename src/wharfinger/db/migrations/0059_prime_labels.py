"""How each marketplace wants the labels of its Prime orders."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0058_buy_shipping"),
    ]

    operations = [
        migrations.AddField(
            model_name="marketplace",
            name="prime_labels",
            field=models.CharField(db_default="warn", default="warn", max_length=10),
        ),
    ]
