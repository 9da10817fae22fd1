"""Levels that somebody changed behind the ledger's back are brought back to it: the ledger decides."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import StockLevel, User
from wharfinger.db.queries.stock.ledger_check import LedgerDifference, differences_of
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.stock._stock_steps import lock_levels, raise_notices
from wharfinger.operations.transaction import operation


@operation
def repair_levels(found: Sequence[LedgerDifference], *, now: datetime, user: User | None = None) -> int:
    """On hand and allocated as movements and allocations make them. A ledger that is broken itself is left: how many
    levels were repaired.

    What was found is read again once the levels are locked: a shop that trades meanwhile is not set back.
    """
    levels = lock_levels((one.item_id, one.site_id) for one in found if not one.breaks)
    again = differences_of({item_id for item_id, _ in levels})
    whole = [one for one in again if not one.breaks and (one.item_id, one.site_id) in levels]
    for one in whole:
        level = levels[(one.item_id, one.site_id)]
        before = {"on hand": level.on_hand, "allocated": level.allocated}
        level.on_hand, level.allocated = one.moved, one.held
        after = {"on hand": level.on_hand, "allocated": level.allocated}
        record_audit("repair", "StockLevel", level.pk, before=before, after=after, now=now, user=user)
    StockLevel.objects.bulk_update(levels.values(), ["on_hand", "allocated"], batch_size=1000)
    raise_notices({one.item_id for one in whole}, cause="Level repaired from its ledger", now=now)
    return len(whole)
