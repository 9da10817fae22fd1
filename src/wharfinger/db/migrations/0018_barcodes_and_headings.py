"""GTINs compare as 14 digits; what headings of people's files mean."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from stdnum import ean


def name_articles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The first barcode of an article carries its number; others of the same article stay as they are."""
    barcodes = apps.get_model("wharfinger", "StockBarcode")
    taken: set[str] = set()
    changed = []
    for row in barcodes.objects.filter(type__in=("EAN", "UPC", "GTIN")).order_by("pk").iterator(chunk_size=2000):
        digits = "".join(row.code.split()).replace("-", "")
        sound = digits.isascii() and digits.isdigit() and len(digits) in (8, 12, 13, 14) and ean.is_valid(digits)
        if sound and digits.zfill(14) not in taken:
            row.gtin = digits.zfill(14)
            taken.add(row.gtin)
            changed.append(row)
    barcodes.objects.bulk_update(changed, ["gtin"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0017_parcel_corrections")]

    operations = [
        migrations.AddField("stockbarcode", "gtin", models.CharField(blank=True, default="", max_length=14), False),
        migrations.CreateModel(
            name="CsvHeading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("heading", models.CharField(max_length=120)),
                ("column", models.CharField(max_length=40)),
            ],
        ),
        migrations.AddConstraint(
            "csvheading", models.UniqueConstraint(fields=("kind", "heading"), name="one_csv_heading")
        ),
        migrations.RunPython(name_articles, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            "stockbarcode",
            models.UniqueConstraint(condition=models.Q(("gtin", ""), _negated=True), fields=("gtin",), name="one_gtin"),
        ),
    ]
