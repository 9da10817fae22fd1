"""Codes of sales orders and customers come from sequences: a block for a batch, and nobody waits for a row."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NUMBERS = {"wharfinger_sales_order_number": "next_sales_order", "wharfinger_customer_number": "next_customer"}


def go_on(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """From where the installation's counters stand."""
    with schema_editor.connection.cursor() as cursor:
        for sequence, counter in NUMBERS.items():
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence} AS bigint")
            cursor.execute(
                f"SELECT setval('{sequence}', COALESCE((SELECT max({counter}) FROM wharfinger_installation), 1), false)"
            )


def stop(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        for sequence, counter in NUMBERS.items():
            cursor.execute(f"UPDATE wharfinger_installation SET {counter} = nextval('{sequence}')")
            cursor.execute(f"DROP SEQUENCE {sequence}")


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0037_list_views_and_search")]

    operations = [migrations.RunPython(go_on, stop)]
