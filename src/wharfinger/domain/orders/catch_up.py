"""Catching up when far behind: searched from the oldest change on, and downloaded by number from the newest back. Pure.

Amazon gives each of the two operations a budget of its own; used together they meet in the middle. The numbers come of
an order report by last update: once each of them was read one way or the other, everything up to its end is here.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import floor

ORDERS_A_PAGE = 100
_LONGEST = 366 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Bucket:
    """A rate limit as it stands: tokens now, and how many come back in a second."""

    tokens: Decimal
    rate: Decimal

    def calls_within(self, seconds: int) -> int:
        return max(0, floor(self.tokens + self.rate * seconds))


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds` until everything is here, None = never at these rates. `binds`: whose refill it waits for."""

    seconds: int | None
    by_search: int
    by_number: int
    binds: tuple[str, ...]


def plan(orders: int, search: Bucket, get: Bucket, *, names: tuple[str, str] = ("searchOrders", "getOrder")) -> Plan:
    """How soon so many orders can be here when both budgets are used from now on, and which of the two it waits for."""
    if orders <= 0:
        return Plan(0, 0, 0, ())
    if _read(orders, search, get, _LONGEST) < orders:
        return Plan(None, 0, 0, names)
    soonest, latest = 0, _LONGEST
    while soonest < latest:
        middle = (soonest + latest) // 2
        if _read(orders, search, get, middle) >= orders:
            latest = middle
        else:
            soonest = middle + 1
    by_number = min(orders, get.calls_within(soonest))
    by_search = orders - by_number
    used = ((names[0], search, -(-by_search // ORDERS_A_PAGE)), (names[1], get, by_number))
    binds = tuple(name for name, bucket, calls in used if calls > bucket.tokens)
    return Plan(soonest, by_search, by_number, binds)


def _read(orders: int, search: Bucket, get: Bucket, seconds: int) -> int:
    return min(orders, search.calls_within(seconds) * ORDERS_A_PAGE + get.calls_within(seconds))
