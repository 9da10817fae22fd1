"""Steps that write what Amazon says into a sales order and its lines; they need an open transaction."""

from collections.abc import Sequence

from wharfinger.db.models import SalesOrder, SalesOrderLine
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder, AboutSku
from wharfinger.domain.orders.addresses import address_parts, buyer_parts, merge, merge_buyer, read_address, read_buyer
from wharfinger.domain.orders.matching import Matched, Meaning, NothingToSend, NotMatched
from wharfinger.domain.orders.order import (
    IncomingBuyer,
    IncomingLine,
    IncomingOrder,
    LineAmounts,
    OrderType,
    SalesOrderState,
)
from wharfinger.domain.orders.particulars import write_particulars
from wharfinger.domain.orders.parts import AMOUNTS
from wharfinger.domain.orders.sales_orders import totals_fault
from wharfinger.domain.vat_areas import area_of, tax_country
from wharfinger.operations._options_in_force import InForce
from wharfinger.operations._rows import new_row
from wharfinger.operations.orders._book import IDS, Book
from wharfinger.operations.orders._customer_steps import People
from wharfinger.operations.orders._verification_steps import AGE_CHECKED
from wharfinger.operations.stock._allocation_steps import (
    PLACED,
    claims_of_lines,
    is_picked_by_itself,
    short_of_stock,
    state_of,
)
from wharfinger.operations.stock._group_steps import by_item, to_be_sent

TITLE_AT_MOST = 500
_IN_PLACE_OF_ANOTHER = {OrderType.REPLACEMENT, OrderType.EXCHANGE}
"""Exchanges once counted as replacements: such a stored order becomes what Amazon says of it."""


def people_of(order: SalesOrder | None, incoming: IncomingOrder) -> People:
    """Buyer and address, part by part, after this message."""
    held_address = read_address(order.delivery) if order else None
    held_buyer = read_buyer(order.buyer) if order else IncomingBuyer()
    return People(merge(held_address, incoming.address), merge_buyer(held_buyer, incoming.buyer))


def write_facts(order: SalesOrder, incoming: IncomingOrder, people: People) -> None:
    """Amazon's facts of the whole order; what Amazon does not say (any more) stays as it was (A09)."""
    order.currency = incoming.currency or order.currency
    order.total = order.total if incoming.total is None else incoming.total
    order.service_level = incoming.service_level[:40] or order.service_level
    order.programs = list(incoming.programs) or order.programs or []
    order.replaces = incoming.replaces[:30] or order.replaces
    if {order.order_type, incoming.order_type} == _IN_PLACE_OF_ANOTHER:
        order.order_type = incoming.order_type
    order.ship_by = incoming.ship_by or order.ship_by
    order.deliver_by = incoming.deliver_by or order.deliver_by
    _write_people(order, people)


def _write_people(order: SalesOrder, people: People) -> None:
    """What is the same is left alone, and so is not encrypted anew."""
    delivery = address_parts(people.address) if people.address is not None else order.delivery
    buyer = buyer_parts(people.buyer) if people.buyer != IncomingBuyer() else order.buyer
    if (delivery, buyer) == (order.delivery, order.buyer) and not order._state.adding:
        return
    order.delivery, order.buyer = delivery, buyer
    if people.address is not None:
        order.vat_area = area_of(people.address.country, people.address.postcode)
        if not order.own_delivery:
            order.goes_to = people.address.country[:2].upper()
    order.buyer_vat_country = tax_country(people.buyer.vat_number)
    order.surname_hash = order.postcode_hash = order.email_hash = ""  # of an earlier version: its words take over


def stamp_courier(order: SalesOrder, options: InForce, book: Book) -> None:
    """Courier group and invoice priority: of the channel's mapping for Amazon's service level, else the options'."""
    level = book.channels.courier_level(order.channel_id, order.service_level)
    order.courier_group_id = level.group_id if level else options.values.courier_group
    mapped = level.invoice_priority if level else None
    order.invoice_priority = options.values.invoice_priority if mapped is None else mapped


def add_lines(
    book: Book, order: SalesOrder, lines: Sequence[IncomingLine], matches: Sequence[Meaning]
) -> list[SalesOrderLine]:
    """New lines, matched or held."""
    rows = [_row(book, order, line, match) for line, match in zip(lines, matches, strict=True)]
    for row in rows:
        if row.held_reason:
            _hold_line(book, order, row)
    return rows


def _row(book: Book, order: SalesOrder, line: IncomingLine, match: Meaning) -> SalesOrderLine:
    row = new_row(
        SalesOrderLine,
        pk=book.numbers.next(IDS[SalesOrderLine]),
        order=order,
        order_item_id=line.order_item_id,
        sku=line.sku,
        asin=line.asin[:20],
        title=line.title[:TITLE_AT_MOST],
        service=line.service,
    )
    match match:
        case Matched(item_id):
            row.item_id = item_id
        case NotMatched(reason):
            row.held_reason = reason
        case NothingToSend():
            pass
    bring_line(book, row, line)
    return book.lines.add(row)


def _hold_line(book: Book, order: SalesOrder, row: SalesOrderLine) -> None:
    """The line waits for a link; its problem names the near misses."""
    close = book.links.close_codes(row.sku)
    hint = f" Similar codes: {', '.join(close)}." if close else ""
    book.problems.open(
        ProblemKind.UNKNOWN_SKU,
        AboutSku(book.account_id, row.sku),
        cause=f"{row.held_reason}{hint} {order.code} is waiting for it.",
        remedy="Press “Link to a stock item” and choose or create it. Every order waiting for it then "
        "continues automatically.",
        account_id=book.account_id,
        channel_id=order.channel_id,
        sales_order_id=order.pk,
        imported_order_id=order.imported_id,
    )


def bring_line(book: Book, row: SalesOrderLine, line: IncomingLine) -> None:
    """Amazon's facts of the line; a new address of what its buyer wrote or drew is followed."""
    if line.customisation_url and line.customisation_url != row.customisation_url:
        book.note_customised(row)
    if row._state.adding and AGE_CHECKED in line.particulars.constraints:
        book.note_age_checked(row.order_id)
    write_line_facts(row, line)


def write_line_facts(row: SalesOrderLine, line: IncomingLine) -> None:
    """Quantities and Amazon's amounts; an amount that Amazon does not say stays as it was."""
    row.quantity_ordered = max(line.quantity_ordered, row.quantity_shipped or 0)
    row.quantity_cancelled = min(line.quantity_cancelled, row.quantity_ordered)
    amounts = line.amounts
    for name in AMOUNTS:
        value = getattr(amounts, name)
        if value is not None:
            setattr(row, f"amount_{name}", value)
    row.tax_collected_by = line.tax_collected_by[:40] or row.tax_collected_by
    row.ioss_number = line.ioss_number[:40] or row.ioss_number
    row.gift_message = line.gift_message or row.gift_message
    row.gift_wrap_level = line.gift_wrap_level[:60] or row.gift_wrap_level
    row.customisation_url = line.customisation_url or row.customisation_url
    row.serial_numbers_required = line.serial_numbers_required or row.serial_numbers_required
    row.cancel_requested = line.cancel_requested
    row.particulars = write_particulars(line.particulars, row.particulars)


def amounts_on(row: SalesOrderLine) -> LineAmounts:
    """Amazon's amounts as the row holds them."""
    return LineAmounts(**{name: getattr(row, f"amount_{name}") for name in AMOUNTS})


def allocate_order(book: Book, order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Bring the allocations of its lines to what they still need and can have, from the site of its group that can
    serve it."""
    if book.shelf.place(order, lines) and not order._state.adding:
        book.record(PLACED, sales_order=order, channel_id=order.channel_id)
    book.shelf.allocate("line", claims_of_lines(order, lines, book.shelf.groups), now=book.now)


def settle_state(
    book: Book, order: SalesOrder, lines: Sequence[SalesOrderLine], options: InForce, *, address_missing: bool = False
) -> None:
    """Set the order's state from its facts, and open or solve its waiting for stock."""
    parts = {line.item_id: book.shelf.parts(line.item_id) for line in lines if line.item_id is not None}
    held = {
        line.pk: by_item(to_be_sent(order, line, book.shelf.held("line", line.pk), book.shelf.groups)) for line in lines
    }
    state = state_of(order, lines, parts, held, address_missing=address_missing)
    became_ready = state is SalesOrderState.READY and order.state is not state
    order.state = state
    if became_ready and not order._state.adding:
        pick(book, order, options)
    if state is not SalesOrderState.AWAITING_STOCK:
        book.problems.solve(ProblemKind.AWAITING_STOCK, AboutOrder(order.pk))
        return
    cause, remedy = short_of_stock(order)
    warn(book, order, ProblemKind.AWAITING_STOCK, cause, remedy)


def pick(book: Book, order: SalesOrder, options: InForce) -> None:
    """Auto-pick."""
    if is_picked_by_itself(order, options):
        order.picked_at = book.now


def warn(book: Book, order: SalesOrder, kind: ProblemKind, cause: str, remedy: str) -> None:
    """A problem of the sales order."""
    book.problems.open(
        kind, AboutOrder(order.pk), cause=cause, remedy=remedy, sales_order_id=order.pk, channel_id=order.channel_id
    )


def warn_of_currency(book: Book, order: SalesOrder, options: InForce) -> None:
    expected = options.values.currency
    if not order.currency or order.currency == expected:
        book.problems.solve(ProblemKind.FOREIGN_CURRENCY, AboutOrder(order.pk))
        return
    warn(
        book,
        order,
        ProblemKind.FOREIGN_CURRENCY,
        f"{order.code} is in {order.currency}, but {order.channel.name} expects {expected}.",
        "The order was imported with Amazon's amounts unchanged. Check them before you invoice it, then press "
        "“Mark as done”.",
    )


def warn_of_totals(book: Book, order: SalesOrder, incoming: IncomingOrder) -> bool:
    """The order goes on, whatever Amazon's sums are; a person looks at them, and the invoice waits for that.

    Answers whether the amounts agree again that had differed.
    """
    fault = totals_fault(incoming)
    if not fault or fault == order.totals_accepted or incoming.status.called_off:
        return book.problems.solve(ProblemKind.TOTALS_DIFFER, AboutOrder(order.pk))
    warn(
        book,
        order,
        ProblemKind.TOTALS_DIFFER,
        f"{order.code}: {fault}",
        "The order continues; only its invoice waits. Compare its amounts with Seller Central, then press "
        "“Accept these amounts” on the order. It closes automatically when Amazon sends amounts that agree.",
    )
    return False


def invoice_waits(book: Book, order: SalesOrder) -> bool:
    """Whether *Totals differ* is open for the order."""
    return book.problems.is_open(ProblemKind.TOTALS_DIFFER, AboutOrder(order.pk))
