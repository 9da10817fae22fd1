"""Steps that make a sales order of an Amazon order; they need an open transaction.

In two halves: `plan_taking` says which stock and which customer are needed; with those locked, `take` makes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wharfinger.db.models import Channel, ImportedOrder, SalesOrder, SalesOrderLine, Site
from wharfinger.domain.channels.first_import import FirstImport
from wharfinger.domain.orders.matching import Matched, Meaning
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState, IncomingOrder, SalesOrderState
from wharfinger.domain.stock.allocation import Key
from wharfinger.operations._options_in_force import InForce
from wharfinger.operations._rows import new_row
from wharfinger.operations.orders._book import IDS, ORDER_NUMBERS, Book
from wharfinger.operations.orders._customer_steps import People, Wanted, months_buyers, wanted_customer
from wharfinger.operations.orders._follow_steps import follow_goods
from wharfinger.operations.orders._import_steps import solve_import_problems
from wharfinger.operations.orders._order_steps import (
    add_lines,
    allocate_order,
    invoice_waits,
    people_of,
    pick,
    settle_state,
    stamp_courier,
    warn_of_currency,
    warn_of_totals,
    write_facts,
)
from wharfinger.operations.orders._reserve_steps import release_units, reservation_keys


@dataclass(frozen=True, slots=True)
class Taking:
    """An order that becomes a sales order, with what its lines mean."""

    imported: ImportedOrder
    incoming: IncomingOrder
    channel: Channel
    options: InForce
    site: Site
    matches: Sequence[Meaning]
    people: People
    customer: Wanted

    @property
    def fba(self) -> bool:
        return self.incoming.fulfilment is Fulfilment.FBA

    @property
    def items(self) -> set[int]:
        return {match.item_id for match in self.matches if isinstance(match, Matched)}

    @property
    def before_us(self) -> bool:
        """Placed before the channel was made: what Amazon counts as sent then left without us."""
        return not self.fba and self.incoming.placed_at < self.channel.made_at


def plan_taking(book: Book, imported: ImportedOrder, incoming: IncomingOrder, site_id: int) -> Taking:
    channel = book.channels.get(imported.channel_id or 0)
    options = book.channels.options(channel, incoming.order_type)
    if options.site is None or options.site.pk != site_id:
        raise ValueError("an order is taken to the site of its channel's options")
    people = people_of(None, incoming)
    wanted = wanted_customer(channel, people, options.values, placed_at=incoming.placed_at)
    if wanted is None and incoming.fulfilment is Fulfilment.FBA:
        wanted = months_buyers(channel, incoming.placed_at)
    matches = [book.links.meaning_of(channel, line) for line in incoming.lines]
    return Taking(imported, incoming, channel, options, options.site, matches, people, wanted)


def taking_keys(book: Book, plan: Taking) -> set[Key]:
    """Its levels, and those of what it held before its import."""
    kept = reservation_keys(book.shelf, book.kept_of.get(plan.imported.pk, ()))
    if plan.fba:
        return kept | {(item, plan.site.pk) for item in plan.items}
    return kept | book.shelf.keys(plan.items, [site.pk for site in plan.options.sites])


def take(book: Book, plan: Taking) -> SalesOrder:
    """Make the sales order: what Amazon counts as sent is booked out, the rest is allocated."""
    imported, incoming, options = plan.imported, plan.incoming, plan.options
    imported.state, imported.reason, imported.remedy, imported.waits_for = ImportState.OK, "", "", None
    imported.imported_at = book.now
    solve_import_problems(imported, book.problems)
    shipped_before = plan.before_us and incoming.status is AmazonStatus.SHIPPED
    recorded = shipped_before or imported.first_import_choice == FirstImport.RECORD
    imported.record_only = not plan.fba and recorded
    moved = release_units(book, imported)
    order, lines = _make(book, plan)
    warn_of_totals(book, order, incoming)
    if plan.fba:
        _issue_fba(book, plan, order, lines)
    else:
        _take_fbm(book, plan, order, lines, moved)
    pick(book, order, options)
    warn_of_currency(book, order, options)
    confirmed = "" if order.confirmed else " It is waiting for a person to confirm it."
    book.record(
        f"{order.code} created from Amazon order {incoming.amazon_order_id}: {order.state.msgid}.{confirmed}",
        sales_order=order,
        imported_order=imported,
        channel=plan.channel,
    )
    return order


def _make(book: Book, plan: Taking) -> tuple[SalesOrder, list[SalesOrderLine]]:
    """The order and its lines, matched to stock items; a line without one is held. Options are stamped on it."""
    incoming, values = plan.incoming, plan.options.values
    order = new_row(
        SalesOrder,
        pk=book.numbers.next(IDS[SalesOrder]),
        code=f"{plan.options.prefix}{book.numbers.next(ORDER_NUMBERS):06d}",
        imported=plan.imported,
        channel=plan.channel,
        site=plan.site,
        site_group_id=values.site_group,
        order_ref=plan.imported.order_ref,
        order_type=incoming.order_type,
        state=SalesOrderState.PENDING,
        placed_at=incoming.placed_at,
        made_at=book.now,
        sales_source_id=values.sales_source,
        bank_account_id=values.bank_account,
        confirmed=values.orders_confirmed is not False,
    )
    write_facts(order, incoming, plan.people)
    order.customer_id = book.customers.find_or_make(plan.customer, plan.channel, plan.people, values, book.customer_id)
    stamp_courier(order, plan.options, book)
    book.orders.add(order)
    return order, add_lines(book, order, incoming.lines, plan.matches)


def _issue_fba(book: Book, plan: Taking, order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Amazon has shipped: stock leaves the FBA site, the invoice is made, the order is issued by itself."""
    order.shipped_at = plan.incoming.updated_at
    for line in sorted(lines, key=lambda line: (line.item_id is None, line.item_id or 0, line.pk)):
        line.quantity_shipped = max(0, line.quantity_ordered - line.quantity_cancelled)
        if line.item_id is not None and line.quantity_shipped:
            units = line.quantity_shipped
            book.shelf.move_fba_sale(line, units, shipped_at=plan.incoming.updated_at, now=book.now)
    settle_state(book, order, lines, plan.options)
    book.invoices.issue(order, held_back=invoice_waits(book, order), now=book.now)


def _take_fbm(
    book: Book, plan: Taking, order: SalesOrder, lines: Sequence[SalesOrderLine], moved: Mapping[str, int]
) -> None:
    if plan.before_us or plan.imported.record_only:
        _record_shipped(order, plan.incoming, lines)
    elif moved:
        _record_moved(order, plan.incoming, lines, moved)
    allocate_order(book, order, lines)
    address_missing = follow_goods(book, order, plan.people, plan.incoming, lines)
    settle_state(book, order, lines, plan.options, address_missing=address_missing)
    waits = invoice_waits(book, order)
    if moved:
        book.invoices.write_what_is_due(order, plan.options, held_back=waits, now=book.now)
    if plan.options.values.assign_invoice_code and order.confirmed and not plan.imported.record_only:
        book.invoices.assign_code(order, held_back=waits)


def _record_shipped(order: SalesOrder, incoming: IncomingOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Units that left before the channel was made: kept for records, no stock movement, no confirmation."""
    fulfilled = {line.order_item_id: line.quantity_fulfilled for line in incoming.lines}
    for line in lines:
        units = line.quantity_open if order.imported.record_only else fulfilled.get(line.order_item_id, 0)
        line.quantity_shipped = min(units, line.quantity_open)
    if not any(line.quantity_open for line in lines):
        order.shipped_at = incoming.updated_at


def _record_moved(
    order: SalesOrder, incoming: IncomingOrder, lines: Sequence[SalesOrderLine], moved: Mapping[str, int]
) -> None:
    """Units that left before the import, and were booked out then, are booked out no second time."""
    for line in lines:
        line.quantity_shipped += min(moved.get(line.order_item_id, 0), line.quantity_open)
    if not any(line.quantity_open for line in lines):
        order.shipped_at = incoming.updated_at
