"""Counts of many items: how many there are and are counted, and which lines need a person, each by an index."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE wharfinger_stockcount SET items = sums.items, items_counted = sums.counted FROM (
    SELECT count_id, count(*) AS items, count(counted) AS counted FROM wharfinger_countline GROUP BY count_id
) AS sums WHERE sums.count_id = wharfinger_stockcount.id;
UPDATE wharfinger_countline SET undecided = true
WHERE counted IS NOT NULL AND accepted_at IS NULL AND NOT recount AND (variance <> 0 OR moved);
UPDATE wharfinger_countentry SET count_id = line.count_id FROM wharfinger_countline AS line
WHERE line.id = wharfinger_countentry.line_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0042_privacy"),
    ]

    operations = [
        migrations.AddField("stockcount", "items", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("stockcount", "items_counted", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("countline", "undecided", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "countentry",
            "count",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="every_entry",
                to="wharfinger.stockcount",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "countentry",
            "count",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="every_entry",
                to="wharfinger.stockcount",
            ),
        ),
        migrations.AddIndex(
            "countline",
            models.Index(
                condition=models.Q(("undecided", True)), fields=["count", "bin", "id"], name="count_line_undecided"
            ),
        ),
        migrations.AddIndex(
            "countline",
            models.Index(
                condition=models.Q(("counted__isnull", True), ("recount", True), _connector="OR"),
                fields=["count", "bin", "id"],
                name="count_line_to_do",
            ),
        ),
        migrations.AddIndex("countentry", models.Index(fields=["count", "-id"], name="count_entry_newest")),
    ]
