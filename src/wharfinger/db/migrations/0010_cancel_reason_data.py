"""The reasons stored until now: encrypted on the order, taken out of problems and timelines."""

from typing import Any

from django.db import migrations

from wharfinger.db.encryption import encrypt

WITHOUT_WORDS = """
UPDATE wharfinger_activity SET text = 'The buyer requested cancellation.'
    WHERE text LIKE 'The buyer asks to cancel: %';
UPDATE wharfinger_problem SET cause = split_part(cause, ' asks to cancel: ', 1) || ' requested cancellation.'
    WHERE kind = 'Buyer asks to cancel' AND cause LIKE 'The buyer of % asks to cancel: %';
"""


def encrypt_reasons(apps: Any, schema_editor: Any) -> None:
    """By SQL: the model would take the clear text for encrypted text that it cannot read."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, cancel_reason FROM wharfinger_salesorder WHERE cancel_reason <> ''")
        for order_id, reason in cursor.fetchall():
            kept = "" if reason == "no reason given" else encrypt(reason.encode())
            cursor.execute("UPDATE wharfinger_salesorder SET cancel_reason = %s WHERE id = %s", [kept, order_id])


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0009_cancel_reason_encrypted")]

    operations = [
        migrations.RunPython(encrypt_reasons, migrations.RunPython.noop),
        migrations.RunSQL(WITHOUT_WORDS, migrations.RunSQL.noop),
    ]
