"""Orders are found by whole words of their buyers; the orders that are there get theirs in the background."""

import django.db.models.deletion
from django.db import migrations, models

LAST_ORDER = (
    "UPDATE wharfinger_installation SET words_wanted_to = (SELECT coalesce(max(id), 0) FROM wharfinger_salesorder)"
)


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0005_catch_up")]

    operations = [
        migrations.CreateModel(
            "SearchWord",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hash", "order_id", "kind", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=8)),
                ("hash", models.BigIntegerField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_words",
                        to="wharfinger.salesorder",
                    ),
                ),
            ],
        ),
        migrations.AddField("installation", "words_wanted_to", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("installation", "words_filled_to", models.BigIntegerField(default=0, db_default=0)),
        migrations.RunSQL(LAST_ORDER, migrations.RunSQL.noop),
    ]
