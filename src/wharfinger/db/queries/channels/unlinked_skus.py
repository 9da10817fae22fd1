"""Amazon SKUs that no stock item is linked to, with what they probably are: those that orders wait for come first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet

from wharfinger.db.models import ChannelProduct, Listing, SalesOrderLine
from wharfinger.db.queries.channels.near_items import LikelyItem, Wanted, near_items
from wharfinger.db.queries.paging import read_page

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


def unlinked_skus(cursor: str = "") -> UnlinkedPage:
    """The first page begins with those that orders wait for; then every other listing, by its id."""
    waiting = [] if cursor else _waiting()
    page = read_page(_listings(), ("id",), cursor)
    ids = [row["id"] for row in page.rows]
    products = ChannelProduct.objects.filter(listing__in=ids, item=None).select_related(
        "marketplace", "listing__account"
    )
    first = {row.listing_id: row for row in products.order_by("-pk")}
    others = [_of_product(first[pk]) for pk in ids if pk in first]
    known = {(row.account_id, row.sku) for row in waiting}
    rows = [*waiting, *(row for row in others if (row.account_id, row.sku) not in known)]
    likely = near_items([Wanted(row.sku, row.asin, row.title) for row in rows])
    found = tuple(replace(row, likely=items) for row, items in zip(rows, likely, strict=True))
    return UnlinkedPage(found, page.earlier, page.later)


def count_unlinked() -> int:
    """Listings without a link, for the head of the page."""
    return _listings().count()


def _listings() -> QuerySet[Listing, dict[str, Any]]:
    """Listings of which no marketplace's product is linked, and at least one is there."""
    products = ChannelProduct.objects.filter(listing=OuterRef("pk"))
    rows = Listing.objects.filter(
        Exists(products.filter(item=None)), ~Exists(products.exclude(item=None)), gone_at=None
    )
    columns = ("id",)
    found: QuerySet[Listing, dict[str, Any]] = rows.values(*columns)
    return found


def _of_product(row: ChannelProduct) -> UnlinkedSku:
    account = row.listing.account
    return UnlinkedSku(
        account.pk,
        account.name,
        row.marketplace_id,
        row.marketplace.name,
        row.listing.sku,
        row.asin,
        row.title,
        0,
        None,
        (),
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
    return [_of_line(sample[row["newest"]], row) for row in counted if row["newest"] in sample]


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
