"""Orders as rows: what was found at Amazon, and the sales order that was made of it."""

from datetime import timedelta
from itertools import count

from django.db import transaction
from tests.factories.ground import NOW

from wharfinger.db.models import ImportedOrder, Installation, SalesOrder, SalesOrderLine
from wharfinger.domain.orders.order import ImportState, OrderType, SalesOrderState
from wharfinger.operations.stock._allocation_steps import allocate_lines, recompute_state

_numbers = count(1)


def an_imported_order(found_by, number=None, **values):
    """Of the account whose channel that is; `channel=None`: none takes it."""
    defaults = {
        "channel": found_by,
        "amazon_order_id": f"026-{next(_numbers) if number is None else number:07d}-0000001",
        "marketplace": found_by.marketplace,
        "fulfilment": found_by.kind,
        "state": ImportState.OK.value,
        "amazon_status": "UNSHIPPED",
        "placed_at": NOW,
        "amazon_updated_at": NOW,
        "found_at": NOW,
    }
    return ImportedOrder.objects.create(account=found_by.account, **{**defaults, **values})


def an_order(
    channel,
    site,
    lines,
    state=SalesOrderState.READY,
    amazon_status="UNSHIPPED",
    record_only=False,
    imported=None,
    **values,
):
    """`lines`: (item or None, units), with the columns of the line if they matter. Nothing is allocated yet."""
    Installation.objects.get_or_create(pk=1, defaults={"system": "demo", "made_at": NOW})
    imported = imported or an_imported_order(channel, amazon_status=amazon_status, record_only=record_only)
    defaults = {
        "code": f"SO{imported.pk:06d}",
        "order_ref": imported.amazon_order_id,
        "order_type": OrderType.STANDARD.value,
        "state": getattr(state, "value", state),
        "currency": "GBP",
        "placed_at": imported.placed_at,
        "ship_by": NOW + timedelta(days=1),
        "made_at": NOW,
    }
    order = SalesOrder.objects.create(imported=imported, channel=channel, site=site, **{**defaults, **values})
    SalesOrderLine.objects.bulk_create(
        _a_line(order, place, item, units, *columns) for place, (item, units, *columns) in enumerate(lines, start=1)
    )
    return order


def an_allocated_order(channel, site, lines, **values):
    """With its units allocated as far as there are any, and the state that follows."""
    order = an_order(channel, site, lines, **values)
    with transaction.atomic():
        rows = list(order.lines.order_by("pk"))
        allocate_lines(order, rows, now=NOW)
        recompute_state(order, rows, now=NOW)
    return order


def _a_line(order, place, item, units, columns=None):
    defaults = {
        "order_item_id": f"{order.pk}{place:04d}",
        "sku": item.code if item else "UNKNOWN",
        "held_reason": "" if item else "No stock item is linked.",
    }
    return SalesOrderLine(order=order, item=item, quantity_ordered=units, **{**defaults, **(columns or {})})
