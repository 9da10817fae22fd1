"""The marketplaces' rows, and the triggers that keep the ledger and the audit append-only."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from wharfinger.domain.marketplaces import MARKETPLACES

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
"""

NO_LONGER = """
DROP TRIGGER movement_append_only ON wharfinger_movement;
DROP TRIGGER audit_append_only ON wharfinger_auditentry;
DROP FUNCTION wharfinger_append_only();
"""


def seed_marketplaces(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    marketplace = apps.get_model("wharfinger", "Marketplace")
    marketplace.objects.bulk_create(
        marketplace(  # type: ignore[misc]  # a row of that time: its columns were text
            id=facts.id,
            name=facts.name,
            country=facts.country,
            currency=facts.currency,
            region=facts.region.value,
            pool=facts.pool.value,
            seller_central=facts.seller_central,
        )
        for facts in MARKETPLACES
    )


def make_installation(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The one row that says what this installation is; its numbers begin here."""
    made_at = settings.CLOCK.machine_now()
    apps.get_model("wharfinger", "Installation").objects.create(system=settings.WHARFINGER.system, made_at=made_at)


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0001_first")]

    operations = [
        migrations.RunPython(seed_marketplaces, migrations.RunPython.noop),
        migrations.RunPython(make_installation, migrations.RunPython.noop),
        migrations.RunSQL(APPEND_ONLY, NO_LONGER),
    ]
