"""Search everywhere: one text against everything that is found by its name or number."""

from collections.abc import Set
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from wharfinger.db.models import Channel, ImportedOrder, Listing, SalesOrder, StockItem
from wharfinger.db.queries.installation.problems import AboutRows
from wharfinger.db.queries.item_search import items_by_code, listings_by_code
from wharfinger.db.queries.orders.code_search import order_by_whole_code, orders_by_code
from wharfinger.db.queries.orders.word_search import orders_by_buyer
from wharfinger.domain.orders.order import ImportState, SalesOrderState

_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class FoundOrder:
    id: int
    code: str
    order_ref: str
    channel: str
    state: SalesOrderState


@dataclass(frozen=True, slots=True)
class FoundImportedOrder:
    id: int
    amazon_order_id: str
    channel: str
    state: ImportState
    summary: str


@dataclass(frozen=True, slots=True)
class FoundItem:
    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class FoundListing:
    id: int
    sku: str
    account: str
    fulfilment: str
    item_id: int | None
    item: str
    channel_id: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the text names. `customers` are orders found by their buyer; `order` the one that has it as its code."""

    orders: tuple[FoundOrder, ...] = ()
    customers: tuple[FoundOrder, ...] = ()
    imported: tuple[FoundImportedOrder, ...] = ()
    items: tuple[FoundItem, ...] = ()
    listings: tuple[FoundListing, ...] = ()
    order: int | None = None

    @property
    def nothing(self) -> bool:
        return not (self.orders or self.customers or self.imported or self.items or self.listings)

    @property
    def only_order(self) -> int | None:
        """The one sales order that is the whole answer: the page may go straight there."""
        if self.order is not None:
            return self.order
        others = self.customers or self.items or self.listings or self.imported
        return self.orders[0].id if len(self.orders) == 1 and not others else None


def search_everywhere(text: str, *, with_customers: bool) -> Found:
    """Buyers by whole words only (a keyed hash finds by equality), and only for those who may see them."""
    wanted = text.strip()
    if not wanted:
        return Found()
    codes = orders_by_code(wanted)
    return Found(
        orders=_orders(Q(pk__in=codes.sales) | Q(imported__in=codes.imported)),
        customers=_orders(Q(pk__in=orders_by_buyer(wanted))) if with_customers else (),
        imported=_imported(codes.imported),
        items=_items(wanted),
        listings=_listings(wanted),
        order=order_by_whole_code(wanted),
    )


def rows_named(text: str, *, with_customers: bool) -> AboutRows:
    """The rows that a text names, for lists of what is about them."""
    codes = orders_by_code(text)
    buyers = orders_by_buyer(text) if with_customers else frozenset()
    became = SalesOrder.objects.filter(imported__in=codes.imported).values_list("pk", flat=True)
    sales = codes.sales | buyers | frozenset(became if codes.imported else ())
    return AboutRows(sales, codes.imported, items_by_code(text), listings_by_code(text))


def _orders(wanted: Q) -> tuple[FoundOrder, ...]:
    rows = SalesOrder.objects.filter(wanted).order_by("-placed_at", "-id")
    return tuple(
        FoundOrder(*row) for row in rows.values_list("id", "code", "order_ref", "channel__name", "state")[:_AT_MOST]
    )


def _imported(ids: Set[int]) -> tuple[FoundImportedOrder, ...]:
    """Only those that are no sales order yet: the others are found as what they became."""
    rows = ImportedOrder.objects.filter(pk__in=ids, sales_order=None).order_by("-placed_at", "-id")
    columns = ("id", "amazon_order_id", "channel__name", "state", "summary")
    return tuple(
        FoundImportedOrder(row[0], row[1], row[2] or "", row[3], row[4])
        for row in rows.values_list(*columns)[:_AT_MOST]
    )


def _items(text: str) -> tuple[FoundItem, ...]:
    rows = StockItem.objects.filter(pk__in=items_by_code(text)).order_by("code")
    return tuple(FoundItem(*row) for row in rows.values_list("id", "code", "name")[:_AT_MOST])


def _listings(text: str) -> tuple[FoundListing, ...]:
    channel = Channel.objects.filter(account=OuterRef("account"), kind=OuterRef("fulfilment"), archived=False)
    rows = (
        Listing.objects.filter(pk__in=listings_by_code(text))
        .annotate(channel=Subquery(channel.values("id")[:1]))
        .order_by("sku", "id")
    )
    columns = ("id", "sku", "account__name", "fulfilment", "products__item_id", "products__item__code", "channel")
    found: dict[int, FoundListing] = {}
    for row in rows.values_list(*columns)[: _AT_MOST * 4]:  # a listing comes once for each marketplace
        found.setdefault(row[0], FoundListing(row[0], row[1], row[2], row[3], row[4], row[5] or "", row[6]))
    return tuple(found.values())[:_AT_MOST]
