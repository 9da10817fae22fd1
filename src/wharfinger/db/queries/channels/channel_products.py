"""Channel products for pages: the listings of a channel and the stock items they sell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from wharfinger.db.models import Channel, ChannelProduct
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.db.queries.stock.listing_facts import LISTING_COLUMNS, ListingFacts, listing_facts
from wharfinger.domain.orders.order import Fulfilment


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """The channel that a tab belongs to."""

    id: int
    name: str
    kind: Fulfilment
    account_id: int
    account: str
    marketplace_id: str
    marketplace: str
    approved_at: datetime | None
    dont_upload: bool
    waiting_for_approval: tuple[str, ...]
    site_id: int | None
    site: str


def channel_facts(channel_id: int) -> ChannelFacts | None:
    row = (
        Channel.objects.filter(pk=channel_id)
        .select_related("account", "marketplace")
        .prefetch_related("options__site")
        .first()
    )
    if row is None:
        return None
    site = next((option.site for option in row.options.all() if option.order_type == ""), None)
    return ChannelFacts(
        id=row.pk,
        name=row.name,
        kind=row.kind,
        account_id=row.account_id,
        account=row.account.name,
        marketplace_id=row.marketplace_id,
        marketplace=row.marketplace.name,
        approved_at=row.stock_upload_approved_at,
        dont_upload=row.dont_upload_stock_levels,
        waiting_for_approval=_waiting_for_approval(row),
        site_id=site.pk if site else None,
        site=site.name if site else "",
    )


def _waiting_for_approval(channel: Channel) -> tuple[str, ...]:
    """The FBM channels of the same seller account whose first upload nobody has approved, this one among them."""
    rows = Channel.objects.filter(
        account=channel.account_id, kind=Fulfilment.FBM, archived=False, stock_upload_approved_at=None
    )
    return tuple(rows.order_by("name").values_list("name", flat=True))


def channel_choices() -> tuple[tuple[int, str], ...]:
    """Channels for a filter, by name."""
    return tuple(Channel.objects.order_by("archived", "name").values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """`link`: linked, unlinked or empty; `sold`: FBM, FBA, both (the ASIN is sold both ways) or empty."""

    link: str = ""
    sold: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow(ListingFacts):
    id: int
    account_id: int
    marketplace_id: str
    both: bool
    gone: bool
    item_id: int | None
    item_code: str
    item_name: str
    linked_by: str
    specified: bool
    again_at: datetime | None
    waiting_cause: str


_COLUMNS = (
    *LISTING_COLUMNS, "id", "listing__account_id", "marketplace_id", "listing__gone_at", "item_id", "item__code",
    "item__name", "linked_by", "specified", "listing__notice__cause",
)  # fmt: skip


def list_products(channel: ChannelFacts, wanted: ProductFilter, *, cursor: str = "") -> Page[ProductRow]:
    """The channel's marketplace's products, oldest found first; both kinds, since Amazon lists them together."""
    rows = _filtered(_of(channel), wanted).annotate(sold_both_ways=_sold_both_ways())
    return read_page(rows.values(*_COLUMNS, "sold_both_ways"), ("id",), cursor).made_of(_row)


def list_sent_levels(channel: ChannelFacts, wanted: ProductFilter, *, cursor: str = "") -> Page[ProductRow]:
    """The FBM products of the channel with what was sent to Amazon and what Amazon showed: for the Stock tab."""
    rows = _filtered(_of(channel), wanted).filter(listing__fulfilment=channel.kind)
    rows = rows.annotate(sold_both_ways=_sold_both_ways())
    return read_page(rows.values(*_COLUMNS, "sold_both_ways"), ("id",), cursor).made_of(_row)


def every_product(channel: ChannelFacts, wanted: ProductFilter) -> Iterator[ProductRow]:
    """All that `list_products` pages through, for CSV."""
    return _every(_filtered(_of(channel), wanted))


def every_sent_level(channel: ChannelFacts, wanted: ProductFilter) -> Iterator[ProductRow]:
    """All that `list_sent_levels` pages through, for CSV."""
    return _every(_filtered(_of(channel), wanted).filter(listing__fulfilment=channel.kind))


def _every(rows: QuerySet[ChannelProduct]) -> Iterator[ProductRow]:
    value_rows = rows.annotate(sold_both_ways=_sold_both_ways()).order_by("id").values(*_COLUMNS, "sold_both_ways")
    return (_row(row) for row in value_rows.iterator(chunk_size=2000))


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far the numbers of a channel have come to Amazon. `silent`: not to be sent, each with its reason."""

    sent: int
    queued: int
    refused: int
    silent: int

    @property
    def total(self) -> int:
        """What is to be sent at all."""
        return self.sent + self.queued + self.refused


def upload_progress(channel: ChannelFacts) -> UploadProgress:
    """By one query; a number that waits is queued, whatever became of the one before it."""
    rows = _of(channel).filter(listing__fulfilment=Fulfilment.FBM, listing__gone_at=None)
    queued = Q(listing__notice__isnull=False)
    refused = ~queued & ~Q(listing__error="")
    sent = Q(listing__sent_quantity__isnull=False, listing__sent_why__not_sent__isnull=True)
    counts = rows.aggregate(
        total=Count("id"),
        queued=Count("id", filter=queued),
        refused=Count("id", filter=refused),
        sent=Count("id", filter=~queued & ~refused & sent),
    )
    silent = counts["total"] - counts["queued"] - counts["refused"] - counts["sent"]
    return UploadProgress(counts["sent"], counts["queued"], counts["refused"], silent)


@dataclass(frozen=True, slots=True)
class ProductCounts:
    total: int
    linked: int
    fbm: int
    fba: int

    @property
    def unlinked(self) -> int:
        return self.total - self.linked


def count_products(channel: ChannelFacts) -> ProductCounts:
    counts = _of(channel).aggregate(
        total=Count("id"),
        linked=Count("item_id"),
        fbm=Count("id", filter=Q(listing__fulfilment=Fulfilment.FBM)),
        fba=Count("id", filter=Q(listing__fulfilment=Fulfilment.FBA)),
    )
    return ProductCounts(**counts)


def _of(channel: ChannelFacts) -> QuerySet[ChannelProduct]:
    return ChannelProduct.objects.filter(listing__account=channel.account_id, marketplace=channel.marketplace_id)


def _sold_both_ways() -> Exists:
    other = (
        ChannelProduct.objects.filter(marketplace=OuterRef("marketplace"), asin=OuterRef("asin"))
        .filter(listing__account=OuterRef("listing__account"))
        .exclude(asin="")
        .exclude(listing__fulfilment=OuterRef("listing__fulfilment"))
    )
    return Exists(other)


def _filtered(rows: QuerySet[ChannelProduct], wanted: ProductFilter) -> QuerySet[ChannelProduct]:
    match wanted.link:
        case "linked":
            rows = rows.filter(item__isnull=False)
        case "unlinked":
            rows = rows.filter(item__isnull=True)
        case "wrong":
            rows = rows.filter(~Q(listing__error="") | ~Q(listing__sent_quantity=F("listing__read_back_quantity")))
        case _:
            pass
    if wanted.sold == "both":
        rows = rows.filter(_sold_both_ways())
    elif wanted.sold:
        rows = rows.filter(listing__fulfilment=wanted.sold)
    if wanted.search:
        text = wanted.search.strip()
        rows = rows.filter(
            Q(listing__sku__istartswith=text)
            | Q(asin=text)
            | Q(title__icontains=text)
            | Q(item__code__istartswith=text)
        )
    return rows


def _row(row: dict[str, Any]) -> ProductRow:
    return ProductRow(
        **listing_facts(row),
        id=row["id"],
        account_id=row["listing__account_id"],
        marketplace_id=row["marketplace_id"],
        both=row["sold_both_ways"],
        gone=row["listing__gone_at"] is not None,
        item_id=row["item_id"],
        item_code=row["item__code"] or "",
        item_name=row["item__name"] or "",
        linked_by=row["linked_by"],
        specified=row["specified"],
        again_at=row["listing__notice__again_at"],
        waiting_cause=row["listing__notice__cause"] or "",
    )
