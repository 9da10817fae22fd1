"""Undo: until when the dispatch of a parcel can be taken back, and when it cannot any more. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.domain.moments import is_ahead
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.dispatching import Stays

MINUTES = range(31)
"""For how many minutes of trade time a confirmation may wait; 0 = it leaves at once, and nothing can be undone."""
BEFORE_SHIP_BY = timedelta(minutes=15)
"""Amazon must have the confirmation by ship-by: by then, less this, it leaves in any case."""


def undo_until(minutes: int, ship_by: datetime | None, now: datetime) -> datetime | None:
    """Until then the confirmation of a parcel that leaves now waits; None = it leaves at once."""
    until = now + timedelta(minutes=minutes)
    if ship_by is not None:
        until = min(until, ship_by - BEFORE_SHIP_BY)
    return until if until > now else None


@dataclass(frozen=True, slots=True)
class ParcelToUndo:
    """`until`: of Undo, None = it left at once. `waits`: nothing was ever sent to Amazon of it, or nothing is sent at
    all. `shipped_at_amazon`: Amazon counts its whole order as shipped."""

    reference: str
    order: str
    until: datetime | None
    waits: bool
    undone: bool = False
    shipped_at_amazon: bool = False


def is_undo_open(until: datetime | None, now: datetime) -> bool:
    """A moment that only a clock that was ahead can have set is over."""
    return until is not None and now < until and not is_ahead(until, now, timedelta(minutes=MINUTES[-1]))


def why_not_undone(parcel: ParcelToUndo, now: datetime) -> Stays | None:
    """None = it is taken back whole."""
    values = {"parcel": parcel.reference, "order": parcel.order}
    if parcel.undone:
        return Stays(N_("Parcel %(parcel)s of %(order)s was undone already. Nothing is needed."), values=values)
    if parcel.shipped_at_amazon:
        return Stays(
            N_(
                "Amazon counts %(order)s as shipped already: parcel %(parcel)s cannot be undone. Correct its carrier "
                "or tracking number on the order's page."
            ),
            values=values,
        )
    if not parcel.waits:
        return Stays(
            N_(
                "Parcel %(parcel)s of %(order)s is with Amazon already, so it cannot be undone any more. Correct its "
                "carrier or tracking number on the order's page."
            ),
            values=values,
        )
    if not is_undo_open(parcel.until, now):
        return Stays(
            N_(
                "The time for Undo is over for parcel %(parcel)s of %(order)s: its confirmation leaves now. Correct "
                "its carrier or tracking number on the order's page."
            ),
            values=values,
        )
    return None
