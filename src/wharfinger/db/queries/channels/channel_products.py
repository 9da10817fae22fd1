"""Channel products for pages: the listings of a channel and the stock items they sell."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, ChannelProduct, Listing
from wharfinger.db.models.listings import DIFFERENT_AT_AMAZON
from wharfinger.db.queries.found_ids import Way, found_ids
from wharfinger.db.queries.option_rows import place_name
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.db.queries.stock.listing_facts import LISTING_COLUMNS, ListingFacts, listing_facts
from wharfinger.db.search_expressions import all_words, begins, in_a_row
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.search_codes import read_code

COUNTED_AT_ONCE = 2_000
"""Listings that a page counts at once: of 50,000 it took 100 ms, and the Stock tab asks again every two seconds."""


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
    site: str
    """The site, or the site group, that it sells from."""


def channel_facts(channel_id: int) -> ChannelFacts | None:
    row = (
        Channel.objects.filter(pk=channel_id)
        .select_related("account", "marketplace")
        .prefetch_related("options__site", "options__site_group")
        .first()
    )
    if row is None:
        return None
    option = next((option for option in row.options.all() if option.order_type == ""), None)
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
        site=place_name(option),
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
    """`link`: linked, unlinked, wrong or empty; `sold`: FBM, FBA, both (the ASIN is sold both ways) or empty.

    `search`: SKU and stock code by their beginning, words of the title by theirs, whole ASIN.
    """

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
    held: bool


_COLUMNS = (
    *LISTING_COLUMNS, "id", "listing__account_id", "marketplace_id", "listing__gone_at", "item_id", "item__code",
    "item__name", "linked_by", "specified", "listing__notice__cause",
    "listing__notice__held",
)  # fmt: skip


def list_products(channel: ChannelFacts, wanted: ProductFilter, *, cursor: str = "") -> Page[ProductRow]:
    """The channel's marketplace's products, oldest found first; both kinds, since Amazon lists them together."""
    rows = _filtered(channel, wanted).annotate(sold_both_ways=_sold_both_ways())
    return read_page(rows.values(*_COLUMNS, "sold_both_ways"), ("id",), cursor).made_of(_row)


def list_sent_levels(channel: ChannelFacts, wanted: ProductFilter, *, cursor: str = "") -> Page[ProductRow]:
    """The FBM products of the channel with what was sent to Amazon and what Amazon showed: for the Stock tab."""
    rows = _filtered(channel, wanted).filter(listing__fulfilment=channel.kind)
    rows = rows.annotate(sold_both_ways=_sold_both_ways())
    return read_page(rows.values(*_COLUMNS, "sold_both_ways"), ("id",), cursor).made_of(_row)


def every_product(channel: ChannelFacts, wanted: ProductFilter) -> Iterator[ProductRow]:
    """All that `list_products` pages through, for CSV."""
    return _every(_filtered(channel, wanted))


def every_sent_level(channel: ChannelFacts, wanted: ProductFilter) -> Iterator[ProductRow]:
    """All that `list_sent_levels` pages through, for CSV."""
    return _every(_filtered(channel, wanted).filter(listing__fulfilment=channel.kind))


def _every(rows: QuerySet[ChannelProduct]) -> Iterator[ProductRow]:
    value_rows = rows.annotate(sold_both_ways=_sold_both_ways()).order_by("id").values(*_COLUMNS, "sold_both_ways")
    return (_row(row) for row in value_rows.iterator(chunk_size=2000))


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far the numbers of a channel have come to Amazon. `silent`: not to be sent, each with its reason; `held`: by
    the write guard.

    `whole` False: there are more listings, and these are the numbers of some of them.
    """

    sent: int
    queued: int
    refused: int
    silent: int
    held: int = 0
    whole: bool = True

    @property
    def total(self) -> int:
        """What is to be sent at all."""
        return self.sent + self.queued + self.refused + self.held


def upload_progress(channel: ChannelFacts, *, everything: bool = False) -> UploadProgress:
    """By one query; a number that waits is queued, whatever became of the one before it."""
    rows = _of(channel).filter(listing__fulfilment=Fulfilment.FBM, listing__gone_at=None)
    states = rows.values_list(
        "listing__notice__held", "listing__error", "listing__sent_quantity", "listing__sent_why__not_sent"
    )
    found, whole = _counted(states, everything)
    counts = Counter(_progress_of(*state) for state in found)
    return UploadProgress(counts["sent"], counts["queued"], counts["refused"], counts["silent"], counts["held"], whole)


def _progress_of(held: bool | None, error: str, sent: int | None, not_sent: str | None) -> str:
    """`held`: of the notice, where one waits."""
    if held is not None:
        return "held" if held else "queued"
    if error:
        return "refused"
    return "silent" if sent is None or not_sent is not None else "sent"


def _counted(rows: QuerySet[Any, Any], everything: bool) -> tuple[Iterable[Any], bool]:
    """The rows that a page counts, and whether they are all."""
    if everything:
        return rows.iterator(chunk_size=5000), True
    found = list(rows[: COUNTED_AT_ONCE + 1])
    return found[:COUNTED_AT_ONCE], len(found) <= COUNTED_AT_ONCE


@dataclass(frozen=True, slots=True)
class ProductCounts:
    total: int
    linked: int
    fbm: int
    fba: int
    whole: bool = True

    @property
    def unlinked(self) -> int:
        return self.total - self.linked


def count_products(channel: ChannelFacts, *, everything: bool = False) -> ProductCounts:
    found, whole = _counted(_of(channel).values_list("item", "listing__fulfilment"), everything)
    total = linked = 0
    kinds: Counter[str] = Counter()
    for item, kind in found:
        total += 1
        linked += item is not None
        kinds[kind] += 1
    return ProductCounts(total, linked, kinds[Fulfilment.FBM], kinds[Fulfilment.FBA], whole)


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


def _filtered(channel: ChannelFacts, wanted: ProductFilter) -> QuerySet[ChannelProduct]:
    rows = _of(channel)
    match wanted.link:
        case "linked":
            rows = rows.filter(item__isnull=False)
        case "unlinked":
            rows = rows.filter(item__isnull=True)
        case "wrong":
            rows = _different(channel, rows)
        case _:
            pass
    if wanted.sold == "both":
        rows = rows.filter(_sold_both_ways())
    elif wanted.sold:
        rows = rows.filter(listing__fulfilment=wanted.sold)
    if wanted.search.strip():
        rows = rows.filter(any_of("id", found_ids(_ways(channel, wanted.search))[0]))
    return rows


def _different(channel: ChannelFacts, rows: QuerySet[ChannelProduct]) -> QuerySet[ChannelProduct]:
    """PostgreSQL takes nearly all listings for different and reads the channel until a page is full: few are named."""
    different = Listing.objects.filter(DIFFERENT_AT_AMAZON, account=channel.account_id).values_list("pk", flat=True)
    few = list(different[: COUNTED_AT_ONCE + 1])
    if len(few) <= COUNTED_AT_ONCE:
        return rows.filter(any_of("listing", few))
    return rows.filter(listing__in=different)


def _ways(channel: ChannelFacts, search: str) -> Iterator[Way]:
    """Each one index: a condition over three tables reads all listings of the channel (2 s of 50,000)."""
    rows, code = _of(channel), read_code(search)
    yield rows.filter(asin=search.strip().upper()), "id"
    if code.squeezed:
        yield rows.filter(begins("listing__sku", code.squeezed)), "id"
        yield rows.filter(begins("item__code", code.squeezed)), "id"
    if code.pieces:
        yield rows.filter(in_a_row(("listing__sku",), code.pieces)), "id"
        yield rows.filter(all_words(("title",), code.pieces)), "id"


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
        held=bool(row["listing__notice__held"]),
    )
