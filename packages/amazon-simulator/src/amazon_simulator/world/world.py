"""All of the world together: what is there, and who may change it."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from amazon_simulator.core.store import Entity
from amazon_simulator.world.intents import Intents
from amazon_simulator.world.orders import Orders
from amazon_simulator.world.quantities import Quantities
from amazon_simulator.world.records import Records
from amazon_simulator.world.returns import Returns
from amazon_simulator.world.shipments import Shipments
from amazon_simulator.world.warehouses import Warehouses


class World:
    """A store. What is there is read here (the same tables as in `records`); each kind of change has its own part."""

    kinds: ClassVar[tuple[type[Entity], ...]] = Records.kinds

    def __init__(
        self,
        *,
        lateness: Callable[[str, float], float] = lambda seller, now: 0.0,
        rounding: Callable[[str, float], bool] = lambda seller, now: False,
    ) -> None:
        """As of `Orders`."""
        records = self.records = Records()
        self.quantities = Quantities(records)
        self.warehouses = Warehouses(records)
        self.ordering = Orders(records, self.quantities, self.warehouses, lateness, rounding)
        self.shipments = Shipments(records, self.ordering)
        self.returning = Returns(records, self.warehouses)
        self._intents = Intents(records, self.ordering, self.warehouses, self.returning)
        self.sellers = records.sellers
        self.listings = records.listings
        self.by_seller = records.by_seller
        self.fba = records.fba
        self.orders = records.orders
        self.shelves = records.shelves
        self.confirmations = records.confirmations
        self.returns = records.returns
        self.returned = records.returned
        self.fba_events = records.fba_events
        self.writes = records.writes
        self.changed = records.changed

    def put(self, entity: Entity) -> None:
        self.records.put(entity)

    def everything(self) -> Iterator[Entity]:
        return self.records.everything()

    def due(self) -> float | None:
        return self.records.due()

    def turn(self, now: float) -> None:
        """Let everything happen that is due: payments, Amazon's parcels, quantities, planned acts."""
        while (found := self.records.pop_due(now)) is not None:
            at, kind, first, second = found
            if kind == "order":
                self.ordering.turn(self.orders[first], at)
            elif kind == "listing":
                self.quantities.turn(self.listings[(first, second)], at)
            else:
                self._intents.turn(self.records.intents.get(int(first)), at)
