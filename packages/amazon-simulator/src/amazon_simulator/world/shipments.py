"""The seller's own parcels: shipped, or fetched by the buyer."""

from amazon_simulator.world.entities import Order, Package
from amazon_simulator.world.orders import Orders
from amazon_simulator.world.records import Records
from amazon_simulator.world.refusals import NotPossible


class Shipments:
    def __init__(self, records: Records, orders: Orders) -> None:
        self._records = records
        self._orders = orders

    def confirm(self, order: Order, package: Package, now: float) -> str:
        """Take a package of the seller's; returns created or edited. NotPossible = refused."""
        known = next((held for held in order.packages if held.reference == package.reference), None)
        before = dict(known.items) if known is not None else {}
        items = {item.id: item for item in order.items}
        wanted: dict[str, int] = {}
        for item_id, quantity in package.items:
            if item_id not in items:
                raise NotPossible("OrderItemId")
            wanted[item_id] = wanted.get(item_id, 0) + quantity
            left = items[item_id].quantity - items[item_id].cancelled - items[item_id].shipped
            if quantity < 1 or wanted[item_id] > left + before.get(item_id, 0):
                raise NotPossible("already fulfilled")
        for item_id, item in items.items():
            item.shipped += wanted.get(item_id, 0) - before.get(item_id, 0)
        package.items = list(wanted.items())
        if known is not None:
            order.packages[order.packages.index(known)] = package
        else:
            order.packages.append(package)
        whole = all(item.shipped + item.cancelled >= item.quantity for item in order.items)
        order.status = "SHIPPED" if whole else "PARTIALLY_SHIPPED"
        order.updated = now
        self._records.touch(order)
        return "created" if known is None else "edited"

    def set_pick_up(self, order: Order, status: str, wanted: dict[str, int], now: float) -> None:
        """The pick-up status of an order that the buyer fetches: ReadyForPickup, PickedUp, RefusedPickup.

        `wanted`: order item → units, empty for all that is left.
        """
        if "IN_STORE_PICK_UP" not in order.programs or order.fulfilled_by != "MERCHANT":
            raise NotPossible(f"{order.id} is not picked up by its buyer")
        if order.status not in ("UNSHIPPED", "PARTIALLY_SHIPPED"):
            raise NotPossible(f"{order.id} is {order.status}")
        left = {item.id: item.quantity - item.cancelled - item.shipped for item in order.items}
        if any(not 1 <= units <= left.get(item_id, 0) for item_id, units in wanted.items()):
            raise NotPossible("OrderItemId")
        order.pick_up = status
        if status == "RefusedPickup":
            self._orders.cancel(order, "BUYER", now)
            return
        if status == "PickedUp":
            for item in order.items:
                item.shipped += (wanted or left).get(item.id, 0)
            whole = all(item.shipped + item.cancelled >= item.quantity for item in order.items)
            order.status = "SHIPPED" if whole else "PARTIALLY_SHIPPED"
        order.updated = now
        self._records.touch(order)
