"""Amazon's inventory ledger: its reports, and its reasons in the place of differences that were booked. Trade time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wharfinger.db.any_of import any_of
from wharfinger.db.models import FbaLedgerDay, FbaLedgerReport, StockLevel
from wharfinger.db.queries.stock.fba_ledger import OPEN, known_since
from wharfinger.domain.days import begins
from wharfinger.domain.orders.completeness.order_report import ReportState
from wharfinger.domain.stock.fba_ledger import LedgerDay, newly_explained
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.stock._stock_steps import StockLine, lock_levels, write_list
from wharfinger.operations.transaction import operation

REPORTS_KEPT_FOR = timedelta(days=30)
DAYS_KEPT_FOR = timedelta(days=90)


@operation
def want_report(account_id: int, first_day: date, last_day: date, *, now: datetime) -> None:
    """One that is open already is enough. Old ones go, and the days of long ago; what was booked stays."""
    rows = FbaLedgerReport.objects.filter(account_id=account_id)
    rows.filter(ended_at__lt=now - REPORTS_KEPT_FOR).delete()
    FbaLedgerDay.objects.filter(site__account=account_id, day__lt=(now - DAYS_KEPT_FOR).date()).delete()
    if not rows.filter(state__in=OPEN).exists():
        FbaLedgerReport.objects.create(account_id=account_id, first_day=first_day, last_day=last_day, wanted_at=now)


@operation
def note_attempt(report_pk: int, *, now: datetime) -> None:
    """The request leaves now: whatever becomes of its answer, it is looked for before it is made again."""
    FbaLedgerReport.objects.filter(pk=report_pk).update(attempted_at=now)


@operation
def forget_attempt(report_pk: int) -> None:
    """Amazon has surely not taken it."""
    FbaLedgerReport.objects.filter(pk=report_pk).update(attempted_at=None)


@operation
def note_requested(report_pk: int, *, report_id: str, now: datetime) -> None:
    FbaLedgerReport.objects.filter(pk=report_pk).update(
        state=ReportState.PREPARING, report_id=report_id[:60], requested_at=now
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What a report came to: items that it names, movements that got Amazon's reason, SKUs without an item."""

    items: int = 0
    explained: int = 0
    unlinked: int = 0


@operation
def end_report(
    report_pk: int, state: ReportState, *, result: Taken | None = None, error: str = "", now: datetime
) -> None:
    found = result or Taken()
    FbaLedgerReport.objects.filter(pk=report_pk, state__in=OPEN).update(
        state=state,
        error=error,
        ended_at=now,
        items=found.items,
        explained=found.explained,
        unlinked=found.unlinked,
    )


@operation
def keep_days(site_id: int, days: Sequence[LedgerDay], *, now: datetime) -> int:
    """Each event that is not booked with Amazon's reason yet becomes a movement, and the same units leave the
    differences: on hand does not change by it. Returns how many movements got a reason.

    Only whole days since the item is known at the site: before, its opening level holds everything. An item that the
    report does not name, and a level that was never read, stay as they are.
    """
    since = known_since(site_id, {day.item_id for day in days})
    whole = [day for day in days if day.item_id in since and begins(day.day, "UTC") > since[day.item_id]]
    if not whole:
        return 0
    items = sorted({day.item_id for day in whole})
    known = StockLevel.objects.filter(any_of("item", items), site=site_id, counted_at__isnull=False)
    levels = lock_levels([(item, site_id) for item in known.values_list("item_id", flat=True)])
    whole = [day for day in whole if (day.item_id, site_id) in levels]
    rows = FbaLedgerDay.objects.filter(any_of("item", items), site=site_id, day__in={day.day for day in whole})
    kept = {(row.item_id, row.day): row for row in rows.select_for_update(no_key=True).order_by("pk")}
    lines: list[StockLine] = []
    explained = 0
    for day in whole:
        row = kept.setdefault((day.item_id, day.day), FbaLedgerDay(site_id=site_id, item_id=day.item_id, day=day.day))
        news = newly_explained(day.events, _booked(row))
        explained += len(news)
        lines += _lines(levels[day.item_id, site_id], day.day, news)
        row.shipped, row.starting, row.ending = day.shipped, day.starting, day.ending
        row.booked = {reason.value: units for reason, units in day.events.items()}
    write_list(lines, now=now, user=None)
    _write(list(kept.values()))
    return explained


def _booked(row: FbaLedgerDay) -> dict[MovementReason, int]:
    return {MovementReason(code): units for code, units in row.booked.items()}


def _lines(level: StockLevel, day: date, news: Mapping[MovementReason, int]) -> list[StockLine]:
    note = f"Amazon's ledger of {day:%Y-%m-%d}"
    lines = [StockLine(level, units, reason, note) for reason, units in news.items()]
    total = sum(news.values())
    if total:
        lines.append(StockLine(level, -total, MovementReason.FBA_DIFFERENCE, f"Explained by {note}"))
    return lines


def _write(rows: Sequence[FbaLedgerDay]) -> None:
    new, old = [row for row in rows if row.pk is None], [row for row in rows if row.pk is not None]
    FbaLedgerDay.objects.bulk_create(new, batch_size=1000)
    FbaLedgerDay.objects.bulk_update(old, ["shipped", "starting", "ending", "booked"], batch_size=1000)
