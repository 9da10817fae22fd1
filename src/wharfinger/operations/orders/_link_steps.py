"""Steps that find the stock item of held order lines, a batch at a time; they need an open transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from wharfinger.db.models import Channel, ChannelProduct, SalesOrder, SalesOrderLine
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder, AboutSku
from wharfinger.domain.orders.matching import Matched
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations import triggers
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.orders._book import Book, open_orders
from wharfinger.operations.orders._order_steps import allocate_order, settle_state
from wharfinger.operations.stock._group_steps import sites_of_lines

ORDERS_AT_ONCE = 200
"""While a person waits; what is left is done by the worker, as many at a time."""


def fix_held_lines(account_id: int, sku: str, *, now: datetime) -> int:
    """The SKU has a link now: match every held line that may mean it, allocate stock. Returns how many lines."""
    return fix_held_skus(account_id, [sku], now=now)


def fix_held_skus(account_id: int, skus: Collection[str], *, now: datetime) -> int:
    """As `fix_held_lines`, for many. Where a channel matches by ASIN, lines of the listings' ASINs are meant too."""
    asins = ChannelProduct.objects.filter(listing__account=account_id, listing__sku__in=skus).exclude(asin="")
    by_asin = Q(asin__in=asins.values("asin")) & _MATCHES_BY_ASIN
    return _fix_urgent(account_id, _held_lines(account_id).filter(Q(sku__in=skus) | by_asin), now)


def fix_lines_of_channel(channel: Channel, *, now: datetime) -> int:
    """The channel goes by other codes now. All of them at once: the worker, who looks for linked SKUs, would not find
    those that a barcode means."""
    held = _held_lines(channel.account_id).filter(order__channel=channel)
    return _fix(channel.account_id, list(_by_urgency(held).values_list("pk", flat=True)), now)


@dataclass(frozen=True, slots=True)
class Place:
    """An order among the held ones, by account and urgency."""

    account_id: int
    ship_by: datetime | None
    order_id: int


@dataclass(frozen=True, slots=True)
class Tried:
    """`lines`: that continue. `last`: the last order that was tried; None = none was left."""

    lines: int
    last: Place | None


def fix_linked_lines(*, after: Place | None, now: datetime) -> Tried:
    """Lines that are held although their SKU, or the ASIN that their channel matches by, has a link by now: some orders
    of one account, those behind `after`. What is tried may match nothing all the same."""
    links = ChannelProduct.objects.filter(listing__account=OuterRef("order__channel__account"), item__isnull=False)
    by_sku = Exists(links.filter(listing__sku=OuterRef("sku")))
    by_asin = Exists(links.filter(asin=OuterRef("asin")).exclude(asin="")) & _MATCHES_BY_ASIN
    held = SalesOrderLine.objects.filter(by_sku | by_asin, item__isnull=True).exclude(held_reason="")
    accounts = held.values_list("order__channel__account", flat=True).distinct().order_by("order__channel__account")
    for account_id in accounts:
        if after is not None and account_id < after.account_id:
            continue
        orders = _by_urgency(held.filter(order__channel__account=account_id))
        if after is not None and account_id == after.account_id:
            orders = orders.filter(_behind(after))
        some = list(orders.values_list("pk", "ship_by")[:ORDERS_AT_ONCE])
        if some:
            order_id, ship_by = some[-1]
            return Tried(_fix(account_id, [pk for pk, _ in some], now), Place(account_id, ship_by, order_id))
    return Tried(0, None)


_MATCHES_BY_ASIN = Q(order__channel__use_amazon_sku=False) | ~Q(order__channel__match_codes=[])


def _by_urgency(held: QuerySet[SalesOrderLine]) -> QuerySet[SalesOrder]:
    rows = SalesOrder.objects.filter(pk__in=held.values("order"))
    return rows.order_by(F("ship_by").asc(nulls_last=True), "pk")


def _behind(place: Place) -> Q:
    if place.ship_by is None:
        return Q(ship_by=None, pk__gt=place.order_id)
    same = Q(ship_by=place.ship_by, pk__gt=place.order_id)
    return Q(ship_by__gt=place.ship_by) | same | Q(ship_by=None)


def _held_lines(account_id: int) -> QuerySet[SalesOrderLine]:
    return SalesOrderLine.objects.filter(item__isnull=True, order__channel__account=account_id).exclude(held_reason="")


def _fix_urgent(account_id: int, held: QuerySet[SalesOrderLine], now: datetime) -> int:
    """The most urgent orders of these lines; the worker tries the others."""
    ids = list(_by_urgency(held).values_list("pk", flat=True)[: ORDERS_AT_ONCE + 1])
    if len(ids) > ORDERS_AT_ONCE:
        triggers.run_periodic_task(triggers.BULK_ACTIONS)
    return _fix(account_id, ids[:ORDERS_AT_ONCE], now)


def _fix(account_id: int, order_ids: Sequence[int], now: datetime) -> int:
    """The held lines of these orders; a fixed number of statements."""
    if not order_ids:
        return 0
    book = open_orders(account_id, order_ids, now)
    orders = sorted(book.sales, key=lambda order: (order.ship_by is None, order.ship_by or now, order.pk))
    fixed = {order.pk: _match(book, order) for order in orders}
    changed = [order for order in orders if fixed[order.pk]]
    _allocate(book, [order for order in changed if order.imported.fulfilment != Fulfilment.FBA])
    for order in changed:
        lines = fixed[order.pk]
        text = "Linked: 1 held line continues." if lines == 1 else f"Linked: {lines} held lines continue."
        book.record(text, sales_order=order, channel=order.channel)
    book.write()
    _solve(account_id, {line.sku for lines in book.lines_of.values() for line in lines}, now)
    return sum(fixed.values())


def _match(book: Book, order: SalesOrder) -> int:
    fixed = 0
    for line in book.lines_of.get(order.pk, ()):
        if line.item_id is None and line.held_reason:
            match = book.links.match_of(order.channel, line.sku, line.asin)
            if isinstance(match, Matched):
                line.item_id, line.held_reason = match.item_id, ""
                fixed += 1
    return fixed


def _allocate(book: Book, orders: Collection[SalesOrder]) -> None:
    lines_of = {order.pk: book.lines_of[order.pk] for order in orders}
    book.shelf.read_parts(line.item_id for lines in lines_of.values() for line in lines if line.item_id is not None)
    keys = {key for order in orders for key in _keys(book, order)}
    book.shelf.lock(keys)
    for order in orders:
        allocate_order(book, order, lines_of[order.pk])
        missing = any(book.problems.is_open(kind, AboutOrder(order.pk)) for kind in ADDRESS_HOLDS)
        options = book.channels.options(order.channel, order.order_type)
        settle_state(book, order, lines_of[order.pk], options, address_missing=missing)


def _keys(book: Book, order: SalesOrder) -> set[tuple[int, int]]:
    lines = book.lines_of[order.pk]
    held = {key for line in lines for key in book.shelf.held("line", line.pk)}
    return held | book.shelf.keys({line.item_id for line in lines}, sites_of_lines(order, lines, book.shelf.groups))


def _solve(account_id: int, skus: Collection[str], now: datetime) -> None:
    """A SKU of which no line is held any more is no problem."""
    still_held = set(_held_lines(account_id).filter(sku__in=skus).values_list("sku", flat=True))
    problems = Problems()
    subjects = [AboutSku(account_id, sku) for sku in sorted(set(skus) - still_held)]
    problems.read(subjects)
    for subject in subjects:
        problems.solve(ProblemKind.UNKNOWN_SKU, subject)
    problems.write(now=now)
