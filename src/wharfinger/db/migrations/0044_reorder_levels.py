"""At which number of units items are watched, and an index of how fast they sell."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0043_large_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="stockitem",
            name="reorder_level",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="reorder_level",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(condition=models.Q(("reason", "sold")), fields=["moved_at"], name="movement_sold"),
        ),
        migrations.AddIndex(
            model_name="stockitem",
            index=models.Index(
                condition=models.Q(("reorder_level__isnull", False)), fields=["code"], name="stock_items_watched"
            ),
        ),
        migrations.AddIndex(
            model_name="stocklevel",
            index=models.Index(
                condition=models.Q(("reorder_level__isnull", False)), fields=["item"], name="level_watched"
            ),
        ),
    ]
