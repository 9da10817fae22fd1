"""In which bins of a site an item lies."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0036_location_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="stocklevel",
            name="bin",
            field=models.CharField(blank=True, db_collation="C", db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="other_bins",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="stocklevel",
            index=models.Index(fields=["site", "bin", "id"], name="level_by_bin"),
        ),
    ]
