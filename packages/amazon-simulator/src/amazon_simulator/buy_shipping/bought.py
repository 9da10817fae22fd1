"""Labels that sellers have bought at Amazon, and their refunds. Source: model merchantFulfillmentV0.json."""

from collections.abc import Iterator
from typing import Any, ClassVar

from amazon_simulator.core.store import Entity

DAY = 24 * 3600.0
REFUND_TAKES = DAY
CANCELLED_WITHIN = 5 * DAY
"""After that carriers refund nothing. Their rules differ; the model only states that there is such a window."""
PURCHASED, PENDING, REJECTED, APPLIED = "Purchased", "RefundPending", "RefundRejected", "RefundApplied"


class BoughtLabel(Entity, tag="bought label"):
    """`service`: the offer that was bought, as it is sent. `reference`: of the order's package that it stands on.

    `replaced`: another label was bought for that package after this one was cancelled.
    """

    id: str
    seller: str
    order: str
    reference: str
    items: list[dict[str, Any]]
    ship_from: dict[str, Any]
    dimensions: dict[str, Any]
    weight: dict[str, Any]
    service: dict[str, Any]
    insurance: dict[str, Any]
    format: str
    tracking: str
    created: float
    updated: float
    mark: str = ""
    custom_text: str = ""
    standard_id: str = ""
    seller_order: str = ""
    status: str = PURCHASED
    refund_at: float | None = None
    replaced: bool = False

    @property
    def units(self) -> list[tuple[str, int]]:
        return [(item["OrderItemId"], item["Quantity"]) for item in self.items]


class BoughtLabels:
    """A store."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (BoughtLabel,)

    def __init__(self) -> None:
        self.changed: list[Entity] = []
        self.held: dict[str, BoughtLabel] = {}
        self._of_order: dict[str, list[str]] = {}
        self._refunding: set[str] = set()

    def put(self, entity: Entity) -> None:
        if isinstance(entity, BoughtLabel):
            if entity.id not in self.held:
                self._of_order.setdefault(entity.order, []).append(entity.id)
            self.held[entity.id] = entity
            if entity.refund_at is not None:
                self._refunding.add(entity.id)

    def everything(self) -> Iterator[Entity]:
        yield from self.held.values()

    def make(self, label: BoughtLabel) -> None:
        self.put(label)
        self.changed.append(label)

    def of_order(self, order: str) -> list[BoughtLabel]:
        return [self.held[one] for one in self._of_order.get(order, ())]

    def cancel(self, label: BoughtLabel, now: float) -> None:
        """The carrier decides a day later; one that is cancelled already stays as it is."""
        if label.status == PURCHASED:
            label.status, label.updated, label.refund_at = PENDING, now, now + REFUND_TAKES
            self.make(label)

    def due(self) -> float | None:
        times = (self.held[one].refund_at for one in self._refunding)
        return min((at for at in times if at is not None), default=None)

    def turn(self, now: float) -> None:
        """Carriers give the money back, or not: too late is too late."""
        for label in [self.held[one] for one in self._refunding]:
            if label.refund_at is not None and label.refund_at <= now:
                self._refunding.discard(label.id)
                late = label.refund_at - REFUND_TAKES > label.created + CANCELLED_WITHIN
                label.status, label.updated, label.refund_at = (REJECTED if late else APPLIED), now, None
                self.changed.append(label)
