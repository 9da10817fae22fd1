"""Amazon's usage plans: token buckets for each application, seller account and operation, counted.

Rates and bursts are those of the published models. Refill by trade time at arrival.
"""

from collections.abc import Iterator
from typing import ClassVar

from amazon_simulator.entities import Counter
from amazon_simulator.store import Entity

PLANS: dict[str, tuple[float, int]] = {
    "getMarketplaceParticipations": (0.016, 15),
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2.0, 10),
    "searchListingsItems": (5.0, 5),
    "getListingsItem": (5.0, 10),
    "patchListingsItem": (5.0, 5),
    "getInventorySummaries": (2.0, 2),
}
"""Operation → (calls a second, burst)."""


class Limits:
    """One bucket for each (seller, operation). `lifted` counts without refusing (for benchmarks)."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Counter,)

    def __init__(self, *, lifted: bool = False) -> None:
        self.lifted = lifted
        self.changed: list[Entity] = []
        self.counters: dict[tuple[str, str], Counter] = {}
        self.overrides: dict[tuple[str, str], tuple[float, int]] = {}

    def plan(self, seller: str, operation: str) -> tuple[float, int]:
        return self.overrides.get((seller, operation), PLANS[operation])

    def put(self, entity: Entity) -> None:
        if isinstance(entity, Counter):
            self.counters[(entity.seller, entity.operation)] = entity

    def everything(self) -> Iterator[Entity]:
        yield from self.counters.values()

    def turn(self, now: float) -> None:
        """Buckets are refilled when they are asked."""

    def take(self, seller: str, operation: str, now: float) -> bool:
        """Whether the call is within the plan; counts it either way."""
        rate, burst = self.plan(seller, operation)
        counter = self.counters.get((seller, operation))
        if counter is None:
            counter = Counter(seller, operation, tokens=burst, counted=now)
            self.put(counter)
        level = min(float(burst), counter.tokens + max(0.0, now - counter.counted) * rate)
        counter.counted = max(now, counter.counted)
        counter.calls += 1
        self.changed.append(counter)
        if level < 1 and not self.lifted:
            counter.tokens = level
            counter.refused += 1
            return False
        counter.tokens = max(0.0, level - 1)
        return True

    @property
    def refused(self) -> int:
        return sum(counter.refused for counter in self.counters.values())
