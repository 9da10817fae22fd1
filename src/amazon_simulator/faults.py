"""Faults on command: each by count, probability or window, for an operation and a seller, seeded."""

import random
from typing import Any

import msgspec

KINDS = (
    "throttle", "500", "503", "slow", "cut_before", "cut_after", "html", "broken_json",
    "accepted_not_applied", "invalid", "token_expired",
)  # fmt: skip
"""What can be made to happen. cut_after: the connection breaks after the write was done."""


class Fault(msgspec.Struct):
    """`count` times (0 = without end), with `probability`, between `since` and `until` (trade seconds)."""

    kind: str
    operation: str = "*"
    seller: str = "*"
    count: int = 1
    probability: float = 1.0
    since: float = 0.0
    until: float = float("inf")
    seconds: float = 2.0
    hits: int = 0
    number: int = 0

    def fits(self, operation: str, seller: str, now: float) -> bool:
        left = self.count == 0 or self.hits < self.count
        return (
            left
            and self.operation in ("*", operation)
            and self.seller in ("*", seller)
            and self.since <= now <= self.until
        )


class Faults:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.faults: list[Fault] = []
        self._serial = 0

    def add(self, told: dict[str, Any]) -> Fault:
        """ValueError names the field that is wrong."""
        kind = told.get("kind")
        if kind not in KINDS:
            raise ValueError(f"kind: “{kind}” is no fault; choose one of {', '.join(KINDS)}")
        self._serial += 1
        fault = Fault(
            kind=kind,
            operation=str(told.get("operation", "*")),
            seller=str(told.get("sellerId", "*")),
            count=int(told.get("count", 0 if "probability" in told or "window" in told else 1)),
            probability=float(told.get("probability", 1.0)),
            seconds=float(told.get("seconds", 2.0)),
            number=self._serial,
        )
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        self.faults.clear()

    def strike(self, operation: str, seller: str, now: float) -> Fault | None:
        """The first fault that happens to this call, if any."""
        for fault in self.faults:
            if fault.fits(operation, seller, now) and self._chance.random() < fault.probability:
                fault.hits += 1
                return fault
        return None
