"""Values of audit entries may be encrypted anew, and nothing else of them: by who says so in the transaction."""

from django.db import migrations

ANEW = """
CREATE FUNCTION wharfinger_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('wharfinger.encrypts_anew', true) = 'yes'
        AND to_jsonb(OLD) - 'before' - 'after' = to_jsonb(NEW) - 'before' - 'after'
        AND (OLD.before IS NULL) = (NEW.before IS NULL) AND (OLD.after IS NULL) = (NEW.after IS NULL)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: write a new line that corrects the old one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER audit_append_only ON wharfinger_auditentry;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON wharfinger_auditentry
    FOR EACH ROW EXECUTE FUNCTION wharfinger_audit_append_only();
"""
NOT_ANEW = """
DROP TRIGGER audit_append_only ON wharfinger_auditentry;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON wharfinger_auditentry
    FOR EACH ROW EXECUTE FUNCTION wharfinger_append_only();
DROP FUNCTION wharfinger_audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0030_backups")]

    operations = [migrations.RunSQL(ANEW, NOT_ANEW)]
