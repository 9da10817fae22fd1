"""Since when a listing shows another quantity than was sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0046_safe_mode"),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="differs_at",
            field=models.DateTimeField(null=True),
        ),
    ]
