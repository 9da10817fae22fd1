"""Amazon's ledger of FBA sites: reports under way, the sites of an account by country, and what its days said."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Sum

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelOption, FbaLedgerDay, FbaLedgerReport, Movement
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.orders.completeness.order_report import ReportState
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.fba_ledger import countries_of
from wharfinger.domain.stock.ledger import MovementReason, SiteKind

OPEN = (ReportState.WANTED, ReportState.PREPARING)
DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class OpenLedgerReport:
    id: int
    report_id: str
    first_day: date
    last_day: date
    attempted_at: datetime | None
    requested_at: datetime | None


def open_ledger_report(account_id: int) -> OpenLedgerReport | None:
    row = FbaLedgerReport.objects.filter(account=account_id, state__in=OPEN).first()
    if row is None:
        return None
    return OpenLedgerReport(row.pk, row.report_id, row.first_day, row.last_day, row.attempted_at, row.requested_at)


@dataclass(frozen=True, slots=True)
class EndedLedgerReport:
    state: ReportState
    last_day: date
    ended_at: datetime
    items: int
    explained: int
    unlinked: int
    error: str


def last_ledger_report(account_id: int) -> EndedLedgerReport | None:
    rows = FbaLedgerReport.objects.filter(account=account_id, ended_at__isnull=False).order_by("-id")
    columns = ("state", "last_day", "ended_at", "items", "explained", "unlinked", "error")
    found = rows.values_list(*columns).first()
    return None if found is None or found[2] is None else EndedLedgerReport(*found)


def newest_day_read(account_id: int) -> date | None:
    """The last day of the newest report that was taken."""
    rows = FbaLedgerReport.objects.filter(account=account_id, state=ReportState.COMPARED)
    return rows.order_by("-last_day").values_list("last_day", flat=True).first()


def sites_by_country(account_id: int) -> tuple[dict[str, int], tuple[str, ...]]:
    """Country of a warehouse → the FBA site of the account's that it belongs to; and the marketplaces to name in the
    request."""
    rows = ChannelOption.objects.filter(
        channel__account=account_id,
        channel__archived=False,
        channel__kind=Fulfilment.FBA,
        order_type="",
        site__kind=SiteKind.FBA,
    )
    found: dict[str, int] = {}
    places: list[str] = []
    for row in rows.select_related("site", "channel__marketplace").order_by("channel_id"):
        if row.site is None or not row.site.pool:
            continue
        places.append(row.channel.marketplace_id)
        for country in countries_of(Pool(row.site.pool), row.channel.marketplace.country):
            found.setdefault(country, row.site.pk)
    return found, tuple(dict.fromkeys(places))


def known_since(site_id: int, item_ids: Collection[int]) -> dict[int, datetime]:
    """The moment of each item's first movement there."""
    rows = Movement.objects.filter(any_of("item", item_ids), site=site_id).values("item").annotate(at=Min("moved_at"))
    return {row["item"]: row["at"] for row in rows.order_by()}


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A day at a site, of all items together; `events`: (reason, units), those that are not 0."""

    day: date
    events: tuple[tuple[MovementReason, int], ...]
    shipped: int
    ending: int | None
    items: int


def ledger_lines(site_id: int) -> tuple[LedgerLine, ...]:
    """The newest days first; two statements."""
    rows = FbaLedgerDay.objects.filter(site=site_id)
    days = list(rows.order_by("-day").values_list("day", flat=True).distinct()[:DAYS_SHOWN])
    if not days:
        return ()
    here = rows.filter(day__gte=days[-1])
    sums: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, booked in here.exclude(booked={}).values_list("day", "booked"):
        for code, units in booked.items():
            sums[day][code] += units
    totals = here.values("day").annotate(shipped=Sum("shipped"), ending=Sum("ending"), items=Count("item"))
    return tuple(_line(row, sums[row["day"]]) for row in totals.order_by("-day"))


def _line(row: Mapping[str, Any], sums: Mapping[str, int]) -> LedgerLine:
    events = tuple((MovementReason(code), units) for code, units in sorted(sums.items()) if units)
    return LedgerLine(row["day"], events, row["shipped"], row["ending"], row["items"])


def unexplained(site_id: int, *, now: datetime) -> int:
    """Units of differences at Amazon over the days shown for which its ledger has given no reason: their sum."""
    since = now - timedelta(days=DAYS_SHOWN)
    rows = Movement.objects.filter(site=site_id, reason=MovementReason.FBA_DIFFERENCE, moved_at__gte=since)
    return rows.aggregate(units=Sum("quantity"))["units"] or 0
