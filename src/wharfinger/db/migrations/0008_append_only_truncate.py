"""TRUNCATE fires no trigger of rows: the ledger and the audit refuse it by a trigger of the statement."""

from django.db import migrations

REFUSE_TRUNCATE = """
CREATE TRIGGER movement_never_truncated BEFORE TRUNCATE ON wharfinger_movement
    FOR EACH STATEMENT EXECUTE FUNCTION wharfinger_append_only();
CREATE TRIGGER audit_never_truncated BEFORE TRUNCATE ON wharfinger_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION wharfinger_append_only();
"""

NO_LONGER = """
DROP TRIGGER movement_never_truncated ON wharfinger_movement;
DROP TRIGGER audit_never_truncated ON wharfinger_auditentry;
"""


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0007_house_work")]

    operations = [migrations.RunSQL(REFUSE_TRUNCATE, NO_LONGER)]
