"""The proof: what holds personal data, how old the oldest of it is, and what of it is due to be erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from wharfinger.db.models import LegalHold, PeriodicTaskSchedule, PrivacyProof
from wharfinger.db.personal_data import PLACES
from wharfinger.db.queries.orders.privacy.erasing import DUE_CUSTOMERS, DUE_MESSAGES, DUE_ORDERS, times

_DUE = (
    ("due", f"SELECT o.id {DUE_ORDERS}"),
    ("due_messages", f"SELECT m.id {DUE_MESSAGES}"),
    ("due_customers", f"SELECT c.id {DUE_CUSTOMERS}"),
)
"""Tables for the moment, which the places refer to: of a million orders the planner must know how many are due."""
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
    """`counted_at`: when the places were counted, None = not yet; `counting`: somebody wants it anew. `erased`: sales
    orders without personal data, of that count; `last_run`: of the clock. All in trade time."""

    places: tuple[PlaceRow, ...]
    counted_at: datetime | None
    counting: bool
    erased: int
    last_run: datetime | None
    outcome: str
    error: str
    holds: tuple[LegalHoldRow, ...]

    @property
    def due(self) -> int:
        return sum(place.due for place in self.places)


def privacy(*, task: str) -> Privacy:
    """`task`: the timetable's name of the clock."""
    run = PeriodicTaskSchedule.objects.filter(task=task).first()
    proof = PrivacyProof.objects.first()
    return Privacy(
        places=() if proof is None else tuple(read_place(row) for row in proof.places),
        counted_at=proof.counted_at if proof else None,
        counting=proof is None or proof.wanted_at is not None,
        erased=proof.erased if proof else 0,
        last_run=run.finished_at if run else None,
        outcome=run.outcome if run else "",
        error=run.error if run else "",
        holds=standing_holds(),
    )


def write_place(place: PlaceRow) -> list[Any]:
    """As it is stored."""
    return [place.name, place.rows, place.oldest.isoformat() if place.oldest else None, place.due]


def read_place(stored: Sequence[Any]) -> PlaceRow:
    name, rows, oldest, due = stored
    return PlaceRow(gettext(name), rows, datetime.fromisoformat(oldest) if oldest else None, due)


def last_run_of(task: str) -> datetime | None:
    """When the clock's task ended last, in trade time."""
    return PeriodicTaskSchedule.objects.filter(task=task).values_list("finished_at", flat=True).first()


def count_places(now: datetime) -> tuple[PlaceRow, ...]:
    """Reads every place whole, one statement each, by tables of what is due; needs an open transaction. Some seconds
    for each hundred thousand orders that hold personal data."""
    found = []
    with connection.cursor() as cursor:
        for table, select in _DUE:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {select}", times(now))
            cursor.execute(f"CREATE INDEX ON {table} (id)")
            cursor.execute(f"ANALYZE {table}")
        for place in PLACES:
            cursor.execute(
                f"SELECT count(*), min({place.since}), count(*) FILTER (WHERE {place.is_due}) FROM {place.rows}",
                times(now),
            )
            rows, oldest, due = cursor.fetchone()
            found.append(PlaceRow(place.name, rows, oldest, due))
    return tuple(found)


def standing_holds() -> tuple[LegalHoldRow, ...]:
    """Newest first."""
    rows = LegalHold.objects.filter(lifted_at=None).select_related("order", "placed_by").order_by("-pk")[:HOLDS_SHOWN]
    return tuple(
        LegalHoldRow(row.order_id, row.order.code, row.reason, str(row.placed_by), row.placed_at) for row in rows
    )
