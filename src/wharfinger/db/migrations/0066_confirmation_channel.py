"""A confirmation knows its channel; a channel's list, what is unconfirmed and orders by day are read from indexes.

The database fills the column itself, of rows that an older version writes while it still runs as well.
"""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE wharfinger_confirmation c SET channel_id = o.channel_id
FROM wharfinger_shipment s JOIN wharfinger_salesorder o ON o.id = s.order_id
WHERE s.id = c.shipment_id AND c.channel_id IS NULL
"""
FILL_NEW = """
CREATE FUNCTION wharfinger_confirmation_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT o.channel_id INTO NEW.channel_id
    FROM wharfinger_shipment s JOIN wharfinger_salesorder o ON o.id = s.order_id WHERE s.id = NEW.shipment_id;
    RETURN NEW;
END $$;
CREATE TRIGGER confirmation_channel BEFORE INSERT ON wharfinger_confirmation
FOR EACH ROW WHEN (NEW.channel_id IS NULL) EXECUTE FUNCTION wharfinger_confirmation_channel();
"""
FILL_NONE = """
DROP TRIGGER confirmation_channel ON wharfinger_confirmation;
DROP FUNCTION wharfinger_confirmation_channel();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0065_item_measures"),
    ]

    operations = [
        migrations.AddField(
            model_name="confirmation",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wharfinger.channel",
            ),
        ),
        migrations.RunSQL(FILL_NEW, FILL_NONE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="confirmation",
            index=models.Index(fields=["channel", "-id"], name="confirmations_of_a_channel"),
        ),
        migrations.AddIndex(
            model_name="confirmation",
            index=models.Index(fields=["channel", "state", "-id"], name="confirmations_by_state"),
        ),
        migrations.AddIndex(
            model_name="confirmation",
            index=models.Index(
                condition=models.Q(("state__in", ["confirmed", "not_sent"]), _negated=True),
                fields=["id"],
                name="confirmations_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(
                fields=["-placed_at", "-id"], include=["marketplace", "channel"], name="imported_orders_by_day"
            ),
        ),
        migrations.RemoveIndex(model_name="importedorder", name="imported_orders_newest"),
    ]
