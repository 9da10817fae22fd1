"""Orders of other shops that Amazon sends: the request. What becomes of it is an order of the world."""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from amazon_simulator.core.store import Entity
from amazon_simulator.world.entities import Order

RECEIVED_FOR, PLANNED_FOR = 60.0, 120.0
"""Seconds of trade time from its coming until an order is planned, and until it is picked."""


class Fulfilment(Entity, tag="fulfilment"):
    """One fulfilment order. `request`: the body of the seller's call. `held`: not sent before the seller releases it.

    `short`: the seller's item id → units that could not be had when it came.
    """

    number: int
    seller: str
    id: str
    order: str
    market: str
    received: float
    request: dict[str, Any] = msgspec.field(name="told")  # the name it has in journals
    held: bool = False
    short: dict[str, int] = {}

    def status(self, order: Order, now: float) -> tuple[str, float]:
        """Its state, and since when."""
        match order.status:
            case "UNFULFILLABLE":
                return "Unfulfillable", order.updated
            case "CANCELLED":
                return "Cancelled", order.updated
            case "SHIPPED":
                return "CompletePartialled" if self.short else "Complete", order.updated
            case _ if self.held:
                return "New", order.updated
            case _:
                return self._on_its_way(order.updated, now)

    @staticmethod
    def _on_its_way(since: float, now: float) -> tuple[str, float]:
        if now < since + RECEIVED_FOR:
            return "Received", since
        if now < since + PLANNED_FOR:
            return "Planning", since + RECEIVED_FOR
        return "Processing", since + PLANNED_FOR


class Fulfilments:
    """All of them, by seller and the seller's own id."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Fulfilment,)

    def __init__(self) -> None:
        self.changed: list[Entity] = []
        self.by_id: dict[tuple[str, str], Fulfilment] = {}
        self.by_number: list[Fulfilment] = []

    def put(self, entity: Entity) -> None:
        if not isinstance(entity, Fulfilment):
            return
        self.by_id[(entity.seller, entity.id)] = entity
        if entity.number == len(self.by_number):
            self.by_number.append(entity)
        else:
            self.by_number[entity.number] = entity

    def everything(self) -> Iterator[Entity]:
        yield from self.by_number

    def turn(self, now: float) -> None:
        """The world's order is sent by the world."""

    def make(self, entity: Fulfilment) -> None:
        self.put(entity)
        self.changed.append(entity)

    def of(self, seller: str) -> Iterator[Fulfilment]:
        return (one for one in self.by_number if one.seller == seller)
