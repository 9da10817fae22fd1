"""Steps that write a sales order and its lines from what Amazon says; they need an open transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db.models import F

from wharfinger.db.models import (
    CourierLevelMapping,
    ImportedOrder,
    Installation,
    SalesOrder,
    SalesOrderLine,
    Site,
    StockItem,
)
from wharfinger.domain.orders.addresses import merge, merge_buyer, read_address, read_buyer
from wharfinger.domain.orders.matching import Matched, NotMatched
from wharfinger.domain.orders.order import IncomingBuyer, IncomingLine, IncomingOrder, SalesOrderState
from wharfinger.operations._options_in_force import (
    InForce,
)
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID
from wharfinger.operations.orders._customer_steps import People, customer_for, hashes_of
from wharfinger.operations.orders._link_steps import find_items, hold_line

TITLE_AT_MOST = 500


def make_sales_order(
    imported: ImportedOrder,
    incoming: IncomingOrder,
    site: Site,
    options: InForce,
    *,
    matches: Sequence[Matched | NotMatched],
    now: datetime,
) -> SalesOrder:
    """The order and its lines, matched to stock items; a line without one is held. Options are stamped on it."""
    channel = imported.channel
    if channel is None:
        raise ValueError("a sales order belongs to a channel")
    order = SalesOrder(
        code=_next_code(options.prefix),
        imported=imported,
        channel=channel,
        site=site,
        order_ref=imported.order_ref,
        order_type=incoming.order_type,
        state=SalesOrderState.PENDING,
        placed_at=incoming.placed_at,
        made_at=now,
        sales_source_id=options.values.sales_source,
        bank_account_id=options.values.bank_account,
        confirmed=options.values.orders_confirmed is not False,
    )
    write_facts(order, incoming, options, now=now)
    stamp_courier(order, options)
    order.save(force_insert=True)
    write_lines(order, incoming.lines, matches, now=now)
    return order


def _next_code(prefix: str) -> str:
    Installation.objects.filter(pk=INSTALLATION_ID).update(next_sales_order=F("next_sales_order") + 1)
    return f"{prefix}{Installation.objects.get(pk=INSTALLATION_ID).next_sales_order - 1:06d}"


def stamp_courier(order: SalesOrder, options: InForce) -> None:
    """Courier group and invoice priority: of the channel's mapping for Amazon's service level, else the options'."""
    level = None
    if order.service_level:
        levels = CourierLevelMapping.objects.filter(channel=order.channel_id, service_level__iexact=order.service_level)
        level = levels.first()
    order.courier_group_id = level.group_id if level else options.values.courier_group
    mapped = level.invoice_priority if level else None
    order.invoice_priority = options.values.invoice_priority if mapped is None else mapped


def write_facts(order: SalesOrder, incoming: IncomingOrder, options: InForce, *, now: datetime) -> None:
    """Amazon's facts of the whole order; what Amazon does not say (any more) stays as it was (A09)."""
    level = order.service_level
    order.currency = incoming.currency or order.currency
    order.total = order.total if incoming.total is None else incoming.total
    order.service_level = incoming.service_level[:40] or order.service_level
    order.programs = list(incoming.programs) or order.programs or []
    order.replaces = incoming.replaces[:30] or order.replaces
    order.ship_by = incoming.ship_by or order.ship_by
    order.deliver_by = incoming.deliver_by or order.deliver_by
    _write_people(order, incoming)
    if order.customer_id is None:
        people = People(read_address(order.delivery), read_buyer(order.buyer))
        order.customer = customer_for(order.channel, people, options.values, placed_at=incoming.placed_at, now=now)
    if order.pk is not None and order.service_level != level:
        stamp_courier(order, options)


def _write_people(order: SalesOrder, incoming: IncomingOrder) -> None:
    """Buyer and address, part by part; the hashes by which they are found."""
    address = merge(read_address(order.delivery), incoming.address)
    buyer = merge_buyer(read_buyer(order.buyer), incoming.buyer)
    if address is not None:
        order.delivery = asdict(address)
    if buyer != IncomingBuyer():
        order.buyer = asdict(buyer)
    for name, value in hashes_of(People(address, buyer)).items():
        if value:
            setattr(order, name, value)


def add_lines(order: SalesOrder, lines: Sequence[IncomingLine], *, now: datetime) -> list[SalesOrderLine]:
    """Lines that came to the order after it was taken."""
    if not lines:
        return []
    found = find_items(order.channel, [(line.sku, line.asin) for line in lines])
    return write_lines(order, lines, found, now=now)


def write_lines(
    order: SalesOrder, lines: Sequence[IncomingLine], matches: Sequence[Matched | NotMatched], *, now: datetime
) -> list[SalesOrderLine]:
    """Write new lines, matched or held."""
    rows = [_row(order, line, match) for line, match in zip(lines, matches, strict=True)]
    SalesOrderLine.objects.bulk_create(rows)
    held = [row for row in rows if row.held_reason]
    if held:
        codes = list(StockItem.objects.filter(archived=False).values_list("code", flat=True)[:100_000])
        for row in held:
            hold_line(row, order, row.held_reason, known_codes=codes, now=now)
    return rows


def _row(order: SalesOrder, line: IncomingLine, match: Matched | NotMatched) -> SalesOrderLine:
    row = SalesOrderLine(
        order=order,
        order_item_id=line.order_item_id,
        sku=line.sku,
        asin=line.asin[:20],
        title=line.title[:TITLE_AT_MOST],
    )
    match match:
        case Matched(item_id):
            row.item_id = item_id
        case NotMatched(reason):
            row.held_reason = reason
    write_line_facts(row, line)
    return row


def write_line_facts(row: SalesOrderLine, line: IncomingLine) -> None:
    """Quantities and Amazon's amounts; an amount that Amazon does not say stays as it was."""
    row.quantity_ordered = max(line.quantity_ordered, row.quantity_shipped or 0)
    row.quantity_cancelled = min(line.quantity_cancelled, row.quantity_ordered)
    amounts = line.amounts
    for name in ("item", "shipping", "gift_wrap", "discount", "tax", "other", "total"):
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
