"""Steps that have archives of customised lines fetched; they need an open transaction."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import Customisation
from wharfinger.operations import triggers

FLOW = "orders_by_number"
TRIED_AT_MOST = 8
"""About four hours. Longer than any such address has lived; Retry Download brings another one."""


def want_archives(line_ids: Sequence[int], account_id: int, *, now: datetime) -> None:
    """Those that are not here yet, at once. Nothing for most batches: few lines are customised."""
    if not line_ids:
        return
    held = Customisation.objects.filter(line__in=line_ids)
    known = set(held.values_list("line_id", flat=True))
    held.filter(fetched_at=None, attempts__lt=TRIED_AT_MOST).update(again_at=now)
    new = [Customisation(line_id=line, again_at=now) for line in sorted(set(line_ids) - known)]
    Customisation.objects.bulk_create(new)
    triggers.run_flow(account_id, FLOW, soon=True)
