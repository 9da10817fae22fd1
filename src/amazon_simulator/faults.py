"""Faults on command: each by count, probability or window, for an operation and a seller, seeded."""

import random
from collections.abc import Mapping
from typing import Any

import msgspec

from amazon_simulator.clock import from_iso
from amazon_simulator.limits import PLANS

KINDS = {
    "throttle": "429 although the budget is not used up",
    "500": "InternalFailure",
    "503": "service unavailable",
    "slow": "answers `seconds` of machine time later",
    "cut_before": "the connection breaks before anything was done",
    "cut_after": "the connection breaks after it was done",
    "html": "a front end's HTML page instead of JSON",
    "broken_json": "200 with JSON that breaks off",
    "token_expired": "the access token is worth nothing from now on",
    "revoked": "the seller's authorisation is withdrawn",
    "denied": "403 as for a missing role",
    "stale_read": "listings show the quantity before the last change",
    "orders_missing": "searchOrders leaves its first order out",
    "page_repeated": "searchOrders gives the first page again, with a token",
    "accepted_not_applied": "patchListingsItem says ACCEPTED and does nothing",
    "invalid": "patchListingsItem says INVALID",
}
"""What can be made to happen to a call."""
HAPPENINGS = {
    "late_orders": "a new order is not found by searchOrders until `seconds` of trade time later",
    "feed_stuck": "a feed stays IN_PROGRESS for `seconds` of trade time more",
    "feed_partly_refused": "every second message of a feed is refused with an error in its report",
    "feed_fatal": "a feed ends FATAL, nothing of it is done",
    "report_cancelled": "a report ends CANCELLED, without a document",
    "report_fatal": "a report ends FATAL",
    "notification_lost": "a notification is never delivered",
    "notification_doubled": "a notification is delivered twice",
    "notification_late": "a notification is delivered `seconds` of trade time later, after newer ones",
}
"""What can be made to happen in the world, whoever calls: always with operation “*”."""
ONLY_FOR = {
    "stale_read": ("searchListingsItems", "getListingsItem"),
    "orders_missing": ("searchOrders",),
    "page_repeated": ("searchOrders",),
    "accepted_not_applied": ("patchListingsItem",),
    "invalid": ("patchListingsItem",),
    **dict.fromkeys(HAPPENINGS, ()),
}


class Fault(msgspec.Struct, kw_only=True):
    """`count` times (0 = without end), with `probability`, between `since` and `until` (trade seconds)."""

    number: int
    kind: str
    operation: str
    seller: str
    count: int
    probability: float
    since: float
    until: float
    seconds: float
    chance: random.Random
    hits: int = 0

    def fits(self, operation: str, seller: str, now: float) -> bool:
        left = self.count == 0 or self.hits < self.count
        return (
            left
            and self.operation in ("*", operation)
            and (operation == self.kind or operation in ONLY_FOR.get(self.kind, (operation,)))
            and self.seller in ("*", seller)
            and self.since <= now <= self.until
        )


class Faults:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.faults: list[Fault] = []
        self._serial = 0

    def add(self, told: Mapping[str, Any]) -> Fault:
        """ValueError names the field that is wrong and what it may be."""
        kind, operation = told.get("kind"), str(told.get("operation", "*"))
        if kind not in KINDS and kind not in HAPPENINGS:
            raise ValueError(f"kind: “{kind}” is no fault; choose one of {', '.join((*KINDS, *HAPPENINGS))}")
        fitting = ("*", *ONLY_FOR.get(kind, PLANS))
        if operation not in fitting:
            raise ValueError(f"operation: “{operation}” does not fit {kind}; choose one of {', '.join(fitting)}")
        since, until = _window(told.get("window"))
        endless = "probability" in told or "window" in told
        self._serial += 1
        fault = Fault(
            number=self._serial,
            kind=kind,
            operation=operation,
            seller=str(told.get("sellerId", "*")),
            count=int(_number(told, "count", 0 if endless else 1, 0, 1e9)),
            probability=_number(told, "probability", 1.0, 0, 1),
            since=since,
            until=until,
            seconds=_number(told, "seconds", 2.0, 0, 600 if kind in KINDS else 1e7),
            chance=random.Random(f"{told.get('seed', self._seed)}:{self._serial}"),
        )
        self.faults.append(fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        """All of them, or one by its number."""
        self.faults = [] if number is None else [fault for fault in self.faults if fault.number != number]

    def happens(self, kind: str, seller: str, now: float) -> Fault | None:
        """The fault of this kind that strikes now: for HAPPENINGS, asked by whoever does them."""
        return self._first(kind, seller, now, [fault for fault in self.faults if fault.kind == kind])

    def strike(self, operation: str, seller: str, now: float) -> Fault | None:
        """The first fault that happens to this call, if any."""
        return self._first(operation, seller, now, [fault for fault in self.faults if fault.kind in KINDS])

    @staticmethod
    def _first(operation: str, seller: str, now: float, faults: list[Fault]) -> Fault | None:
        for fault in faults:
            if fault.fits(operation, seller, now) and fault.chance.random() < fault.probability:
                fault.hits += 1
                return fault
        return None


def _window(told: Any) -> tuple[float, float]:
    """{"since": ISO, "until": ISO} of trade time, either may be missing."""
    if told is None:
        return 0.0, float("inf")
    if not isinstance(told, dict) or not set(told) <= {"since", "until"}:
        raise ValueError('window: give {"since": ISO, "until": ISO} in trade time')
    try:
        since = from_iso(str(told["since"])) if "since" in told else 0.0
        return since, from_iso(str(told["until"])) if "until" in told else float("inf")
    except ValueError as fault:
        raise ValueError(f"window: {fault}; give times like 2026-12-01T00:00:00Z") from fault


def _number(told: Mapping[str, Any], name: str, default: float, least: float, most: float) -> float:
    value = told.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name}: give a number from {least:g} to {most:g}")
    return float(value)
