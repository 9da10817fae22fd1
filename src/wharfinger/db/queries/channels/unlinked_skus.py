"""Amazon SKUs that no stock item is linked to, with what they probably are: those that orders wait for come first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from wharfinger.db.models import ChannelProduct, Listing, SalesOrderLine
from wharfinger.db.queries.channels.near_items import LikelyItem, Wanted, near_items
from wharfinger.db.queries.paging import ROWS_A_PAGE, read_page
from wharfinger.domain.stock.gtin import article_code

WAITING_SHOWN = 50


@dataclass(frozen=True, slots=True)
class UnlinkedSku:
    """`lines`: of imported orders, held until it is linked; `marketplace_id`: one where it sells or was sold."""

    account_id: int
    account: str
    marketplace_id: str
    marketplace: str
    sku: str
    asin: str
    title: str
    lines: int
    oldest_ship_by: datetime | None
    likely: tuple[LikelyItem, ...]
    gtin: str = ""
    picture: str = ""
    listing_id: int | None = None
    """None: orders brought the SKU before its listing was read."""

    @property
    def barcode(self) -> str:
        """As it stands on the label."""
        return article_code(self.gtin) if self.gtin else ""

    @property
    def best(self) -> LikelyItem | None:
        return self.likely[0] if self.likely else None

    @property
    def sure(self) -> bool:
        """One item, by a code of its own: ticked from the start."""
        return [item.sure for item in self.likely].count(True) == 1 and self.likely[0].sure


@dataclass(frozen=True, slots=True)
class UnlinkedPage:
    rows: tuple[UnlinkedSku, ...]
    earlier: str
    later: str


def unlinked_skus(cursor: str = "", size: int = ROWS_A_PAGE) -> UnlinkedPage:
    """The first page begins with those that orders wait for; then every other listing, by its id."""
    waiting = [] if cursor else _waiting()
    page = read_page(_listings(), ("id",), cursor, size)
    others = _of_listings([row["id"] for row in page.rows])
    known = {(row.account_id, row.sku) for row in waiting}
    rows = [*waiting, *(row for row in others if (row.account_id, row.sku) not in known)]
    likely = near_items([Wanted(row.sku, row.asin, row.title, row.gtin) for row in rows])
    found = tuple(replace(row, likely=items) for row, items in zip(rows, likely, strict=True))
    return UnlinkedPage(found, page.earlier, page.later)


def ignored_skus(cursor: str = "", size: int = ROWS_A_PAGE) -> UnlinkedPage:
    """Listings that a person ignores, by their ids; without proposals."""
    page = read_page(_without_link().filter(ignored_at__isnull=False).values("id"), ("id",), cursor, size)
    return UnlinkedPage(tuple(_of_listings([row["id"] for row in page.rows])), page.earlier, page.later)


@dataclass(frozen=True, slots=True)
class UnlinkedCounts:
    """Listings without a stock item: those that wait for a choice, and those that are ignored."""

    unlinked: int
    ignored: int


def count_unlinked() -> UnlinkedCounts:
    """For the head of the page."""
    counts = _without_link().aggregate(
        unlinked=Count("pk", filter=Q(ignored_at=None)), ignored=Count("pk", filter=Q(ignored_at__isnull=False))
    )
    return UnlinkedCounts(**counts)


def _without_link() -> QuerySet[Listing]:
    """Listings of which no marketplace's product is linked, and at least one is there."""
    products = ChannelProduct.objects.filter(listing=OuterRef("pk"))
    return Listing.objects.filter(
        Exists(products.filter(item=None)), ~Exists(products.exclude(item=None)), gone_at=None
    )


def _listings() -> QuerySet[Listing, dict[str, Any]]:
    columns = ("id",)
    found: QuerySet[Listing, dict[str, Any]] = _without_link().filter(ignored_at=None).values(*columns)
    return found


def _of_listings(ids: Sequence[int]) -> list[UnlinkedSku]:
    """In this order."""
    products = ChannelProduct.objects.filter(listing__in=ids, item=None)
    rows: dict[int, list[ChannelProduct]] = defaultdict(list)
    for row in products.select_related("marketplace", "listing__account").order_by("pk"):
        rows[row.listing_id].append(row)
    return [_of_products(rows[pk]) for pk in ids if pk in rows]


def _of_products(rows: Sequence[ChannelProduct]) -> UnlinkedSku:
    """The first marketplace stands for all; what it lacks comes from another."""
    first, listing = rows[0], rows[0].listing
    return UnlinkedSku(
        listing.account.pk,
        listing.account.name,
        first.marketplace_id,
        first.marketplace.name,
        listing.sku,
        first.asin,
        next((row.title for row in rows if row.title), ""),
        0,
        None,
        (),
        next((row.gtin for row in rows if row.gtin), ""),
        next((row.picture for row in rows if row.picture), ""),
        listing.pk,
    )


def _waiting() -> list[UnlinkedSku]:
    """SKUs of held lines, the most urgent first."""
    held = SalesOrderLine.objects.filter(item=None).exclude(held_reason="").exclude(sku="")
    rows = (
        held.values("order__channel__account", "order__channel__account__name", "sku")
        .annotate(lines=Count("pk"), oldest=Min("order__ship_by"), newest=Max("pk"))
        .order_by("oldest", "sku")[:WAITING_SHOWN]
    )
    counted = list(rows)
    lines = SalesOrderLine.objects.select_related("order__channel__marketplace")
    sample = {line.pk: line for line in lines.filter(pk__in=[row["newest"] for row in counted])}
    found = [_of_line(sample[row["newest"]], row) for row in counted if row["newest"] in sample]
    return _with_listings(found)


def _with_listings(rows: Sequence[UnlinkedSku]) -> list[UnlinkedSku]:
    """What the listings of these say that orders do not."""
    keys = {row.sku for row in rows}
    listings = Listing.objects.filter(sku__in=keys, account__in={row.account_id for row in rows})
    listed = {(one.account_id, one.sku): one for one in _of_listings(list(listings.values_list("pk", flat=True)))}
    return [
        replace(row, gtin=one.gtin, picture=one.picture, listing_id=one.listing_id) if one else row
        for row in rows
        for one in [listed.get((row.account_id, row.sku))]
    ]


def _of_line(line: SalesOrderLine, row: Mapping[str, Any]) -> UnlinkedSku:
    marketplace = line.order.channel.marketplace
    return UnlinkedSku(
        row["order__channel__account"],
        row["order__channel__account__name"],
        marketplace.pk,
        marketplace.name,
        line.sku,
        line.asin,
        line.title,
        row["lines"],
        row["oldest"],
        (),
    )
