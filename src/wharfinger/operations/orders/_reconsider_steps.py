"""Steps that take up again what waited for a fixed cause; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import ImportedOrder, RawMessage
from wharfinger.domain.orders.order import ImportState
from wharfinger.domain.orders.waits_for import ForChannel, ForDownload, ForLevels, ForLink, ForNewChannel, WaitsFor
from wharfinger.operations import triggers
from wharfinger.operations.orders._link_steps import fix_held_lines
from wharfinger.operations.orders._reserve_steps import reserve_account, reserve_sku


def reconsider(waits_for: WaitsFor, *, now: datetime) -> int:
    """Retry all orders that waited for this, automatically. Returns how many."""
    match waits_for:
        case ForLink(account_id, sku):
            return fix_held_lines(account_id, sku, now=now) + reserve_sku(account_id, sku, now=now)
        case ForNewChannel(account_id):
            reserve_account(account_id, now=now)
        case ForChannel() | ForLevels() | ForDownload():
            pass  # they reserve already
    waiting = ImportedOrder.objects.filter(waits_for=waits_for).exclude(state=ImportState.IGNORED)
    return retry_with_saved_data(list(waiting.values_list("pk", flat=True)))


def retry_with_saved_data(imported_ids: list[int]) -> int:
    """Put the saved messages of these orders back into the inbox and wake the flow that takes them."""
    rows = ImportedOrder.objects.filter(pk__in=imported_ids, raw_message__body__isnull=False)
    found = list(rows.values_list("pk", "account_id", "raw_message_id"))
    RawMessage.objects.filter(pk__in=[raw for _, _, raw in found]).update(
        state=RawMessage.State.WAITING, again_at=None, error=""
    )
    ImportedOrder.objects.filter(pk__in=[pk for pk, _, _ in found]).update(state=ImportState.RETRYING)
    for account_id in sorted({account for _, account, _ in found}):
        triggers.run_flow(account_id, "take_orders", soon=True)
    return len(found)
