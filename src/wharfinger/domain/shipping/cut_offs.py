"""When a courier service collects at a site: what orders the ship-by board, and nothing else. Pure.

Amazon's ship-by is Amazon's: no cut-off of ours ever changes it, nor what counts as late.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WORKING_WEEK = frozenset(range(5))
"""Monday is 0."""
EVERY_DAY = range(7)


@dataclass(frozen=True, slots=True)
class CutOff:
    """By when parcels must be ready, on the wall clock of the site's zone. `weekdays`: those of the collection."""

    at: time
    weekdays: frozenset[int] = WORKING_WEEK


def next_collection(cut_off: CutOff, zone: str, now: datetime) -> datetime | None:
    """The next moment of collection, in UTC; None where it collects on no day.

    A time that a change of clocks leaves out is the moment of the change.
    """
    there = ZoneInfo(zone)
    today = now.astimezone(there).date()
    for ahead in range(8):
        day = today + timedelta(days=ahead)
        moment = datetime.combine(day, cut_off.at, there).astimezone(UTC)
        if day.weekday() in cut_off.weekdays and moment >= now:
            return moment
    return None


def write_weekdays(weekdays: Collection[int]) -> int:
    """As a row keeps them: one bit each."""
    return sum(1 << day for day in set(weekdays))


def read_weekdays(bits: int) -> frozenset[int]:
    return frozenset(day for day in EVERY_DAY if bits >> day & 1)
