"""Steps that reserve the units of Amazon orders that are no sales orders; they need an open transaction.

Whatever the state of its import, an FBM order takes its units until Amazon says that it was sent or
cancelled: the buyer has paid, and somebody sends the goods from the same shelf. An ignored order is no
exception, for Ignore says that we make no sales order of it, not that nobody sends it.
When the order becomes a sales order its lines take the units over in the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from wharfinger.db.models import (
    Allocation,
    ChannelOption,
    ChannelProduct,
    ImportedLine,
    ImportedOrder,
    Installation,
    Listing,
)
from wharfinger.domain.orders.matching import Matched
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, IncomingLine, IncomingOrder
from wharfinger.domain.stock.allocation import SellingSite, reserving_site
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.orders._link_steps import find_items_of
from wharfinger.operations.stock._allocation_steps import Claim, allocate, claims_of, parts_of
from wharfinger.operations.stock._stock_steps import Move, lock_levels, raise_notices, write_movement

_AT_MOST = 500
SHORTEST_KEPT = timedelta(days=1)
"""The setting is whole days: a younger order need not ask for it."""
ENDED = (AmazonStatus.SHIPPED, AmazonStatus.CANCELLED)


def reserve_units(imported: ImportedOrder, incoming: IncomingOrder, *, now: datetime, found_now: bool = False) -> None:
    """Keep the order's lines as Amazon states them and bring their reservation to what is still to be sent.

    Units that Amazon counts as sent are booked out, so that on hand stays true. What had left when the order was
    first seen moves nothing, unless it was placed and sent (`found_now`) while we were not looking.
    """
    if imported.fulfilment == Fulfilment.FBA:
        release_units(imported, now=now)
        return
    rows = [] if found_now else list(imported.lines.select_for_update(no_key=True).order_by("pk"))
    sent_unseen = found_now and incoming.placed_at >= imported.account.made_at
    if not rows and imported.amazon_status in ENDED and not sent_unseen:
        return
    left = _keep_lines(imported, incoming, rows, sent_unseen=sent_unseen)
    serve_lines([imported], rows, left=left, now=now)


def _keep_lines(
    imported: ImportedOrder, incoming: IncomingOrder, rows: list[ImportedLine], *, sent_unseen: bool
) -> dict[int, int]:
    """Write the lines, new ones into `rows` too; returns the units by row that left since the last message."""
    status = imported.amazon_status
    held = {row.order_item_id: row for row in rows}
    left: dict[int, int] = {}
    for line in incoming.lines:
        row = held.get(line.order_item_id)
        if row is None:
            row = ImportedLine(imported=imported, order_item_id=line.order_item_id, sku=line.sku, asin=line.asin[:20])
            rows.append(row)
        _note_line(row, line, status, left, sent_unseen=sent_unseen)
    order_item_ids = {line.order_item_id for line in incoming.lines}
    for row in rows:
        if row.order_item_id not in order_item_ids and (order_item_ids or status in ENDED):
            _end_line(row, status, left)
    return left


def _note_line(
    row: ImportedLine, line: IncomingLine, status: AmazonStatus, left: dict[int, int], *, sent_unseen: bool
) -> None:
    waiting = row.quantity_open if row.pk else max(0, line.quantity_ordered) * sent_unseen
    row.title = line.title[:500] or row.title
    row.quantity_ordered = max(0, line.quantity_ordered)
    shipped = min(max(line.quantity_fulfilled, row.quantity_shipped or 0), row.quantity_ordered)
    gone = min(shipped - (row.quantity_shipped or 0), waiting)
    row.quantity_shipped = shipped
    row.quantity_cancelled = min(max(0, line.quantity_cancelled), row.quantity_ordered - shipped)
    if status is AmazonStatus.CANCELLED:
        row.quantity_cancelled = row.quantity_ordered - shipped
    row.save()
    if gone > 0:
        left[row.pk] = gone


def _end_line(row: ImportedLine, status: AmazonStatus, left: dict[int, int]) -> None:
    """Amazon states this line no more: it was sent with the rest, or it is not to be sent."""
    if not row.quantity_open:
        return
    if status is AmazonStatus.SHIPPED:
        left[row.pk] = row.quantity_open
        row.quantity_shipped += row.quantity_open
    else:
        row.quantity_cancelled = row.quantity_ordered - row.quantity_shipped
    row.save(update_fields=["quantity_shipped", "quantity_cancelled"])


def serve_lines(
    orders: Sequence[ImportedOrder],
    rows: Sequence[ImportedLine],
    *,
    now: datetime,
    left: Mapping[int, int] | None = None,
) -> None:
    """Match the lines, find the site of each, and give them the units that they need and can have.

    `left`: units by row that were sent since. The levels of all orders are locked at once, in the one order.
    """
    gone = left or {}
    by_order = {order.pk: order for order in orders}
    _match(by_order, rows)
    parts = parts_of(row.item_id for row in rows if row.item_id is not None)
    keys = {
        (part.item_id, row.site_id)
        for row in rows
        if row.item_id is not None and row.site_id is not None
        for part in parts[row.item_id]
    }
    allocated = list(Allocation.objects.filter(imported_line__in=[row.pk for row in rows]))
    if not keys and not allocated:
        return
    lock_levels(keys | {(row.item_id, row.site_id) for row in allocated})
    for row in rows:
        if row.pk in gone:
            _book_out(by_order[row.imported_id], row, gone[row.pk], now)
    claims = [claim for row in rows for claim in claims_of(by_order[row.imported_id], [row])]
    allocate("imported_line", claims, now=now)


def _match(orders: Mapping[int, ImportedOrder], rows: Sequence[ImportedLine]) -> None:
    """Set item and site of each line: that of the account's FBM channels that sell the listing."""
    groups: dict[tuple[int, str, bool], list[ImportedLine]] = {}
    for row in rows:
        order = orders[row.imported_id]
        groups.setdefault((order.account_id, order.marketplace_id or "", not order.fulfilment), []).append(row)
    for (account_id, marketplace_id, unsaid), lines in groups.items():
        sites = _Sites(account_id, marketplace_id, lines)
        pairs = [(line.sku, line.asin) for line in lines]
        for line, match in zip(
            lines, find_items_of(account_id, marketplace_id, pairs, by_sku=sites.by_sku), strict=True
        ):
            item = match.item_id if isinstance(match, Matched) else None
            site = None if item is None or (unsaid and not sites.merchant(line.sku)) else sites.of(line.sku)
            if site is None and item is not None and item == line.item_id and not unsaid:
                site = line.site_id  # its channel is archived: the goods stand where they stood
            if (item, site) != (line.item_id, line.site_id):
                line.item_id, line.site_id = item, site
                line.save(update_fields=["item", "site"])


class _Sites:
    """The sites from which the account's FBM channels sell these lines."""

    def __init__(self, account_id: int, marketplace_id: str, lines: Sequence[ImportedLine]) -> None:
        own = ChannelOption.objects.filter(
            order_type="",
            site__isnull=False,
            channel__account=account_id,
            channel__kind=Fulfilment.FBM,
            channel__archived=False,
        ).select_related("channel", "site")
        self._sites = {
            option.channel.marketplace_id: SellingSite(option.site_id, option.site.priority)
            for option in own.order_by("pk")
            if option.site is not None and option.site_id is not None
        }
        here = next((option.channel for option in own if option.channel.marketplace_id == marketplace_id), None)
        self.by_sku = here.use_amazon_sku if here is not None else True
        self._own = self._sites.get(marketplace_id)
        self._sold: dict[str, set[str]] = {}
        products = ChannelProduct.objects.filter(listing__account=account_id, item__isnull=False)
        if not self.by_sku:
            products = products.filter(Q(listing__sku__in=[line.sku for line in lines]) | Q(asin__gt=""))
        else:
            products = products.filter(listing__sku__in=[line.sku for line in lines])
        for sku, marketplace in products.values_list("listing__sku", "marketplace"):
            self._sold.setdefault(sku, set()).add(marketplace)
        self._account_id = account_id

    def of(self, sku: str) -> int | None:
        """That of the order's own channel, which will take it; else the first by priority that sells the SKU."""
        selling = [self._sites[place] for place in self._sold.get(sku, ()) if place in self._sites]
        return reserving_site(self._own, selling)

    def merchant(self, sku: str) -> bool:
        """Whether the merchant sends this SKU: needed only where Amazon did not say who sends the order."""
        listing = Listing.objects.filter(account=self._account_id, sku=sku).first()
        return listing is not None and listing.fulfilment == Fulfilment.FBM


def _book_out(order: ImportedOrder, row: ImportedLine, units: int, now: datetime) -> None:
    """Amazon counts units as sent that we never sent: they left the shelf by other hands."""
    if row.item_id is None or row.site_id is None:
        return
    allocated = {
        held.item_id: held
        for held in Allocation.objects.select_for_update(no_key=True).filter(imported_line=row, site=row.site_id)
    }
    parts = parts_of([row.item_id])[row.item_id]
    levels = lock_levels((part.item_id, row.site_id) for part in parts)
    for part in parts:
        leaving = units * part.each
        held = allocated.get(part.item_id)
        freed = min(held.quantity, leaving) if held else 0
        _take_from(held, freed)
        write_movement(
            levels[(part.item_id, row.site_id)],
            Move(
                -leaving,
                MovementReason.SOLD,
                allocated=freed,
                note=f"Shipped at Amazon before it was imported: {order.amazon_order_id}",
            ),
            now=now,
        )
    row.quantity_moved += units
    row.save(update_fields=["quantity_moved"])
    raise_notices({part.item_id for part in parts}, cause="Shipped at Amazon before it was imported", now=now)
    what = "1 unit" if units == 1 else f"{units} units"
    record_activity(
        f"Shipped at Amazon before it was imported: {what} of {row.sku[:60]} booked out of stock.",
        imported_order=order,
        channel_id=order.channel_id,
        now=now,
    )


def _take_from(held: Allocation | None, units: int) -> None:
    if held is None or not units:
        return
    if held.quantity == units:
        held.delete()
    else:
        held.quantity -= units
        held.save(update_fields=["quantity"])


def reserved_keys(imported: ImportedOrder) -> set[tuple[int, int]]:
    """(item, site) of what the order holds without an import: locked with what its sales order will need."""
    rows = Allocation.objects.filter(imported_line__imported=imported)
    return set(rows.values_list("item_id", "site_id"))


def release_units(imported: ImportedOrder, *, now: datetime) -> dict[str, int]:
    """The order's own lines take over, or nobody does: what it held is free, its kept lines go.

    Answers the units by order item id that were booked out already.
    """
    rows = list(imported.lines.all())
    if not rows:
        return {}
    allocate("imported_line", [Claim(row.pk, None, None, 0) for row in rows], now=now)
    moved = {row.order_item_id: row.quantity_moved for row in rows if row.quantity_moved}
    ImportedLine.objects.filter(imported=imported).delete()
    return moved


def reserve_sku(account_id: int, sku: str, *, now: datetime) -> int:
    """The SKU was linked or unlinked: reserve, or free, what orders without an import take of it."""
    asins = ChannelProduct.objects.filter(listing__account=account_id, listing__sku=sku).exclude(asin="")
    wanted = ImportedLine.objects.filter(imported__account=account_id)
    return _serve_orders(wanted.filter(Q(sku=sku) | Q(asin__in=asins.values("asin"))), now)


def reserve_account(account_id: int, *, now: datetime) -> int:
    """The account has another FBM channel: lines that no site could serve may have one now."""
    lacking = ImportedLine.objects.filter(imported__account=account_id, item__isnull=False, site=None)
    return _serve_orders(lacking, now)


def reserve_elsewhere(account_id: int, *, now: datetime) -> int:
    """A channel of the account is gone: what its site keeps for other marketplaces may be another one's now."""
    return _serve_orders(ImportedLine.objects.filter(imported__account=account_id, item__isnull=False), now)


def _serve_orders(lines: QuerySet[ImportedLine], now: datetime) -> int:
    orders = list(
        ImportedOrder.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=lines.values("imported"))
        .exclude(amazon_status__in=ENDED)
        .order_by("pk")[:_AT_MOST]
    )
    rows = list(ImportedLine.objects.filter(imported__in=orders).order_by("imported__ship_by", "pk"))
    serve_lines(orders, rows, now=now)
    return len(orders)


def note_pending(imported: ImportedOrder, status: AmazonStatus, *, now: datetime) -> None:
    """A pending order keeps its reservation for some days only, and takes it again when it is paid."""
    if not status.pending:
        if status is not AmazonStatus.UNKNOWN:
            imported.reservation_ended_at = None
    elif imported.reservation_ended_at is None and now - imported.placed_at >= SHORTEST_KEPT:
        days = Installation.objects.filter(pk=INSTALLATION_ID).values_list("pending_reservation_days", flat=True)
        if now - imported.placed_at >= timedelta(days=days.get()):
            imported.reservation_ended_at = now
