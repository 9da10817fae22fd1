"""What the flow of the order report goes by: the open report, days checked, gaps that stand, orders wanted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from wharfinger.db.models import (
    CompletenessDay,
    CompletenessGap,
    FlowSchedule,
    ImportedOrder,
    Marketplace,
    OrderCursor,
    OrderReport,
    WantedOrder,
)
from wharfinger.db.queries.moments import is_due
from wharfinger.domain.moments import LONGEST_ROW_WAIT
from wharfinger.domain.orders.completeness.comparing import STAGES, Cause, SkuSum, StatedOrder
from wharfinger.domain.orders.completeness.order_report import ReportPurpose, ReportState, WantedBy

STANDING = (CompletenessGap.State.OPEN, CompletenessGap.State.STUCK)


@dataclass(frozen=True, slots=True)
class OpenReport:
    id: int
    report_id: str
    since: datetime | None
    attempted_at: datetime | None
    requested_at: datetime | None
    purpose: ReportPurpose


@dataclass(frozen=True, slots=True)
class LastReport:
    state: ReportState
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class WantedByNumber:
    """`times`: how often it was wanted until now; `is_held`: what it was wanted for is here already."""

    number: str
    times: int
    attempts: int
    is_held: bool


@dataclass(frozen=True, slots=True)
class StandingGap:
    """A gap that may close: both sides as they were, and whether the order was downloaded since."""

    id: int
    number: str
    state: CompletenessGap.State
    cause: Cause
    amazon: StatedOrder | None
    ours: StatedOrder | None
    covered_until: datetime
    downloaded_at: datetime | None
    wanted: bool


def open_report(account_id: int) -> OpenReport | None:
    row = OrderReport.objects.filter(
        account_id=account_id, state__in=[ReportState.WANTED, ReportState.PREPARING]
    ).first()
    if row is None:
        return None
    return OpenReport(row.pk, row.report_id, row.since, row.attempted_at, row.requested_at, row.purpose)


def last_reports(account_id: int, at_most: int = 10) -> tuple[LastReport, ...]:
    """Those that have ended, newest first."""
    rows = OrderReport.objects.filter(account_id=account_id, ended_at__isnull=False, purpose=ReportPurpose.PROOF)
    rows = rows.order_by("-ended_at", "-pk")
    return tuple(LastReport(row.state, row.ended_at) for row in rows[:at_most] if row.ended_at)


def is_caught_up(account_id: int) -> bool:
    """Whether the search for orders has once come to its end."""
    return OrderCursor.objects.filter(account_id=account_id, caught_up_at__isnull=False).exists()


def is_within_a_window(account_id: int) -> bool:
    """Whether the search for orders has pages of its window left to read."""
    return OrderCursor.objects.filter(account_id=account_id).exclude(page_token="").exists()


def waits_for_its_rate(account_id: int) -> bool:
    """As `is_within_a_window`, when the search's last run ended because its budget was spent: far behind."""
    waits = FlowSchedule.objects.filter(account_id=account_id, flow="orders_in").exclude(waiting_for="")
    return is_within_a_window(account_id) and waits.exists()


@dataclass(frozen=True, slots=True)
class Backlog:
    """A report to catch up by whose orders are being read. `left`: those that are still to be."""

    report_pk: int
    since: datetime
    until: datetime
    left: int


def backlog(account_id: int) -> Backlog | None:
    row = OrderReport.objects.filter(
        account_id=account_id, purpose=ReportPurpose.CATCH_UP, state=ReportState.COMPARED, closed_at=None
    ).first()
    if row is None or row.since is None or row.until is None:
        return None
    wanted = WantedOrder.objects.filter(account_id=account_id, source=WantedBy.CATCH_UP)
    return Backlog(row.pk, row.since, row.until, wanted.count())


def accounts_behind() -> frozenset[int]:
    """Those whose orders are being caught up by a report."""
    rows = OrderReport.objects.filter(purpose=ReportPurpose.CATCH_UP, state=ReportState.COMPARED, closed_at=None)
    return frozenset(rows.values_list("account_id", flat=True))


def last_catch_up(account_id: int) -> datetime | None:
    """When one was last requested."""
    rows = OrderReport.objects.filter(account_id=account_id, purpose=ReportPurpose.CATCH_UP).order_by("-pk")
    moment: datetime | None = rows.values_list("wanted_at", flat=True).first()
    return moment


def updates_held(account_id: int, numbers: Collection[str]) -> dict[str, datetime]:
    """Of those orders that are here: Amazon's moment of the change that we hold."""
    rows = ImportedOrder.objects.filter(account_id=account_id, amazon_order_id__in=numbers)
    return dict(rows.values_list("amazon_order_id", "amazon_updated_at"))


def days_checked(account_id: int, marketplace_id: str) -> frozenset[date]:
    """The days of the marketplace that a report has covered from beginning to end."""
    rows = CompletenessDay.objects.filter(account_id=account_id, marketplace_id=marketplace_id, whole=True)
    return frozenset(rows.values_list("day", flat=True))


def zones_of(marketplace_ids: frozenset[str]) -> dict[str, str]:
    return dict(Marketplace.objects.filter(pk__in=marketplace_ids).values_list("pk", "time_zone"))


def marketplaces_by_name() -> dict[str, str]:
    """Name in small letters, as a report's `sales-channel` has it → id."""
    return {name.lower(): key for key, name in Marketplace.objects.values_list("pk", "name")}


def standing_gaps(account_id: int) -> tuple[StandingGap, ...]:
    """Open and stuck ones, and those that the next search was to explain."""
    may_close = Q(state__in=STANDING) | Q(state=CompletenessGap.State.EXPLAINED, cause=Cause.NOT_READ_YET)
    rows = CompletenessGap.objects.filter(may_close, account_id=account_id).order_by("pk")
    wanted = frozenset(WantedOrder.objects.filter(account_id=account_id).values_list("amazon_order_id", flat=True))
    return tuple(
        StandingGap(
            row.pk,
            row.amazon_order_id,
            row.state,
            row.cause,
            read_stated(row.amazon),
            read_stated(row.ours),
            row.covered_until,
            row.downloaded_at,
            row.amazon_order_id in wanted,
        )
        for row in rows
    )


def wanted_orders(account_id: int, *, now: datetime, limit: int) -> tuple[WantedByNumber, ...]:
    """Those to be downloaded now: what a notification spoke of first, then gaps, then what catches up."""
    ready = Q(again_at=None) | is_due("again_at", now, LONGEST_ROW_WAIT)
    rows = WantedOrder.objects.filter(ready, account_id=account_id)
    if not rows.exists():
        return ()
    found: list[WantedOrder] = []
    for source in WantedBy:
        if len(found) < limit:
            # The search comes from the oldest change on: what catches up by number comes from the newest back.
            order = ("wanted_at", "pk") if source is not WantedBy.CATCH_UP else ("-changed_at", "pk")
            found += rows.filter(source=source).order_by(*order)[: limit - len(found)]
    known = ImportedOrder.objects.filter(
        account_id=account_id, amazon_order_id__in=[row.amazon_order_id for row in found if row.changed_at]
    )
    held = dict(known.values_list("amazon_order_id", "amazon_updated_at"))
    return tuple(
        WantedByNumber(row.amazon_order_id, row.times, row.attempts, is_held=_is_held(row, held)) for row in found
    )


def _is_held(row: WantedOrder, held: dict[str, datetime]) -> bool:
    """Whether the very change that a notification spoke of was read meanwhile. A gap is no such change."""
    known = held.get(row.amazon_order_id)
    spoken_of = row.source is not WantedBy.GAP and row.changed_at is not None
    return spoken_of and known is not None and row.changed_at is not None and known >= row.changed_at


def next_wanted_at(account_id: int) -> datetime | None:
    """When the next postponed one is due."""
    rows = WantedOrder.objects.filter(account_id=account_id).order_by("again_at")
    moment: datetime | None = rows.values_list("again_at", flat=True).first()
    return moment


def write_stated(order: StatedOrder | None) -> dict[str, Any] | None:
    """As a gap keeps it: no personal data is in it."""
    if order is None:
        return None
    by_sku = order.by_sku
    return {
        "number": order.number,
        "marketplace": order.marketplace_id,
        "placed": order.placed_at.isoformat(),
        "updated": order.updated_at.isoformat(),
        "stage": order.stage.value,
        "currency": order.currency,
        "lines": None
        if by_sku is None
        else [[sku, one.units, None if one.money is None else str(one.money)] for sku, one in sorted(by_sku.items())],
    }


def read_stated(kept: dict[str, Any] | None) -> StatedOrder | None:
    if kept is None:
        return None
    lines = kept["lines"]
    return StatedOrder(
        number=kept["number"],
        marketplace_id=kept["marketplace"],
        placed_at=datetime.fromisoformat(kept["placed"]),
        updated_at=datetime.fromisoformat(kept["updated"]),
        stage=STAGES[kept["stage"]],
        currency=kept["currency"],
        by_sku=None
        if lines is None
        else {sku: SkuSum(units, None if money is None else Decimal(money)) for sku, units, money in lines},
    )
