"""The proof: what holds personal data, how old the oldest of it is, and what of it is due to be erased."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext

from wharfinger.db.models import LegalHold, PeriodicTaskSchedule, SalesOrder
from wharfinger.db.personal_data import PLACES
from wharfinger.db.queries.orders.privacy.erasing import DUE_CUSTOMERS, DUE_MESSAGES, DUE_ORDERS, times

_DUE = (
    f"WITH due AS MATERIALIZED (SELECT o.id {DUE_ORDERS}), "
    f"due_messages AS (SELECT m.id {DUE_MESSAGES}), due_customers AS (SELECT c.id {DUE_CUSTOMERS}) "
)
HOLDS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """`due`: rows whose time is over; the clock erases them within the hour."""

    name: str
    rows: int
    oldest: datetime | None
    due: int


@dataclass(frozen=True, slots=True)
class LegalHoldRow:
    order_id: int
    code: str
    reason: str
    who: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Privacy:
    """`erased`: sales orders without personal data; `last_run`: of the clock, in trade time."""

    places: tuple[PlaceRow, ...]
    erased: int
    last_run: datetime | None
    outcome: str
    error: str
    holds: tuple[LegalHoldRow, ...]

    @property
    def due(self) -> int:
        return sum(place.due for place in self.places)


def privacy(now: datetime, *, task: str) -> Privacy:
    """`now`: trade time; `task`: the timetable's name of the clock. Reads every place whole."""
    run = PeriodicTaskSchedule.objects.filter(task=task).first()
    return Privacy(
        places=count_places(now),
        erased=SalesOrder.objects.filter(erased_at__isnull=False).count(),
        last_run=run.finished_at if run else None,
        outcome=run.outcome if run else "",
        error=run.error if run else "",
        holds=standing_holds(),
    )


def last_run_of(task: str) -> datetime | None:
    """When the clock's task ended last, in trade time."""
    return PeriodicTaskSchedule.objects.filter(task=task).values_list("finished_at", flat=True).first()


def count_places(now: datetime) -> tuple[PlaceRow, ...]:
    """One statement a place."""
    found = []
    with connection.cursor() as cursor:
        for place in PLACES:
            cursor.execute(
                f"{_DUE} SELECT count(*), min({place.since}), count(*) FILTER (WHERE {place.is_due}) FROM {place.rows}",
                times(now),
            )
            rows, oldest, due = cursor.fetchone()
            found.append(PlaceRow(gettext(place.name), rows, oldest, due))
    return tuple(found)


def standing_holds() -> tuple[LegalHoldRow, ...]:
    """Newest first."""
    rows = LegalHold.objects.filter(lifted_at=None).select_related("order", "placed_by").order_by("-pk")[:HOLDS_SHOWN]
    return tuple(
        LegalHoldRow(row.order_id, row.order.code, row.reason, str(row.placed_by), row.placed_at) for row in rows
    )
