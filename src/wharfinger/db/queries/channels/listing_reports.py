"""Listings reports: which are under way, and when each marketplace's ended last."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import ListingReport
from wharfinger.domain.orders.order_report import ReportState

OPEN = (ReportState.WANTED, ReportState.PREPARING)


@dataclass(frozen=True, slots=True)
class OpenListingReport:
    id: int
    marketplace_id: str
    report_id: str
    attempted_at: datetime | None
    requested_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndedListingReport:
    marketplace_id: str
    state: ReportState
    ended_at: datetime


def open_listing_reports(account_id: int) -> tuple[OpenListingReport, ...]:
    rows = ListingReport.objects.filter(account=account_id, state__in=OPEN).order_by("pk")
    columns = ("pk", "marketplace_id", "report_id", "attempted_at", "requested_at")
    return tuple(OpenListingReport(*row) for row in rows.values_list(*columns))


def last_listing_reports(account_id: int) -> dict[str, EndedListingReport]:
    """By marketplace, the one that ended last."""
    rows = ListingReport.objects.filter(account=account_id, ended_at__isnull=False)
    latest = rows.order_by("marketplace", "-id").distinct("marketplace")
    found = latest.values_list("marketplace_id", "state", "ended_at")
    return {place: EndedListingReport(place, state, at) for place, state, at in found if at is not None}
