"""Stock control sites for pages."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from wharfinger.db.models import FlowSchedule, Site, StockLevel
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.db.queries.stock.at_amazon import AT_AMAZON, AtAmazon, at_amazon
from wharfinger.domain.marketplaces import Pool
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
        .annotate(channels=Count("channel_options__channel", distinct=True))
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

    @property
    def available(self) -> int:
        return self.on_hand - self.allocated - self.at_amazon.ordered


def site_levels(site_id: int, *, cursor: str = "") -> Page[SiteLevelRow]:
    own = ("id", "item_id", "item__code", "item__name", "on_hand", "allocated", "counted_at")
    rows = StockLevel.objects.filter(site=site_id).values(*own, *AT_AMAZON)
    return read_page(rows, ("id",), cursor).made_of(
        lambda row: SiteLevelRow(
            item_id=row["item_id"],
            code=row["item__code"],
            name=row["item__name"],
            on_hand=row["on_hand"],
            allocated=row["allocated"],
            counted_at=row["counted_at"],
            at_amazon=at_amazon(row),
        )
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
