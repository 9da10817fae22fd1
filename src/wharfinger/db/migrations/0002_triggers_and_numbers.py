"""What the database itself sees to: append-only tables, by triggers, and the numbers of sales orders and customers."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION wharfinger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a new line that corrects the old one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON wharfinger_movement
    FOR EACH ROW EXECUTE FUNCTION wharfinger_append_only();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON wharfinger_auditentry
    FOR EACH ROW EXECUTE FUNCTION wharfinger_append_only();
CREATE TRIGGER movement_never_truncated BEFORE TRUNCATE ON wharfinger_movement
    FOR EACH STATEMENT EXECUTE FUNCTION wharfinger_append_only();
CREATE TRIGGER audit_never_truncated BEFORE TRUNCATE ON wharfinger_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION wharfinger_append_only();
"""

NO_LONGER = """
DROP TRIGGER movement_append_only ON wharfinger_movement;
DROP TRIGGER audit_append_only ON wharfinger_auditentry;
DROP TRIGGER movement_never_truncated ON wharfinger_movement;
DROP TRIGGER audit_never_truncated ON wharfinger_auditentry;
DROP FUNCTION wharfinger_append_only();
"""

NUMBERS = """
CREATE SEQUENCE wharfinger_sales_order_number AS bigint;
CREATE SEQUENCE wharfinger_customer_number AS bigint;
"""

NO_NUMBERS = """
DROP SEQUENCE wharfinger_sales_order_number;
DROP SEQUENCE wharfinger_customer_number;
"""


class Migration(migrations.Migration):
    replaces = [
        ("wharfinger", "0039_kinds_as_codes"),
    ]
    dependencies = [("wharfinger", "0001_tables")]

    operations = [migrations.RunSQL(APPEND_ONLY, NO_LONGER), migrations.RunSQL(NUMBERS, NO_NUMBERS)]
