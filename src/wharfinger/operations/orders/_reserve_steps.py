"""Steps that reserve the units of Amazon orders that are no sales orders; they need an open transaction.

Whatever the state of its import, an FBM order takes its units until Amazon says that it was sent or
cancelled: the buyer has paid, and somebody sends the goods from the same shelf. An ignored order is no
exception, for Ignore says that we make no sales order of it, not that nobody sends it.
When the order becomes a sales order its lines take the units over in the same transaction.

In two halves: `plan_reservation` matches the lines, which says what levels they stand on; with those locked,
`reserve` takes the units.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct, ImportedLine, ImportedOrder
from wharfinger.domain.orders.matching import Matched
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, IncomingLine, IncomingOrder
from wharfinger.domain.stock.allocation import Key
from wharfinger.operations._rows import Rows, new_row
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.orders._book import IDS, Book
from wharfinger.operations.orders._channel_facts import Channels, Links
from wharfinger.operations.stock._allocation_steps import Claim, claims_of
from wharfinger.operations.stock._group_steps import sites_of_import
from wharfinger.operations.stock._shelf import Shelf

SHORTEST_KEPT = timedelta(days=1)
"""The setting is whole days: a younger order need not ask for it."""
ENDED = (AmazonStatus.SHIPPED, AmazonStatus.CANCELLED, AmazonStatus.UNFULFILLABLE)
LEFT_BEFORE = "Shipped at Amazon before it was imported"


@dataclass(frozen=True, slots=True)
class Reservation:
    """The lines of an order without a sales order, matched; `left`: units by line that were sent since."""

    imported: ImportedOrder
    rows: Sequence[ImportedLine] = ()
    left: dict[int, int] = field(default_factory=dict)
    ends: bool = False
    """Nobody's any more: Amazon sends the order from its own stock."""


def plan_reservation(book: Book, imported: ImportedOrder, incoming: IncomingOrder) -> Reservation:
    """Keep the order's lines as Amazon states them.

    Units that Amazon counts as sent are booked out, so that on hand stays true. What had left when the order was
    first seen moves nothing, unless it was placed and sent while we were not looking.
    """
    rows = book.kept_of.setdefault(imported.pk, [])
    if imported.fulfilment == Fulfilment.FBA:
        return Reservation(imported, rows, ends=True)
    sent_unseen = imported.pk in book.found_now and incoming.placed_at >= book.account.made_at
    if not rows and imported.amazon_status in ENDED and not sent_unseen:
        return Reservation(imported)
    left = _keep_lines(book, imported, incoming, rows, sent_unseen=sent_unseen)
    match_rows(book.channels, book.links, imported, rows)
    return Reservation(imported, rows, left)


def _keep_lines(
    book: Book, imported: ImportedOrder, incoming: IncomingOrder, rows: list[ImportedLine], *, sent_unseen: bool
) -> dict[int, int]:
    """Write the lines, new ones into `rows` too; returns the units by row that left since the last message."""
    status = imported.amazon_status
    held = {row.order_item_id: row for row in rows}
    left: dict[int, int] = {}
    for line in incoming.goods:
        row = held.get(line.order_item_id)
        if row is None:
            row = new_row(
                ImportedLine,
                pk=book.numbers.next(IDS[ImportedLine]),
                imported=imported,
                order_item_id=line.order_item_id,
                sku=line.sku,
                asin=line.asin[:20],
            )
            waiting = max(0, line.quantity_ordered) * sent_unseen
            rows.append(book.kept.add(row))
        else:
            waiting = row.quantity_open
        _note_line(row, line, status, left, waiting=waiting)
    order_item_ids = {line.order_item_id for line in incoming.goods}
    for row in rows:
        if row.order_item_id not in order_item_ids and (order_item_ids or status in ENDED):
            _end_line(row, status, left)
    return left


def _note_line(
    row: ImportedLine, line: IncomingLine, status: AmazonStatus, left: dict[int, int], *, waiting: int
) -> None:
    row.title = line.title[:500] or row.title
    row.quantity_ordered = max(0, line.quantity_ordered)
    shipped = min(max(line.quantity_fulfilled, row.quantity_shipped), row.quantity_ordered)
    gone = min(shipped - row.quantity_shipped, waiting)
    row.quantity_shipped = shipped
    row.quantity_cancelled = min(max(0, line.quantity_cancelled), row.quantity_ordered - shipped)
    if status.called_off:
        row.quantity_cancelled = row.quantity_ordered - shipped
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


def match_rows(channels: Channels, links: Links, imported: ImportedOrder, rows: Iterable[ImportedLine]) -> None:
    """Set item and site of each line: that of the account's FBM channels that sell the listing."""
    marketplace_id, unsaid = imported.marketplace_id or "", not imported.fulfilment
    by_sku, codes = channels.by_sku(marketplace_id), channels.match_codes(marketplace_id)
    for row in rows:
        match = links.match(row.sku, row.asin, marketplace_id, by_sku=by_sku, codes=codes)
        item = match.item_id if isinstance(match, Matched) else None
        nobody = item is None or (unsaid and not links.sent_by_merchant(row.sku))
        site = None if nobody else links.reserving_site(channels, row.sku, marketplace_id)
        if site is None and item is not None and item == row.item_id and not unsaid:
            continue  # its channel is archived: the goods stand where they stood
        row.item_id = item
        row.site_id, row.site_group_id = (site.site_id, site.group_id) if site else (None, None)


def reserved_items(rows: Sequence[ImportedLine]) -> set[int]:
    return {row.item_id for row in rows if row.item_id is not None}


def reservation_keys(shelf: Shelf, rows: Sequence[ImportedLine]) -> set[Key]:
    """The levels on which the lines stand, now and before."""
    keys = {key for row in rows for key in shelf.held("imported_line", row.pk)}
    for row in rows:
        keys |= shelf.keys([row.item_id], sites_of_import(row, shelf.groups))
    return keys


def reserve(book: Book, plan: Reservation) -> None:
    """Give the lines the units that they need and can have."""
    if plan.ends:
        release_units(book, plan.imported)
        return
    for row in plan.rows:
        if row.pk in plan.left:
            activity = _book_out(book.shelf, plan.imported, row, plan.left[row.pk], book.now)
            if activity:
                book.record(activity, imported_order=plan.imported, channel_id=plan.imported.channel_id)
    book.shelf.allocate("imported_line", claims_of(plan.imported, plan.rows, book.shelf.groups), now=book.now)


def _book_out(shelf: Shelf, order: ImportedOrder, row: ImportedLine, units: int, now: datetime) -> str:
    """Amazon counts units as sent that we never sent: they left the shelf by other hands. Returns that in words."""
    if row.item_id is None or row.site_id is None:
        return ""
    parts = shelf.parts(row.item_id)
    for part in parts:
        note = f"{LEFT_BEFORE}: {order.amazon_order_id}"
        for key, leaving, freed in shelf.end_allocation(
            "imported_line", row.pk, (part.item_id, row.site_id), units * part.each, now
        ):
            shelf.move_out(key, leaving, allocated=freed, note=note, now=now)
    row.quantity_moved += units
    shelf.note([part.item_id for part in parts], LEFT_BEFORE)
    what = "1 unit" if units == 1 else f"{units} units"
    return f"{LEFT_BEFORE}: {what} of {row.sku[:60]} booked out of stock."


def release_units(book: Book, imported: ImportedOrder) -> dict[str, int]:
    """The order's own lines take over, or nobody does: what it held is free, its kept lines go.

    Answers the units by order item id that were booked out already.
    """
    rows = book.kept_of.pop(imported.pk, [])
    _free(book.shelf, rows, book.now)
    for row in rows:
        book.kept.remove(row)
    return {row.order_item_id: row.quantity_moved for row in rows if row.quantity_moved}


def _free(shelf: Shelf, rows: Sequence[ImportedLine], now: datetime) -> None:
    shelf.allocate("imported_line", [Claim(row.pk, None, (), 0) for row in rows], now=now)


def release_import(imported: ImportedOrder, *, now: datetime) -> None:
    """As `release_units`, for an order that nobody takes now."""
    rows = list(imported.lines.order_by("pk"))
    shelf = Shelf()
    shelf.read_held("imported_line", [row.pk for row in rows])
    shelf.lock({key for row in rows for key in shelf.held("imported_line", row.pk)})
    _free(shelf, rows, now)
    _write(shelf, now)
    ImportedLine.objects.filter(imported=imported).delete()


def reserve_sku(account_id: int, sku: str, *, now: datetime) -> int:
    """The SKU was linked or unlinked: reserve, or free, what orders without an import take of it."""
    return reserve_skus(account_id, [sku], now=now)


def reserve_skus(account_id: int, skus: Collection[str], *, now: datetime) -> int:
    asins = ChannelProduct.objects.filter(listing__account=account_id, listing__sku__in=skus).exclude(asin="")
    wanted = ImportedLine.objects.filter(imported__account=account_id)
    return _serve_orders(account_id, wanted.filter(Q(sku__in=skus) | Q(asin__in=asins.values("asin"))), now)


def reserve_unmatched(account_id: int, *, now: datetime) -> int:
    """A channel of the account goes by other codes now: lines that meant nothing may mean an item."""
    return _serve_orders(account_id, ImportedLine.objects.filter(imported__account=account_id, item=None), now)


def reserve_account(account_id: int, *, now: datetime) -> int:
    """The account has another FBM channel: lines that no site could serve may have one now."""
    lacking = ImportedLine.objects.filter(imported__account=account_id, item__isnull=False, site=None)
    return _serve_orders(account_id, lacking, now)


def reserve_elsewhere(account_id: int, *, now: datetime) -> int:
    """A channel of the account is gone: what its site keeps for other marketplaces may be another one's now."""
    lines = ImportedLine.objects.filter(imported__account=account_id, item__isnull=False)
    return _serve_orders(account_id, lines, now)


def _serve_orders(account_id: int, lines: QuerySet[ImportedLine], now: datetime) -> int:
    """Match the orders of these lines anew, and give them what they need and can have.

    All of them at once, in a fixed number of statements: nobody comes back for those that were left out, and their
    units would be sold twice.
    """
    orders = {
        row.pk: row
        for row in ImportedOrder.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=lines.values("imported"))
        .exclude(amazon_status__in=ENDED)
        .order_by("pk")
    }
    if not orders:
        return 0
    kept, shelf = Rows(ImportedLine), Shelf()
    rows = kept.read(ImportedLine.objects.filter(any_of("imported", orders)).order_by("imported__ship_by", "pk"))
    channels, links = Channels(account_id), Links(account_id, [(row.sku, row.asin) for row in rows])
    for row in rows:
        match_rows(channels, links, orders[row.imported_id], [row])
    shelf.read_held("imported_line", [row.pk for row in rows])
    shelf.read_parts(reserved_items(rows))
    shelf.lock(reservation_keys(shelf, rows))
    claims = [claim for row in rows for claim in claims_of(orders[row.imported_id], [row], shelf.groups)]
    shelf.allocate("imported_line", claims, now=now)
    kept.write()
    _write(shelf, now)
    return len(orders)


def _write(shelf: Shelf, now: datetime) -> None:
    problems = Problems()
    shelf.write(problems)
    problems.write(now=now)
    shelf.raise_notices(now=now)


def note_pending(book: Book, imported: ImportedOrder, incoming: IncomingOrder) -> None:
    """A pending order keeps its reservation for some days only, and takes it again when it is paid.

    A pre-order reserves nothing before its goods are out, unless the setting says so; its days begin then. `imported`:
    as it was before this message.
    """
    status = incoming.status
    if not status.pending:
        if status is not AmazonStatus.UNKNOWN:
            imported.reservation_ended_at = None
        return
    if status is AmazonStatus.PENDING_AVAILABILITY:
        imported.reservation_ended_at = None if book.preorders_reserve else imported.reservation_ended_at or book.now
        return
    _note_release(imported, incoming)
    waited = book.now - (imported.pending_since or imported.placed_at)
    if (
        imported.reservation_ended_at is None
        and waited >= SHORTEST_KEPT
        and waited >= timedelta(days=book.pending_days)
    ):
        imported.reservation_ended_at = book.now


def _note_release(imported: ImportedOrder, incoming: IncomingOrder) -> None:
    """The goods of a pre-order are out: it is pending as others are from now on, however long ago it was placed."""
    before = imported.amazon_status is AmazonStatus.PENDING_AVAILABILITY
    if imported.pending_since is None and (before or "PREORDER" in incoming.programs):
        imported.pending_since, imported.reservation_ended_at = incoming.updated_at, None
