"""Stock control sites for pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from wharfinger.db.models import FlowSchedule, Site, StockLevel
from wharfinger.db.queries.item_search import items_by_code
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, batched, every_row, read_runs
from wharfinger.db.queries.sorting import UNSORTED, Sorting, runs_of
from wharfinger.db.queries.stock.at_amazon import AT_AMAZON, AtAmazon, at_amazon
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.stock.bins import written
from wharfinger.domain.stock.ledger import SiteKind


@dataclass(frozen=True, slots=True)
class SiteRow:
    id: int
    name: str
    kind: SiteKind
    pool_id: str
    pool: str
    account_id: int | None
    account: str
    priority: int
    address: str
    time_zone: str
    items: int
    on_hand: int
    allocated: int
    ordered: int
    oversold: int
    channels: int
    loaded_at: datetime | None
    read_at: datetime | None

    @property
    def is_fba(self) -> bool:
        return self.kind is SiteKind.FBA

    @property
    def available(self) -> int:
        """An FBA site: Amazon's fulfillable, never more."""
        return self.on_hand - self.allocated - self.ordered


def list_sites() -> tuple[SiteRow, ...]:
    return _rows(Q())


def site_row(site_id: int) -> SiteRow | None:
    rows = _rows(Q(pk=site_id))
    return rows[0] if rows else None


def _rows(wanted: Q) -> tuple[SiteRow, ...]:
    levels = {
        row["site"]: row
        for row in StockLevel.objects.values("site").annotate(
            items=Count("id"),
            sum_on_hand=Sum("on_hand"),
            sum_allocated=Sum("allocated"),
            sum_ordered=Sum("fba_ordered"),
            oversold=Count("id", filter=Q(on_hand__lt=0)),
        )
    }
    none = {"items": 0, "sum_on_hand": 0, "sum_allocated": 0, "sum_ordered": 0, "oversold": 0}
    sites = (
        Site.objects.filter(wanted)
        .select_related("account")
        .annotate(
            channels=Count("channel_options__channel", distinct=True)
            + Count("groups__channel_options__channel", distinct=True)
        )
        .order_by("priority", "name")
    )
    return tuple(
        SiteRow(
            id=site.pk,
            name=site.name,
            kind=site.kind,
            pool_id=site.pool,
            pool=Pool(site.pool).title if site.pool else "",
            account_id=site.account_id,
            account=site.account.name if site.account else "",
            priority=site.priority,
            address=site.address,
            time_zone=site.time_zone,
            items=totals["items"],
            on_hand=totals["sum_on_hand"],
            allocated=totals["sum_allocated"],
            ordered=totals["sum_ordered"],
            oversold=0 if site.kind == SiteKind.FBA else totals["oversold"],
            channels=site.channels,
            loaded_at=site.levels_loaded_at,
            read_at=site.levels_read_at,
        )
        for site in sites
        for totals in (levels.get(site.pk, none),)
    )


@dataclass(frozen=True, slots=True)
class SiteLevelRow:
    """Units of one item at the site; for an FBA site Amazon's parts, kept apart."""

    item_id: int
    code: str
    name: str
    on_hand: int
    allocated: int
    counted_at: datetime | None
    at_amazon: AtAmazon
    bin: str = ""
    other_bins: str = ""

    @property
    def bins(self) -> str:
        return written(self.bin, self.other_bins)

    @property
    def available(self) -> int:
        return self.on_hand - self.allocated - self.at_amazon.ordered


class _ByBin:
    """Levels with a bin come first, whichever way they are sorted."""

    def runs(self, *, descending: bool) -> tuple[Run, ...]:
        sign = "-" if descending else ""
        return (Run((f"{sign}bin", f"{sign}id"), ~Q(bin=""), "binned"), Run((f"{sign}id",), Q(bin=""), "loose"))


LEVEL_SORTS = {"bin": _ByBin()}
_IN_THEIR_ORDER = (Run(("id",)),)
_COLUMNS = ("id", "item_id", "item__code", "item__name", "on_hand", "allocated", "counted_at", "bin", "other_bins")


def site_levels(
    site_id: int, *, search: str = "", cursor: str = "", sorting: Sorting = UNSORTED, size: int = ROWS_A_PAGE
) -> Page[SiteLevelRow]:
    rows = _levels_at(site_id, search).values(*_COLUMNS, *AT_AMAZON)
    return read_runs(rows, runs_of(LEVEL_SORTS, sorting, _IN_THEIR_ORDER), cursor, size).made_of(_level_row)


def every_site_level(site_id: int, *, search: str = "", sorting: Sorting = UNSORTED) -> Iterator[SiteLevelRow]:
    """All that `site_levels` pages through, for files."""
    rows = _levels_at(site_id, search).values(*_COLUMNS, *AT_AMAZON)
    for some in batched(every_row(rows, runs_of(LEVEL_SORTS, sorting, _IN_THEIR_ORDER)), 1000):
        yield from map(_level_row, some)


def add_up_site_levels(site_id: int, *, search: str = "", everything: bool = False) -> Totals:
    return add_up(_levels_at(site_id, search), money=False, everything=everything)


def _levels_at(site_id: int, search: str) -> QuerySet[StockLevel]:
    rows = StockLevel.objects.filter(site=site_id)
    return rows.filter(Q(item__in=items_by_code(search)) | Q(bin__startswith=search.strip())) if search else rows


def _level_row(row: dict[str, Any]) -> SiteLevelRow:
    return SiteLevelRow(
        item_id=row["item_id"],
        code=row["item__code"],
        name=row["item__name"],
        on_hand=row["on_hand"],
        allocated=row["allocated"],
        counted_at=row["counted_at"],
        at_amazon=at_amazon(row),
        bin=row["bin"],
        other_bins=row["other_bins"],
    )


@dataclass(frozen=True, slots=True)
class Loading:
    """How the reading of Amazon's levels stands."""

    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str
    waiting_for: str
    error: str

    @property
    def running(self) -> bool:
        return self.started_at is not None and (self.finished_at is None or self.started_at > self.finished_at)


def loading(account_id: int) -> Loading | None:
    row = FlowSchedule.objects.filter(account=account_id, flow="fba_stock_in").first()
    if row is None:
        return None
    return Loading(row.due_at, row.started_at, row.finished_at, row.outcome, row.waiting_for, row.error)
