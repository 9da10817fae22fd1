"""When an order must leave and when it must arrive, as Amazon sends it.

Both end on the marketplace's own midnight minus one second and on working days; a service of the same day counts from
the cut-off hour of the seller's place. Source: captured orders (UK, US), help pages on handling time.
"""

import functools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amazon_simulator.world.catalogue import MARKETS, REGION_OF
from amazon_simulator.world.entities import Order
from amazon_simulator.world.working_days import working_day

CUT_OFF = 14
"""Hour of the seller's place until which an order of a quick service leaves on its own day."""
PLACES = {"EU": ("Europe/London", "GB"), "NA": ("America/New_York", "US"), "FE": ("Asia/Tokyo", "JP")}
"""Region → where its seller's default location is: zone, country."""


@dataclass(frozen=True, slots=True)
class Service:
    """Working days: `handling` from the order to the parcel (0: by the cut-off hour), `first` and `last` to arrive."""

    handling: int
    first: int
    last: int


SERVICES = {
    "STANDARD": Service(2, 1, 3),
    "FREE_ECONOMY": Service(2, 3, 8),
    "SCHEDULED": Service(2, 2, 2),
    "EXPEDITED": Service(1, 1, 2),
    "SECOND_DAY": Service(0, 1, 2),
    "NEXT_DAY": Service(0, 1, 1),
    "PRIORITY": Service(0, 1, 1),
    "SAME_DAY": Service(0, 0, 0),
}


@dataclass(frozen=True, slots=True)
class Windows:
    """Promised times, in Unix seconds."""

    ship_from: float
    ship_by: float
    deliver_from: float
    deliver_by: float


def windows(order: Order) -> Windows:
    """Counted from the order, or from when a pre-order's goods come out."""
    return _windows(order.marketplace, order.service_level, order.available_at or order.created)


@functools.lru_cache(maxsize=8192)
def _windows(marketplace: str, level: str, begin: float) -> Windows:
    market, service = MARKETS[marketplace], SERVICES.get(level, SERVICES["STANDARD"])
    zone, country = ZoneInfo(market.zone), PLACES[REGION_OF[marketplace]][1]
    if service.handling:
        today = datetime.fromtimestamp(begin, zone).date()
        first = working_day(country, today + timedelta(days=1))
        leaves, ship_from = working_day(country, first, service.handling - 1), _midnight(first, zone)
    else:
        leaves, ship_from = _same_day(begin, REGION_OF[marketplace]), begin
    return Windows(
        ship_from,
        _midnight(leaves + timedelta(days=1), zone) - 1,
        max(begin, _midnight(working_day(market.country, leaves, service.first), zone)),
        _midnight(working_day(market.country, leaves, service.last) + timedelta(days=1), zone) - 1,
    )


def _same_day(begin: float, region: str) -> date:
    """The working day on which a parcel leaves that was ordered before the cut-off hour, or after it."""
    zone, country = PLACES[region]
    here = datetime.fromtimestamp(begin, ZoneInfo(zone))
    late = here.hour >= CUT_OFF or working_day(country, here.date()) != here.date()
    return working_day(country, here.date() + timedelta(days=1)) if late else here.date()


def _midnight(day: date, zone: ZoneInfo) -> float:
    """Unix seconds of the day's beginning there."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
