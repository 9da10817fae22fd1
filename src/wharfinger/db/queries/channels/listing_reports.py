"""Listings reports: which are under way, and when each marketplace's ended last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct, ListingReport
from wharfinger.domain.orders.completeness.order_report import ReportState

OPEN = (ReportState.WANTED, ReportState.PREPARING)
COMPARED_WITHIN = timedelta(days=2)
UNDER_WAY_FOR = timedelta(hours=13)
"""A report is given up sooner."""


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


def skus_not_here(account_id: int, marketplace_id: str, skus: Collection[str]) -> list[str]:
    """Those of which no listing of that marketplace is known, or one that was gone."""
    here = ChannelProduct.objects.filter(
        any_of("listing__sku", skus), listing__account=account_id, listing__gone_at=None, marketplace=marketplace_id
    )
    return sorted(set(skus) - set(here.values_list("listing__sku", flat=True)))


def lacks_listing_report(account_id: int, marketplace_id: str, *, now: datetime) -> bool:
    """Reports were requested, and none was compared for two days: more than a thousand listings are not all known."""
    rows = ListingReport.objects.filter(account=account_id, marketplace=marketplace_id)
    fresh = Q(state=ReportState.COMPARED, ended_at__gte=now - COMPARED_WITHIN)
    under_way = Q(state__in=OPEN, wanted_at__gte=now - UNDER_WAY_FOR)
    return rows.exists() and not rows.filter(fresh | under_way).exists()
