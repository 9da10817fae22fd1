"""A sales order is split: some of its lines, or units of them, become a sales order of the same Amazon order.

Each part is allocated, dispatched, confirmed and invoiced separately. What Amazon says later is divided among the parts
(`domain.orders.parts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from wharfinger.db.models import Allocation, OrderHold, OrderTag, SalesOrder, SalesOrderLine, User
from wharfinger.domain.counts import counted
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.orders.particulars import read_particulars, write_particulars
from wharfinger.domain.orders.parts import amounts_of, particulars_of, sum_of
from wharfinger.domain.sentences import N_
from wharfinger.operations._options_in_force import options_for
from wharfinger.operations._rows import draw
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.orders._book import ORDER_NUMBERS
from wharfinger.operations.orders._import_steps import want_archives
from wharfinger.operations.orders._order_steps import amounts_on
from wharfinger.operations.orders._search_steps import write_words
from wharfinger.operations.orders.actions._part_steps import (
    check_open,
    copy_problems,
    lock_lines,
    lock_parts,
    mark_divided,
    next_part,
    settle,
    write_amounts,
)
from wharfinger.operations.orders.actions._sales_order_steps import record_act
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import parts_of
from wharfinger.operations.transaction import operation

_COPIED = (
    "imported_id", "channel_id", "site_id", "site_group_id", "customer_id", "order_ref", "order_type", "currency",
    "delivery", "own_delivery", "buyer", "confirmed_address_hash", "sales_source_id", "courier_group_id",
    "bank_account_id", "invoice_priority", "confirmed", "totals_accepted", "on_hold_at", "service_level", "programs",
    "replaces", "ship_by", "deliver_by", "placed_at", "cancel_requested", "cancel_answered_at", "cancel_reason",
    "approved_at", "vat_area", "goes_to", "buyer_vat_country", "erased_at",
)  # fmt: skip
"""What is Amazon's or a person's word about the whole order."""


@operation
def split_order(order_id: int, *, units: Mapping[int, int], now: datetime, user: User) -> SalesOrder:
    """`units`: by line, how many leave for the new sales order. Returns that one.

    Stock that is allocated stays with the order as far as it still needs it; the new one has the rest of it.
    """
    order = lock_parts([order_id])[0]
    check_open(order, N_("There is nothing left to split."))
    lines = lock_lines(order)
    leaving = _leaving(order, lines, units)
    new = _make(order, now)
    for line, count in leaving:
        _move(line, count, new, now)
    _divide_total(order, new)
    copy_problems(order, new, now=now)
    mark_divided(order.imported_id)
    for part in (order, new):
        settle(part, now=now)
    _record(order, new, leaving, now, user)
    return new


def _leaving(
    order: SalesOrder, lines: Sequence[SalesOrderLine], units: Mapping[int, int]
) -> list[tuple[SalesOrderLine, int]]:
    known = {line.pk: line for line in lines}
    if set(units) - set(known):
        raise Refused("%(order)s no longer has this line. Open the order again.", "lines", order=order.code)
    leaving = [(known[pk], count) for pk, count in sorted(units.items()) if count]
    for line, count in leaving:
        if not 0 < count <= _unsent(line):
            raise Refused(
                "%(sku)s: between 0 and %(unsent)s units can leave for the new sales order, not %(count)s.",
                "lines",
                sku=line.sku[:60],
                unsent=_unsent(line),
                count=count,
            )
    if not leaving:
        raise Refused(
            "%(order)s: no units were given. Give the units of at least one line that the new sales order is to have.",
            "lines",
            order=order.code,
        )
    sent = any(line.quantity_shipped for line in lines)
    if not sent and sum(count for _, count in leaving) == sum(_unsent(line) for line in lines):
        raise Refused(
            "These are all units of %(order)s, and nothing would be left in it. Leave at least one.",
            "lines",
            order=order.code,
        )
    return leaving


def _unsent(line: SalesOrderLine) -> int:
    """Services included: a warranty goes with the goods that it is for."""
    return max(0, line.quantity_ordered - line.quantity_cancelled - line.quantity_shipped)


def _make(order: SalesOrder, now: datetime) -> SalesOrder:
    prefix = options_for(order.channel, order.order_type).prefix
    number = draw({ORDER_NUMBERS: 1})[ORDER_NUMBERS][0]
    new = SalesOrder(
        **{name: getattr(order, name) for name in _COPIED},
        code=f"{prefix}{number:06d}",
        part=next_part(order.imported_id),
        state=SalesOrderState.HELD,
        made_at=now,
    )
    new.channel, new.site, new.imported = order.channel, order.site, order.imported
    new.save()
    write_words([new])
    OrderTag.objects.bulk_create([OrderTag(order=new, tag_id=tag) for tag in order.tags.values_list("tag", flat=True)])
    hold = OrderHold.objects.filter(order=order, released_at=None).first()
    if hold is not None:
        OrderHold.objects.create(
            order=new, reason=hold.reason, details=hold.details, held_at=hold.held_at, held_by_id=hold.held_by_id
        )
    return new


def _move(line: SalesOrderLine, count: int, new: SalesOrder, now: datetime) -> None:
    """A whole line goes as it is; of a divided one both rows have their units' share of its money."""
    if count == line.quantity_ordered:
        line.order = new
        line.save(update_fields=["order"])
        return
    whole, kept, currency = line.quantity_ordered, line.quantity_ordered - count, new.currency
    amounts, said = amounts_on(line), read_particulars(line.particulars)
    other = SalesOrderLine.objects.get(pk=line.pk)
    other.pk, other._state.adding = None, True
    other.order, other.quantity_ordered, other.quantity_cancelled, other.quantity_shipped = new, count, 0, 0
    write_amounts(other, amounts_of(amounts, kept, whole, whole, currency))
    unsent = replace(said, serial_numbers=())
    other.particulars = write_particulars(particulars_of(unsent, kept, whole, whole, currency))
    other.save()
    line.quantity_ordered = kept
    write_amounts(line, amounts_of(amounts, 0, kept, whole, currency))
    line.particulars = write_particulars(particulars_of(said, 0, kept, whole, currency))
    line.save()
    _move_allocations(line, other, now)
    if other.customisation_url:
        want_archives([other.pk], new.imported.account_id, now=now)


def _move_allocations(line: SalesOrderLine, other: SalesOrderLine, now: datetime) -> None:
    """What the line holds beyond its own need is the other's: no level changes, and nobody else can take it."""
    needs: dict[int, int] = {}
    if line.item_id is not None:
        needs = {part.item_id: line.quantity_open * part.each for part in parts_of([line.item_id])[line.item_id]}
    for row in Allocation.objects.select_for_update(no_key=True).filter(line=line).order_by("item_id", "site_id"):
        kept = min(row.quantity, needs.get(row.item_id, 0))
        needs[row.item_id] = needs.get(row.item_id, 0) - kept
        surplus = row.quantity - kept
        if not surplus:
            continue
        Allocation.objects.create(
            line=other, item_id=row.item_id, site_id=row.site_id, quantity=surplus, made_at=row.made_at
        )
        if kept:
            row.quantity = kept
            row.save(update_fields=["quantity"])
        else:
            row.delete()


def _divide_total(order: SalesOrder, new: SalesOrder) -> None:
    """The new order's total is that of its lines; the order has the rest, with what belongs to no line."""
    totals = list(new.lines.values_list("amount_total", flat=True))
    if order.total is None or any(total is None for total in totals):
        return
    moved = Decimal(0)
    for total in totals:
        moved = sum_of(moved, total) or Decimal(0)
    new.total, order.total = moved, order.total - moved
    for one in (order, new):
        one.save(update_fields=["total"])


def _record(
    order: SalesOrder, new: SalesOrder, leaving: Sequence[tuple[SalesOrderLine, int]], now: datetime, user: User
) -> None:
    goods = ", ".join(f"{count} × {line.sku[:60]}" for line, count in leaving)
    after = {"order": order.code, "into": new.code, "units": {line.sku[:60]: count for line, count in leaving}}
    units = counted(sum(count for line, count in leaving if not line.service), "unit")
    record_act(order, "split", f"Split: {units} went to {new.code} ({goods}).", after=after, now=now, user=user)
    text = f"{new.code} was split from {order.code}: {goods}."
    record_activity(text, sales_order=new, channel_id=new.channel_id, now=now, user=user)
