"""What a person may do with imported orders: ignore, fetch again, try again."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import ImportedOrder, User
from wharfinger.domain.orders import ImportState
from wharfinger.operations import triggers
from wharfinger.operations._history_steps import record_activity
from wharfinger.operations._reconsider_steps import retry_with_saved_data
from wharfinger.operations.transaction import operation


@operation
def ignore(ids: Sequence[int], *, user: User, now: datetime) -> int:
    """Ignore / Don't import: never made a sales order of. Orders that are one already stay. Answers how many."""
    rows = list(ImportedOrder.objects.select_for_update(of=("self",)).filter(pk__in=ids, sales_order=None))
    for row in rows:
        row.state, row.reason, row.waits_for = ImportState.IGNORED.value, "Ignored by a person.", ""
        row.save(update_fields=["state", "reason", "waits_for"])
        record_activity("Ignored.", imported_order=row, channel_id=row.channel_id, user=user, now=now)
    return len(rows)


@operation
def retry_import(ids: Sequence[int], *, user: User, now: datetime) -> int:
    """Retry Import: try again with the saved data. Answers how many."""
    _wake_ignored(ids)
    for row in ImportedOrder.objects.filter(pk__in=ids):
        record_activity("Retry Import pressed.", imported_order=row, channel_id=row.channel_id, user=user, now=now)
    return retry_with_saved_data(list(ids))


@operation
def retry_download(ids: Sequence[int], *, user: User, now: datetime) -> int:
    """Retry Download: fetch again from Amazon. Answers how many."""
    _wake_ignored(ids)
    rows = list(ImportedOrder.objects.filter(pk__in=ids))
    for row in rows:
        triggers.fetch_order(row.account_id, row.amazon_order_id)
        record_activity("Retry Download pressed.", imported_order=row, channel_id=row.channel_id, user=user, now=now)
    ImportedOrder.objects.filter(pk__in=ids, sales_order=None).update(state=ImportState.RETRYING.value)
    return len(rows)


def _wake_ignored(ids: Sequence[int]) -> None:
    ImportedOrder.objects.filter(pk__in=ids, state=ImportState.IGNORED.value).update(state=ImportState.RETRYING.value)
