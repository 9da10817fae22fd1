"""Archives of customised lines: kept, tried again, given up."""

from datetime import datetime, timedelta

from wharfinger.db.models import Customisation, SalesOrderLine
from wharfinger.domain.orders.completeness.order_report import WantedBy
from wharfinger.domain.retry import pause_after
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.orders._import_steps import TRIED_AT_MOST
from wharfinger.operations.orders.completeness._gap_steps import want_orders
from wharfinger.operations.transaction import operation

NEW_ADDRESS_AFTER = timedelta(minutes=5)


@operation
def keep_archive(line_id: int, body: bytes, *, now: datetime) -> None:
    """It is here, whatever becomes of its address."""
    row = Customisation.objects.select_for_update(no_key=True, of=("self",)).get(line=line_id)
    row.body, row.size, row.fetched_at, row.again_at, row.error = body, len(body), now, None, ""
    row.save()
    order = SalesOrderLine.objects.select_related("order").get(pk=line_id).order
    record_activity("The buyer's customisation was saved.", sales_order=order, channel_id=order.channel_id, now=now)


@operation
def note_not_fetched(line_id: int, error: str, *, expired: bool, now: datetime) -> None:
    """Tried again with growing pauses. `expired`: its address is refused, so the order is downloaded anew for another
    one."""
    row = Customisation.objects.select_for_update(no_key=True, of=("self",)).get(line=line_id)
    row.attempts = min(row.attempts + 1, 30_000)
    row.error = error[:200]
    gives_up = row.attempts >= TRIED_AT_MOST
    pause = max(NEW_ADDRESS_AFTER, pause_after(row.attempts)) if expired else pause_after(row.attempts)
    row.again_at = None if gives_up else now + pause
    row.save()
    line = SalesOrderLine.objects.select_related("order__imported").get(pk=line_id)
    if expired and not gives_up:
        imported = line.order.imported
        want_orders(imported.account_id, {imported.amazon_order_id: None}, source=WantedBy.CUSTOMISED, now=now)
    if gives_up:
        record_activity(
            "The buyer's customisation could not be downloaded: see the order in Seller Central.",
            sales_order=line.order,
            channel_id=line.order.channel_id,
            now=now,
        )
