"""Amazon's usage plans: token buckets for each application, seller account and operation, counted.

Rates and bursts are those of the published models. Refill by trade time at arrival.
"""

from collections.abc import Iterator
from typing import ClassVar

from amazon_simulator.access.entities import Counter
from amazon_simulator.core.store import Entity

PLANS: dict[str, tuple[float, int]] = {
    "getMarketplaceParticipations": (0.016, 15),
    "getAccount": (0.016, 15),
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "getOrders": (0.0167, 20),
    "getOrderV0": (0.5, 30),
    "getOrderBuyerInfo": (0.5, 30),
    "getOrderAddress": (0.5, 30),
    "getOrderItems": (0.5, 30),
    "getOrderItemsBuyerInfo": (0.5, 30),
    "getOrderRegulatedInfo": (0.5, 30),
    "updateVerificationStatus": (0.5, 30),
    "updateShipmentStatus": (5.0, 15),
    "confirmShipment": (2.0, 10),
    "searchListingsItems": (5.0, 5),
    "getListingsItem": (5.0, 10),
    "patchListingsItem": (5.0, 5),
    "putListingsItem": (5.0, 10),
    "deleteListingsItem": (5.0, 5),
    "searchCatalogItems": (2.0, 2),
    "getCatalogItem": (2.0, 2),
    "getInventorySummaries": (2.0, 2),
    "getFulfillmentPreview": (2.0, 30),
    "createFulfillmentOrder": (2.0, 30),
    "listAllFulfillmentOrders": (2.0, 30),
    "getFulfillmentOrder": (2.0, 30),
    "updateFulfillmentOrder": (2.0, 30),
    "cancelFulfillmentOrder": (2.0, 30),
    "getPackageTrackingDetails": (2.0, 30),
    "createDestination": (1.0, 5),
    "getDestinations": (1.0, 5),
    "getDestination": (1.0, 5),
    "deleteDestination": (1.0, 5),
    "getSubscriptions": (1.0, 5),
    "createSubscription": (1.0, 5),
    "getSubscription": (1.0, 5),
    "getSubscriptionById": (1.0, 5),
    "deleteSubscriptionById": (1.0, 5),
    "sendTestNotification": (1.0, 5),
    "getEligibleShipmentServices": (6.0, 12),
    "createShipment": (2.0, 2),
    "getShipment": (1.0, 1),
    "cancelShipment": (1.0, 1),
    "getAdditionalSellerInputs": (1.0, 1),
    "getRates": (80.0, 100),
    "directPurchaseShipment": (80.0, 100),
    "purchaseShipment": (80.0, 100),
    "oneClickShipment": (80.0, 100),
    "getTracking": (80.0, 100),
    "getShipmentDocuments": (80.0, 100),
    "cancelShipmentV2": (80.0, 100),
    "getAdditionalInputs": (80.0, 100),
    "getCarrierAccountFormInputs": (80.0, 100),
    "getCarrierAccounts": (80.0, 100),
    "linkCarrierAccount": (80.0, 100),
    "linkCarrierAccountByPost": (5.0, 10),
    "unlinkCarrierAccount": (80.0, 100),
    "generateCollectionForm": (80.0, 100),
    "getCollectionFormHistory": (80.0, 100),
    "getUnmanifestedShipments": (80.0, 100),
    "getCollectionForm": (80.0, 100),
    "getAccessPoints": (80.0, 100),
    "submitNdrFeedback": (80.0, 100),
    "createClaim": (80.0, 100),
    "getFeeds": (0.0222, 10),
    "createFeed": (0.0083, 15),
    "cancelFeed": (2.0, 15),
    "getFeed": (2.0, 15),
    "createFeedDocument": (0.5, 15),
    "getFeedDocument": (0.0222, 10),
    "getReports": (0.0222, 10),
    "createReport": (0.0167, 15),
    "cancelReport": (0.0222, 10),
    "getReport": (2.0, 15),
    "getReportSchedules": (0.0222, 10),
    "createReportSchedule": (0.0222, 10),
    "cancelReportSchedule": (0.0222, 10),
    "getReportSchedule": (0.0222, 10),
    "getReportDocument": (0.0167, 15),
    "listTransactions": (0.5, 10),
    "createRestrictedDataToken": (1.0, 10),
    "rotateApplicationClientSecret": (0.0167, 1),
}
"""Operation → (calls a second, burst)."""


SANDBOX = "sandbox "
"""Before the name of an operation that the static sandbox was called for."""
SANDBOX_PLAN = (5.0, 15)
EVERY = "*"


class Limit(Entity, tag="limit"):
    """Another rate and burst than the published ones; "*" is every seller, every operation."""

    seller: str
    operation: str
    rate: float
    burst: int
    gone: bool = False


class Consumer(Entity, tag="consumer", kw_only=True):
    """Another application of the seller's that calls an operation `rate` times a second, from `since` to `until`."""

    number: int
    seller: str
    operation: str
    rate: float
    since: float
    until: float
    gone: bool = False

    def fits(self, seller: str, operation: str) -> bool:
        return self.seller in (EVERY, seller) and self.operation in (EVERY, operation)


class Lifted(Entity, tag="lifted"):
    lifted: bool


class Limits:
    """One bucket for each (seller, operation). `lifted` counts without refusing (for benchmarks)."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Counter, Limit, Lifted, Consumer)

    def __init__(self, *, lifted: bool = False) -> None:
        self.lifted = lifted
        self._stored_lift: Lifted | None = None
        self.changed: list[Entity] = []
        self.counters: dict[tuple[str, str], Counter] = {}
        self.overrides: dict[tuple[str, str], Limit] = {}
        self.consumers: list[Consumer] = []
        self._last_consumer = 0

    def plan(self, seller: str, operation: str) -> tuple[float, int]:
        """Calls a second and burst: the most specific override, or what is published."""
        if self.overrides:
            for key in ((seller, operation), (seller, EVERY), (EVERY, operation), (EVERY, EVERY)):
                if key in self.overrides:
                    return self.overrides[key].rate, self.overrides[key].burst
        return SANDBOX_PLAN if operation.startswith(SANDBOX) else PLANS[operation]

    def put(self, entity: Entity) -> None:
        match entity:
            case Counter():
                self.counters[(entity.seller, entity.operation)] = entity
            case Limit(gone=True):
                self.overrides.pop((entity.seller, entity.operation), None)
            case Limit():
                self.overrides[(entity.seller, entity.operation)] = entity
            case Consumer():
                self._last_consumer = max(self._last_consumer, entity.number)
                others = [one for one in self.consumers if one.number != entity.number]
                self.consumers = others if entity.gone else [*others, entity]
            case Lifted():
                self.lifted, self._stored_lift = entity.lifted, entity
            case _:
                pass

    def everything(self) -> Iterator[Entity]:
        if self._stored_lift is not None:
            yield self._stored_lift
        yield from self.overrides.values()
        yield from self.consumers
        yield from self.counters.values()

    def turn(self, now: float) -> None:
        """Buckets are refilled when they are read."""

    def take(self, seller: str, operation: str, now: float) -> bool:
        """Whether the call is within the plan; counts it either way."""
        rate, burst = self.plan(seller, operation)
        counter = self.counters.get((seller, operation))
        if counter is None:
            begun = [one.since for one in self.consumers if one.fits(seller, operation)]
            counter = Counter(seller, operation, tokens=burst, counted=min([now, *begun]))
            self.put(counter)
        level, own = self._level(counter, now, rate, burst), self._own_level(counter, now, rate, burst)
        counter.counted = max(now, counter.counted)
        counter.calls += 1
        self.changed.append(counter)
        if level < 1 and not self.lifted:
            counter.tokens = level
            if own < 1:
                counter.refused += 1
            else:
                counter.others += 1
                counter.own = own - 1  # without the others this call would have been let through
            return False
        counter.tokens = max(0.0, level - 1)
        counter.own = None if own == level else max(0.0, own - 1)
        return True

    def note_refusal(self, seller: str, operation: str) -> None:
        """A call that the plan let through was refused by another limit."""
        counter = self.counters[(seller, operation)]
        counter.refused += 1
        self.changed.append(counter)

    def _level(self, counter: Counter, now: float, rate: float, burst: int) -> float:
        """What the bucket holds now: filled by the plan, drained by other applications while they call."""
        thirsty = [one for one in self.consumers if one.fits(counter.seller, counter.operation)]
        ends = {one for each in thirsty for one in (each.since, each.until) if counter.counted < one < now}
        level, at = counter.tokens, counter.counted
        for until in (*sorted(ends), now):
            drained = sum(one.rate for one in thirsty if one.since <= at < one.until)
            level = max(0.0, min(float(burst), level + max(0.0, until - at) * (rate - drained)))
            at = max(at, until)
        return level

    @staticmethod
    def _own_level(counter: Counter, now: float, rate: float, burst: int) -> float:
        """What it would hold without other applications."""
        before = counter.tokens if counter.own is None else counter.own
        return min(float(burst), before + max(0.0, now - counter.counted) * rate)

    def left(self, counter: Counter, now: float) -> float:
        """Calls that the bucket would let through now."""
        return self._level(counter, now, *self.plan(counter.seller, counter.operation))

    @property
    def refused(self) -> int:
        """Calls that were too many without any other application."""
        return sum(counter.refused for counter in self.counters.values())

    @property
    def refused_by_others(self) -> int:
        """Calls that were refused only because another application had used the limit up."""
        return sum(counter.others for counter in self.counters.values())

    # --- by command

    def override(self, seller: str, operation: str, rate: float, burst: int) -> Limit:
        """Another plan from now on; its buckets begin full."""
        limit = Limit(seller, operation, rate, burst)
        self._make(limit)
        for counter in self._of(seller, operation):
            counter.tokens = float(self.plan(counter.seller, counter.operation)[1])
            self.changed.append(counter)
        return limit

    def restore(self, seller: str = EVERY, operation: str = EVERY) -> None:
        """The published plans again: of one seller or operation, or of all."""
        for limit in list(self.overrides.values()):
            if seller in (EVERY, limit.seller) and operation in (EVERY, limit.operation):
                self._make(Limit(limit.seller, limit.operation, limit.rate, limit.burst, gone=True))

    def reset(self, seller: str = EVERY, operation: str = EVERY) -> None:
        """Buckets full, counts at zero."""
        for counter in self._of(seller, operation):
            counter.calls = counter.refused = counter.others = 0
            counter.own = None
            counter.tokens = float(self.plan(counter.seller, counter.operation)[1])
            self.changed.append(counter)

    def let_another_call(self, seller: str, operation: str, rate: float, now: float, until: float) -> Consumer:
        """Another application of the seller's calls, too, until then."""
        consumer = Consumer(
            number=self._last_consumer + 1, seller=seller, operation=operation, rate=rate, since=now, until=until
        )
        self._make(consumer)
        return consumer

    def stop_others(self, number: int | None, now: float) -> None:
        """All other applications are still, or one by its number. What they have used up stays used."""
        for consumer in [one for one in self.consumers if number is None or one.number == number]:
            consumer.until = min(consumer.until, now)
            self._make(consumer)

    def lift(self, lifted: bool) -> None:
        self._make(Lifted(lifted))

    def _make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    def _of(self, seller: str, operation: str) -> list[Counter]:
        return [
            counter
            for counter in self.counters.values()
            if seller in (EVERY, counter.seller) and operation in (EVERY, counter.operation)
        ]
