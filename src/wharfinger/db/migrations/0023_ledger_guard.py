"""On hand is the sum of movements, and the database itself holds us to it.

A movement is refused that does not go on from the one before it at its level, or that does not end where the level
stands: levels are written first. A level that moves without a movement is refused at the end of its transaction. Both
look at the newest movement of the level alone, never at the sum: what was true before stays true by each step.

Where an older database holds a level that its movements do not explain, one movement that says so is booked: what the
shop saw on its pages stays.
"""

from django.db import migrations

EXPLAIN = """
INSERT INTO wharfinger_movement (item_id, site_id, quantity, on_hand_after, reason, note, moved_at)
SELECT level.item_id, level.site_id, level.on_hand - COALESCE(newest.on_hand_after, 0), level.on_hand, 'adjusted',
    'The level and its ledger differed; the level was kept', now()
FROM wharfinger_stocklevel level
LEFT JOIN LATERAL (
    SELECT movement.on_hand_after FROM wharfinger_movement movement
    WHERE movement.item_id = level.item_id AND movement.site_id = level.site_id
    ORDER BY movement.id DESC LIMIT 1
) newest ON true
WHERE level.on_hand <> COALESCE(newest.on_hand_after, 0)
"""

GUARD = """
CREATE FUNCTION wharfinger_movements_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT step.item_id, step.site_id, step.before, step.quantity, step.on_hand_after, level.on_hand INTO wrong
    FROM (
        SELECT moved.item_id, moved.site_id, moved.quantity, moved.on_hand_after,
            lead(moved.id) OVER of_level IS NULL AS is_last,
            COALESCE(lag(moved.on_hand_after) OVER of_level, (
                SELECT earlier.on_hand_after FROM wharfinger_movement earlier
                WHERE earlier.item_id = moved.item_id AND earlier.site_id = moved.site_id AND earlier.id < moved.id
                ORDER BY earlier.id DESC LIMIT 1
            ), 0) AS before
        FROM moved WINDOW of_level AS (PARTITION BY moved.item_id, moved.site_id ORDER BY moved.id)
    ) AS step
    LEFT JOIN wharfinger_stocklevel level ON level.item_id = step.item_id AND level.site_id = step.site_id
    WHERE step.on_hand_after <> step.before + step.quantity
        OR (step.is_last AND step.on_hand_after IS DISTINCT FROM level.on_hand)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'movements of item % at site % do not add up: % and % make %, and the level says %',
            wrong.item_id, wrong.site_id, wrong.before, wrong.quantity, wrong.on_hand_after, wrong.on_hand
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER movements_add_up AFTER INSERT ON wharfinger_movement
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION wharfinger_movements_add_up();

CREATE FUNCTION wharfinger_level_is_its_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    level integer;
    ledger integer;
BEGIN
    SELECT on_hand INTO level FROM wharfinger_stocklevel WHERE item_id = at.item_id AND site_id = at.site_id;
    SELECT on_hand_after INTO ledger FROM wharfinger_movement
        WHERE item_id = at.item_id AND site_id = at.site_id ORDER BY id DESC LIMIT 1;
    IF COALESCE(level, 0) <> COALESCE(ledger, 0) THEN
        RAISE EXCEPTION 'the level of item % at site % says %, its movements say %: write a movement',
            at.item_id, at.site_id, COALESCE(level, 0), COALESCE(ledger, 0)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER level_begins_with_its_ledger AFTER INSERT ON wharfinger_stocklevel
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.on_hand <> 0)
    EXECUTE FUNCTION wharfinger_level_is_its_ledger();
CREATE CONSTRAINT TRIGGER level_is_its_ledger AFTER UPDATE OF on_hand ON wharfinger_stocklevel
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.on_hand <> NEW.on_hand)
    EXECUTE FUNCTION wharfinger_level_is_its_ledger();
CREATE CONSTRAINT TRIGGER level_ends_with_its_ledger AFTER DELETE ON wharfinger_stocklevel
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.on_hand <> 0)
    EXECUTE FUNCTION wharfinger_level_is_its_ledger();

CREATE FUNCTION wharfinger_level_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a level stays that of its item and site' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER level_stays_where_it_is BEFORE UPDATE OF item_id, site_id ON wharfinger_stocklevel
    FOR EACH ROW WHEN (OLD.item_id <> NEW.item_id OR OLD.site_id <> NEW.site_id)
    EXECUTE FUNCTION wharfinger_level_stays();
"""

NO_GUARD = """
DROP TRIGGER level_stays_where_it_is ON wharfinger_stocklevel;
DROP TRIGGER level_ends_with_its_ledger ON wharfinger_stocklevel;
DROP TRIGGER level_is_its_ledger ON wharfinger_stocklevel;
DROP TRIGGER level_begins_with_its_ledger ON wharfinger_stocklevel;
DROP TRIGGER movements_add_up ON wharfinger_movement;
DROP FUNCTION wharfinger_level_stays();
DROP FUNCTION wharfinger_level_is_its_ledger();
DROP FUNCTION wharfinger_movements_add_up();
"""


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0022_customised_and_regulated")]

    operations = [
        migrations.RunSQL(EXPLAIN, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
