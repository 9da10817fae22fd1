"""What a person may do with imported orders: ignore, fetch again, try again."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import ImportedOrder, RawMessage, User
from wharfinger.domain.orders.order import ImportState
from wharfinger.domain.orders.waits_for import ForDownload
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.orders._action_steps import download_again, ignore_orders, import_again
from wharfinger.operations.orders._reserve_steps import release_import
from wharfinger.operations.orders.inbox import ORDER
from wharfinger.operations.transaction import operation


@operation
def ignore(ids: Sequence[int], *, user: User, now: datetime) -> int:
    """Ignore / Don't import: never made a sales order of. Orders that are one already stay. Returns how many.

    What is still to be sent of them stays reserved: the buyer has paid, and somebody sends it.
    """
    return len(ignore_orders(ids, user=user, now=now))


@operation
def retry_import(ids: Sequence[int], *, user: User, now: datetime) -> int:
    """Retry Import: try again with the saved data. Returns how many."""
    return len(import_again(ids, user=user, now=now))


@operation
def retry_download(ids: Sequence[int], *, user: User, now: datetime) -> int:
    """Retry Download: fetch again from Amazon, at once. Returns how many."""
    rows = download_again(ids, user=user, now=now)
    for row in rows:
        triggers.fetch_order(row.account_id, row.amazon_order_id)
    return len(rows)


@operation
def note_download_delayed(account_id: int, amazon_order_id: str, *, reason: str, now: datetime) -> None:
    """Retry Download got no answer yet: the order goes on waiting for it, with the reason."""
    rows = ImportedOrder.objects.filter(account_id=account_id, amazon_order_id=amazon_order_id, waits_for=ForDownload())
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None or row.reason == reason:
        return
    row.reason = reason
    row.save(update_fields=["reason"])
    record_activity(f"Retry Download: {reason}", imported_order=row, channel_id=row.channel_id, now=now)


@operation
def note_download_failed(
    account_id: int, amazon_order_id: str, *, reason: str, now: datetime, unknown: bool = False
) -> None:
    """Amazon does not give the order: it stays what it was before Retry Download, with the reason.

    `unknown`: Amazon has no such order of this account. One that came unrequested, and in no other way, is another's
    and reserves nothing.
    """
    row = (
        ImportedOrder.objects.select_for_update(of=("self",), no_key=True)
        .filter(account_id=account_id, amazon_order_id=amazon_order_id, waits_for=ForDownload())
        .first()
    )
    if row is None:
        return
    taken = row.sales_orders.exists()
    row.state = ImportState.OK if taken else ImportState.FAILED
    row.reason, row.waits_for = reason, None
    row.save(update_fields=["state", "reason", "waits_for"])
    messages = RawMessage.objects.filter(account_id=account_id, kind=ORDER, key=amazon_order_id)
    if unknown and not taken and not messages.exclude(source=RawMessage.Source.NOT_REQUESTED).exists():
        release_import(row, now=now)
    record_activity(f"Retry Download: {reason}", imported_order=row, channel_id=row.channel_id, now=now)
