"""Channel products found by an index: by words of their title, and those that Amazon shows otherwise."""

import django.contrib.postgres.indexes
from django.db import migrations, models

from wharfinger.db.search_expressions import pieces


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0024_stock_rules"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="channelproduct",
            index=django.contrib.postgres.indexes.GinIndex(pieces("title"), name="channel_products_title_pieces"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(
                    models.Q(("error", ""), _negated=True),
                    models.Q(("sent_quantity", models.F("read_back_quantity")), _negated=True),
                    _connector="OR",
                ),
                fields=["account"],
                name="listings_different",
            ),
        ),
    ]
