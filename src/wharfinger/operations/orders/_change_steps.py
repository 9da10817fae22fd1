"""Steps that bring a sales order along with what changed at Amazon; they need an open transaction."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

from wharfinger.db.models import Allocation, SalesOrder, SalesOrderLine
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.addresses import read_address
from wharfinger.domain.orders.order import AmazonStatus, IncomingLine, IncomingOrder
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations._options_in_force import (
    InForce,
)
from wharfinger.operations.after_sale._invoice_steps import invoice_order
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.orders._address_steps import note_address, note_address_change, solve_address_changes
from wharfinger.operations.orders._cancel_request_steps import note_cancel_request
from wharfinger.operations.orders._order_steps import add_lines, write_facts, write_line_facts
from wharfinger.operations.shipping._confirmation_steps import confirm_seen_packages
from wharfinger.operations.stock._allocation_steps import parts_of
from wharfinger.operations.stock._stock_steps import Move, lock_levels, raise_notices, write_movement


def change_sales_order(
    order: SalesOrder,
    incoming: IncomingOrder,
    lines: list[SalesOrderLine],
    options: InForce,
    *,
    now: datetime,
    new: bool,
) -> list[SalesOrderLine]:
    """Write what Amazon says now; returns the order's lines. The caller allocates and sets the state after."""
    requested_before = set() if new else {line.order_item_id for line in lines if line.cancel_requested}
    if not new:
        before = read_address(order.delivery)
        write_facts(order, incoming, options, now=now)
        note_address_change(order, before, incoming, now=now)
        lines = _change_lines(order, incoming.lines, lines, now)
    if incoming.status is AmazonStatus.CANCELLED:
        _cancel(order, lines, now)
    else:
        _note_shipped_elsewhere(order, incoming, lines, now)
    note_cancel_request(order, incoming, requested_before, now=now)
    note_address(order, incoming.status, now=now)
    order.save()
    confirm_seen_packages(order, incoming.packages, now=now)
    return lines


def _change_lines(
    order: SalesOrder, incoming_lines: Sequence[IncomingLine], lines: list[SalesOrderLine], now: datetime
) -> list[SalesOrderLine]:
    held = {line.order_item_id: line for line in lines}
    for line in incoming_lines:
        row = held.get(line.order_item_id)
        if row is None:
            continue
        before = row.quantity_ordered, row.quantity_cancelled
        write_line_facts(row, line)
        row.save()
        if before != (row.quantity_ordered, row.quantity_cancelled):
            record_activity(
                f"Amazon changed {row.sku[:60]}: {row.quantity_ordered} ordered, {row.quantity_cancelled} cancelled.",
                sales_order=order,
                channel_id=order.channel_id,
                now=now,
            )
    _drop_missing(order, {line.order_item_id for line in incoming_lines}, lines, now)
    added = add_lines(order, [line for line in incoming_lines if line.order_item_id not in held], now=now)
    return [*lines, *added]


def _drop_missing(order: SalesOrder, order_item_ids: Set[str], lines: Sequence[SalesOrderLine], now: datetime) -> None:
    """Amazon tells an order with all of its lines: one that it tells no more is not to be sent."""
    for row in lines:
        if order_item_ids and row.order_item_id not in order_item_ids and row.quantity_open:
            row.quantity_cancelled = row.quantity_ordered - row.quantity_shipped
            row.save(update_fields=["quantity_cancelled"])
            record_activity(
                f"Amazon no longer sends the line {row.sku[:60]}: none of it is to be dispatched.",
                sales_order=order,
                channel_id=order.channel_id,
                now=now,
            )


def _cancel(order: SalesOrder, lines: Sequence[SalesOrderLine], now: datetime) -> None:
    """Cancelled at Amazon: what was not sent is free again; what was sent already needs a person."""
    if order.cancelled_at is None:
        order.cancelled_at = now
        record_activity("Cancelled at Amazon.", sales_order=order, channel_id=order.channel_id, now=now)
    if not order.shipments.exists():
        solve_address_changes(order, now=now)
    for line in lines:
        line.quantity_cancelled = max(0, line.quantity_ordered - line.quantity_shipped)
        line.save(update_fields=["quantity_cancelled"])
    if any(line.quantity_shipped for line in lines):
        open_problem(
            ProblemKind.CANCELLED_AFTER_SHIPPING,
            AboutOrder(order.pk),
            cause=f"{order.code} was cancelled at Amazon after a parcel of it was dispatched.",
            remedy="Stop the parcel with the courier if you can; otherwise receive the goods when they are returned. "
            "Then press "
            "“Mark as done”.",
            sales_order=order,
            channel_id=order.channel_id,
            now=now,
        )


def _note_shipped_elsewhere(
    order: SalesOrder, incoming: IncomingOrder, lines: Sequence[SalesOrderLine], now: datetime
) -> None:
    """Amazon counts more units as sent than we sent: somebody confirmed in Seller Central; the goods are gone."""
    fulfilled = {line.order_item_id: line.quantity_fulfilled for line in incoming.lines}
    gone = [(line, fulfilled.get(line.order_item_id, 0) - line.quantity_shipped) for line in lines]
    gone = [(line, min(units, line.quantity_open)) for line, units in gone if units > 0]
    gone = [(line, units) for line, units in gone if units]
    if not gone:
        return
    touched: set[int] = set()
    for line, units in gone:
        if line.item_id is not None:
            touched |= _take_out(order, line, units, now)
        line.quantity_shipped += units
        line.save(update_fields=["quantity_shipped"])
    raise_notices(touched, cause="Confirmed at Amazon by somebody else", now=now)
    if not any(line.quantity_open for line in lines):
        order.shipped_at = order.shipped_at or incoming.updated_at
        if order.confirmed:
            invoice_order(order, now=now)
    record_activity(
        "Confirmed at Amazon by somebody else; the stock is booked out.",
        sales_order=order,
        channel_id=order.channel_id,
        now=now,
    )


def _take_out(order: SalesOrder, line: SalesOrderLine, units: int, now: datetime) -> set[int]:
    """Book the units out, from what was allocated to the line first; returns the items that moved."""
    item_id = line.item_id or 0
    parts = parts_of([item_id])[item_id]
    levels = lock_levels((part.item_id, order.site_id) for part in parts)
    allocated = {row.item_id: row for row in Allocation.objects.select_for_update(no_key=True).filter(line=line)}
    for part in parts:
        leaving = units * part.each
        freed = _end_allocation(allocated, part.item_id, leaving)
        write_movement(
            levels[(part.item_id, order.site_id)],
            Move(
                -leaving,
                MovementReason.SOLD,
                order_line=line,
                allocated=freed,
                note="Confirmed at Amazon by somebody else",
            ),
            now=now,
        )
    return {part.item_id for part in parts}


def _end_allocation(allocated: Mapping[int, Allocation], item_id: int, leaving: int) -> int:
    row = allocated.get(item_id)
    if row is None:
        return 0
    freed = min(row.quantity, leaving)
    if freed == row.quantity:
        row.delete()
    else:
        row.quantity -= freed
        row.save(update_fields=["quantity"])
    return freed
