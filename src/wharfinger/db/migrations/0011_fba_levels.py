from django.db import migrations, models

FILL = """
UPDATE wharfinger_stocklevel AS level SET fba_read_at = site.levels_read_at
FROM wharfinger_site AS site
WHERE site.id = level.site_id AND site.kind = 'FBA' AND level.counted_at IS NOT NULL
"""
"""Until now a reading's time was kept for the whole site only."""


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0010_cancel_reason_data"),
    ]

    operations = [
        migrations.AddField(
            model_name="stocklevel",
            name="fba_doubted",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="fba_doubted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="fba_ordered",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="fba_other",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="fba_read_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="fba_unexplained",
            field=models.IntegerField(default=0),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
