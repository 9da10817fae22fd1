"""An exchange was a replacement until now: what a channel's row of replacements says holds for exchanges on."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def copy_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("wharfinger", "ChannelOption").objects
    done = set(rows.filter(order_type="exchange").values_list("channel", flat=True))
    for row in rows.filter(order_type="replacement").exclude(channel__in=done):
        same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        rows.create(**{**same, "id": None, "order_type": "exchange"})


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0033_described_products")]

    operations = [migrations.RunPython(copy_rows, migrations.RunPython.noop)]
