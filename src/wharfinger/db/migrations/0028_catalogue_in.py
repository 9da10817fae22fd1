"""What stock items are made of when they come from listings: GTIN and picture; listings that stay without an item."""

from django.db import migrations, models


def _text(length: int) -> "models.CharField[str, str]":
    return models.CharField(blank=True, db_default="", default="", max_length=length)


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0027_parts_of_an_order")]

    operations = [
        migrations.AddField("channelproduct", "gtin", _text(14)),
        migrations.AddField("channelproduct", "picture", _text(500)),
        migrations.AddField("stockitem", "picture", _text(500)),
        migrations.AddField("listing", "ignored_at", models.DateTimeField(null=True)),
    ]
