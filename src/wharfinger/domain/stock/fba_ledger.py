"""Amazon's own ledger of an FBA pool, day by day: what its events are called here, and what of them is new. Pure.

The levels of an FBA site come from Amazon's inventory; what differs is booked at once, as a difference. The ledger says
a day later what it was: then Amazon's reason takes the difference's place, and on hand stays what it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from wharfinger.domain.marketplaces import MARKETPLACES, Pool
from wharfinger.domain.stock.ledger import MovementReason

DAYS_READ_AGAIN = 3
"""Complete days in each report: Amazon corrects the last ones."""
DAYS_AT_FIRST = 30
SHIPPED = "customer shipments"
REASONS: Mapping[str, MovementReason] = {
    "receipts": MovementReason.FBA_RECEIPTS,
    "customer returns": MovementReason.FBA_RETURNS,
    "vendor returns": MovementReason.FBA_REMOVED,
    "warehouse transfer in/out": MovementReason.FBA_MOVED,
    "found": MovementReason.FBA_FOUND,
    "lost": MovementReason.FBA_LOST,
    "damaged": MovementReason.FBA_DAMAGED,
    "disposed": MovementReason.FBA_DISPOSED,
    "other events": MovementReason.FBA_OTHER,
    "unknown events": MovementReason.FBA_UNKNOWN,
}
"""By the column of the summary. What buyers were sent is not among them: each order books its own units."""
_FURTHER_COUNTRIES = {"CZ": Pool.EU, "SK": Pool.EU}
"""Where warehouses of a pool stand, and no marketplace is."""


def reason_of(column: str) -> MovementReason:
    """A column that is not known is an other event."""
    return REASONS.get(column, MovementReason.FBA_OTHER)


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """An item at an FBA site on one day: sellable units of all its SKUs in all countries of the pool.

    `events`: units that came or went, by reason, without 0; `shipped`: to buyers (negative).
    """

    item_id: int
    day: date
    events: Mapping[MovementReason, int] = field(default_factory=dict)
    shipped: int = 0
    starting: int | None = None
    ending: int | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row of the report whose item is known."""

    item_id: int
    day: date
    starting: int | None
    ending: int | None
    events: Mapping[str, int]


def days_of(rows: Iterable[ItemRow]) -> tuple[LedgerDay, ...]:
    """Added up by item and day, in this order."""
    events: dict[tuple[int, date], dict[MovementReason, int]] = {}
    shipped: dict[tuple[int, date], int] = {}
    balances: dict[tuple[int, date], list[tuple[int | None, int | None]]] = {}
    for row in rows:
        key = (row.item_id, row.day)
        of_key = events.setdefault(key, {})
        for column, units in row.events.items():
            if column == SHIPPED:
                shipped[key] = shipped.get(key, 0) + units
            else:
                reason = reason_of(column)
                of_key[reason] = of_key.get(reason, 0) + units
        balances.setdefault(key, []).append((row.starting, row.ending))
    return tuple(
        LedgerDay(
            item_id=key[0],
            day=key[1],
            events={reason: units for reason, units in sorted(events[key].items()) if units},
            shipped=shipped.get(key, 0),
            starting=_sum([start for start, _ in balances[key]]),
            ending=_sum([end for _, end in balances[key]]),
        )
        for key in sorted(events)
    )


def _sum(numbers: Sequence[int | None]) -> int | None:
    """Known only where each is: blank is not 0."""
    known = [one for one in numbers if one is not None]
    return sum(known) if len(known) == len(numbers) else None


def newly_explained(
    reported: Mapping[MovementReason, int], booked: Mapping[MovementReason, int]
) -> dict[MovementReason, int]:
    """Units by reason that the ledger says now and that are not booked with it yet; Amazon corrects what it said."""
    changes = {reason: reported.get(reason, 0) - booked.get(reason, 0) for reason in {*reported, *booked}}
    return {reason: units for reason, units in sorted(changes.items()) if units}


def countries_of(pool: Pool, country: str = "") -> frozenset[str]:
    """Where a pool's warehouses stand; outside the three pools that of the marketplace's own `country`."""
    if pool is Pool.OTHER:
        return frozenset({country} - {""})
    own = {facts.country for facts in MARKETPLACES if facts.pool is pool}
    return frozenset(own | {code for code, of in _FURTHER_COUNTRIES.items() if of is pool})


def days_to_read(newest: date | None, today: date) -> tuple[date, date]:
    """The first and the last day of the next report: whole days, the last ones again, and those that are missing."""
    last = today - timedelta(days=1)
    earliest = today - timedelta(days=DAYS_AT_FIRST)
    if newest is None:
        return earliest, last
    return max(earliest, min(newest + timedelta(days=1), today - timedelta(days=DAYS_READ_AGAIN))), last
