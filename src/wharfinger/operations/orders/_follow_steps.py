"""Steps that bring a sales order along with what changed at Amazon; they need an open transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from wharfinger.db.models import ImportedOrder, SalesOrder, SalesOrderLine
from wharfinger.domain.counts import counted
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.addresses import read_address, written
from wharfinger.domain.orders.changes import (
    AddressChanged,
    CancelledAtAmazon,
    CancelRequested,
    CancelRequestEnded,
    Change,
    HeldLine,
    HeldOrder,
    LineAdded,
    LineGone,
    PartAddressShown,
    QuantityChanged,
    SentElsewhere,
    changes,
)
from wharfinger.domain.orders.matching import Matched, Meaning
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState, IncomingOrder
from wharfinger.domain.orders.parts import Part, PartLine, shares
from wharfinger.domain.orders.privacy.erasing import without_personal_data
from wharfinger.domain.stock.allocation import Key
from wharfinger.operations._options_in_force import InForce
from wharfinger.operations.orders._address_steps import note_address, warn_of_new_address, warn_of_part_address
from wharfinger.operations.orders._book import Book
from wharfinger.operations.orders._customer_steps import People, Wanted, wanted_customer
from wharfinger.operations.orders._order_steps import (
    add_lines,
    allocate_order,
    amounts_on,
    bring_line,
    invoice_waits,
    people_of,
    settle_state,
    stamp_courier,
    warn,
    warn_of_currency,
    warn_of_totals,
    write_facts,
)
from wharfinger.operations.shipping._bought_steps import labelled_by_amazon, without_labelled
from wharfinger.operations.shipping._confirmation_steps import OF_A_CONFIRMATION
from wharfinger.operations.stock._group_steps import sites_of_lines

BY_SOMEBODY_ELSE = "Confirmed at Amazon by somebody else"
CALLED_OFF = ("Cancelled at Amazon.", "Amazon says that it cannot be fulfilled.")


@dataclass(frozen=True, slots=True)
class Following:
    """A sales order about which Amazon sent another message, with what its new lines mean."""

    imported: ImportedOrder
    incoming: IncomingOrder
    order: SalesOrder
    options: InForce
    people: People
    customer: Wanted
    matches: Mapping[str, Meaning]
    """By order item id, of lines that it did not have."""
    whole: IncomingOrder
    """The message itself: `incoming` is the sales order's share of it."""

    @property
    def fba(self) -> bool:
        return self.imported.fulfilment == Fulfilment.FBA


def plan_following(
    book: Book, imported: ImportedOrder, incoming: IncomingOrder, parts: Sequence[SalesOrder]
) -> list[Following]:
    """One for each of its sales orders: a message is divided among the parts of an order before it is followed."""
    divided = (incoming,) if len(parts) == 1 else shares([_part(book, order) for order in parts], incoming)
    return [
        _plan_part(book, imported, share, order, whole=incoming) for order, share in zip(parts, divided, strict=True)
    ]


def _part(book: Book, order: SalesOrder) -> Part:
    lines = tuple(
        PartLine(
            line.order_item_id,
            line.quantity_ordered,
            line.quantity_cancelled,
            line.quantity_shipped,
            amounts_on(line),
        )
        for line in book.lines_of.get(order.pk, ())
    )
    return Part(lines, order.total, order.cancelling_at is not None, order.picked_at is not None)


def _plan_part(
    book: Book, imported: ImportedOrder, incoming: IncomingOrder, order: SalesOrder, *, whole: IncomingOrder
) -> Following:
    options = book.channels.options(order.channel, order.order_type)
    if order.erased_at is not None:
        incoming = without_personal_data(incoming)
    people = people_of(order, incoming)
    wanted = None
    if order.customer_id is None and imported.fulfilment != Fulfilment.FBA:
        wanted = wanted_customer(order.channel, people, options.values, placed_at=incoming.placed_at)
    held = {line.order_item_id for line in book.lines_of.get(order.pk, ())}
    matches = {
        line.order_item_id: book.links.meaning_of(order.channel, line)
        for line in incoming.lines
        if line.order_item_id not in held
    }
    return Following(imported, incoming, order, options, people, wanted, matches, whole)


def following_items(book: Book, plan: Following) -> set[int]:
    """What its lines mean."""
    if plan.fba:
        return set()
    items = {line.item_id for line in book.lines_of.get(plan.order.pk, ()) if line.item_id is not None}
    return items | {match.item_id for match in plan.matches.values() if isinstance(match, Matched)}


def following_keys(book: Book, plan: Following) -> set[Key]:
    """The levels on which its lines stand."""
    held = {key for line in book.lines_of.get(plan.order.pk, ()) for key in book.shelf.held("line", line.pk)}
    sites = sites_of_lines(plan.order, book.lines_of.get(plan.order.pk, ()), book.shelf.groups)
    return held | book.shelf.keys(following_items(book, plan), sites)


def follow(book: Book, plan: Following) -> bool:
    """Everything that changed at Amazon comes along. False where nothing can: Amazon sends the order itself."""
    imported, incoming, order = plan.imported, plan.incoming, plan.order
    imported.state, imported.reason, imported.remedy, imported.waits_for = ImportState.OK, "", "", None
    lines = book.lines_of.setdefault(order.pk, [])
    if plan.fba:
        if warn_of_totals(book, order, plan.whole):
            order.total = order.total if incoming.total is None else incoming.total
            _write_invoice(book, plan)
        return False
    totals_agree = warn_of_totals(book, order, plan.whole)
    address_missing = _change(book, plan, lines)
    allocate_order(book, order, lines)
    settle_state(book, order, lines, plan.options, address_missing=address_missing)
    if totals_agree:
        _write_invoice(book, plan)
    warn_of_currency(book, order, plan.options)
    return True


def _write_invoice(book: Book, plan: Following) -> None:
    waits = invoice_waits(book, plan.order)
    book.invoices.write_what_is_due(plan.order, plan.options, held_back=waits, now=book.now)


def _change(book: Book, plan: Following, lines: list[SalesOrderLine]) -> bool:
    """Write what Amazon says now; returns whether the order is held for its address."""
    order, incoming = plan.order, plan.incoming
    found = changes(_held(order, lines), incoming)
    level = order.service_level
    write_facts(order, incoming, plan.people)
    if order.customer_id is None:
        values = plan.options.values
        order.customer_id = book.customers.find_or_make(
            plan.customer, order.channel, plan.people, values, book.customer_id
        )
    if order.service_level != level:
        stamp_courier(order, plan.options, book)
    stated = {line.order_item_id: line for line in incoming.lines}
    for row in lines:
        if row.order_item_id in stated:
            bring_line(book, row, stated[row.order_item_id])
    new = [line for line in incoming.lines if line.order_item_id in plan.matches]
    lines += add_lines(book, order, new, [plan.matches[line.order_item_id] for line in new])
    return _apply_all(book, order, plan.people, incoming, lines, found)


def follow_goods(
    book: Book, order: SalesOrder, people: People, incoming: IncomingOrder, lines: Sequence[SalesOrderLine]
) -> bool:
    """Of an order that is just being taken: what of it was sent or requested already. Returns as `_change`."""
    held = HeldOrder(tuple(_held_line(line, requested=False) for line in lines))
    return _apply_all(book, order, people, incoming, lines, changes(held, incoming))


def _held(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> HeldOrder:
    return HeldOrder(
        tuple(_held_line(line, requested=line.cancel_requested) for line in lines),
        read_address(order.delivery),
        order.cancel_requested,
    )


def _held_line(line: SalesOrderLine, *, requested: bool) -> HeldLine:
    return HeldLine(
        line.order_item_id, line.quantity_ordered, line.quantity_cancelled, line.quantity_shipped, requested
    )


def _apply_all(
    book: Book,
    order: SalesOrder,
    people: People,
    incoming: IncomingOrder,
    lines: Sequence[SalesOrderLine],
    found: Sequence[Change],
) -> bool:
    by_id = {line.order_item_id: line for line in lines}
    for change in found:
        _apply(book, order, incoming, by_id, change)
    book.show_packages(order, incoming.packages)
    return note_address(order, people.address, incoming.status, book.problems)


def _apply(
    book: Book, order: SalesOrder, incoming: IncomingOrder, lines: Mapping[str, SalesOrderLine], change: Change
) -> None:
    """Quantities, the timeline, and what a person must know. Lines have Amazon's facts already."""
    match change:
        case PartAddressShown():
            warn_of_part_address(order, incoming.address, book.problems)
        case AddressChanged(before, after):
            personal = {"before": written(before), "after": written(after)}
            _record(book, order, "Amazon changed the delivery address.", personal=personal)
            warn_of_new_address(order, book.problems, dispatched=order.pk in book.dispatched)
        case QuantityChanged(number, ordered, cancelled):
            sku = lines[number].sku[:60]
            _record(book, order, f"Amazon changed {sku}: {ordered} ordered, {cancelled} cancelled.")
            _warn_of_too_many(book, order, lines[number], ordered - cancelled)
        case LineGone(number):
            row = lines[number]
            row.quantity_cancelled = row.quantity_ordered - row.quantity_shipped
            _record(book, order, f"Amazon no longer sends the line {row.sku[:60]}: none of it is to be dispatched.")
        case LineAdded():
            pass  # it is written already
        case CancelledAtAmazon():
            _cancel(book, order, list(lines.values()))
        case SentElsewhere(units):
            _book_out(book, order, incoming, lines, units)
        case CancelRequested(further):
            _note_request(book, order, incoming, further=further)
        case CancelRequestEnded(withdrawn):
            if withdrawn:
                order.cancel_requested, order.cancel_answered_at = False, None
            book.problems.solve(ProblemKind.CANCEL_REQUESTED, AboutOrder(order.pk))
        case _:
            assert_never(change)


def _record(book: Book, order: SalesOrder, text: str, **more: object) -> None:
    book.record(text, sales_order=order, channel_id=order.channel_id, **more)


def _cancel(book: Book, order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Cancelled at Amazon: what was not sent is free again; what was sent already needs a person."""
    if order.cancelled_at is None:
        order.cancelled_at = book.now
        _record(book, order, CALLED_OFF[order.imported.amazon_status is AmazonStatus.UNFULFILLABLE])
    if order.pk not in book.dispatched:
        book.problems.solve_all(ProblemKind.ADDRESS_CHANGED, sales_order_id=order.pk)
    for line in lines:
        line.quantity_cancelled = max(0, line.quantity_ordered - line.quantity_shipped)
    if any(line.quantity_shipped for line in lines):
        for kind in OF_A_CONFIRMATION:  # Amazon takes none any more
            book.problems.solve_all(kind, sales_order_id=order.pk)
        warn(
            book,
            order,
            ProblemKind.CANCELLED_AFTER_SHIPPING,
            f"{order.code} was cancelled at Amazon after a parcel of it was dispatched.",
            "Stop the parcel with the courier if you can; otherwise receive the goods when they are returned. "
            "Then press “Mark as done”.",
        )


def _warn_of_too_many(book: Book, order: SalesOrder, line: SalesOrderLine, wanted: int) -> None:
    """Cancelled in part while a parcel left: what Amazon refused of it is confirmed with the units that are left."""
    too_many = line.quantity_shipped - wanted
    if too_many <= 0 or order.pk not in book.dispatched:
        return
    book.send_refused_again(order)
    warn(
        book,
        order,
        ProblemKind.CANCELLED_AFTER_SHIPPING,
        f"{order.code}: {counted(too_many, 'unit')} of {line.sku[:60]} cancelled at Amazon after dispatch.",
        "The parcel is confirmed with the units that are left. Ask the buyer to return the rest, or leave it to them. "
        "Then press “Mark as done”.",
    )


def _book_out(
    book: Book,
    order: SalesOrder,
    incoming: IncomingOrder,
    lines: Mapping[str, SalesOrderLine],
    units: Sequence[tuple[str, int]],
) -> None:
    """From what was allocated to the lines first. Amazon counts units as sent once their label was bought from it:
    those wait for their parcel here."""
    units = without_labelled(units, labelled_by_amazon(order), lines)
    if not units:
        return
    for number, leaving in units:
        line = lines[number]
        _move_out(book, order, line, leaving, book.now)
        line.quantity_shipped += leaving
    if not any(line.quantity_open for line in lines.values()):
        order.shipped_at = order.shipped_at or incoming.updated_at
        if order.confirmed:
            book.invoices.issue(order, held_back=invoice_waits(book, order), now=book.now)
    _record(book, order, f"{BY_SOMEBODY_ELSE}; the stock is booked out.")


def _move_out(book: Book, order: SalesOrder, line: SalesOrderLine, units: int, now: datetime) -> None:
    parts = book.shelf.parts(line.item_id)
    for part in parts:
        home = (part.item_id, line.site_id or order.site_id)
        for key, leaving, freed in book.shelf.end_allocation("line", line.pk, home, units * part.each, now):
            book.shelf.move_out(key, leaving, allocated=freed, note=BY_SOMEBODY_ELSE, order_line=line, now=now)
    book.shelf.note([part.item_id for part in parts], BY_SOMEBODY_ELSE)


def _note_request(book: Book, order: SalesOrder, incoming: IncomingOrder, *, further: bool) -> None:
    """Wait for a person's answer; a request for a further line asks again.

    The buyer's own words are personal: they stand in the order's column alone, in no sentence.
    """
    if further:
        order.cancel_answered_at = None
        _record(book, order, "The buyer requested cancellation.")
    reasons = (line.cancel_reason for line in incoming.lines if line.cancel_requested and line.cancel_reason)
    order.cancel_requested, order.cancel_reason = True, next(reasons, order.cancel_reason)[:300]
    if order.cancel_answered_at is None:
        warn(
            book,
            order,
            ProblemKind.CANCEL_REQUESTED,
            f"The buyer of {order.code} requested cancellation.",
            "Press “Cancel at Amazon” on the order; or press “Dispatch anyway”: it may then be dispatched.",
        )
