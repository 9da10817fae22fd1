"""Parcels of the seller's, and what comes back; what people intend is carried out."""

import random
from collections.abc import Sequence
from typing import Any

from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Confirmation, FbaStock, Intent, Item, Order, Package, Return
from amazon_simulator.world.orders import Orders
from amazon_simulator.world.refusals import NotPossible
from amazon_simulator.world.warehouses import DISPOSITIONS

REASONS = (
    "UNWANTED_ITEM", "ORDERED_WRONG_ITEM", "DEFECTIVE", "NOT_AS_DESCRIBED", "DAMAGED_BY_CARRIER",
    "MISSED_ESTIMATED_DELIVERY", "SWITCHEROO", "QUALITY_UNACCEPTABLE",
)  # fmt: skip
"""Why buyers send things back. Source: FBA customer returns report."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class World(Orders):
    """All layers together."""

    # --- shipments

    def confirm(self, order: Order, package: Package, now: float) -> str:
        """Take a package of the seller's; answers created or edited. NotPossible = refused."""
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
        self.touch(order)
        return "created" if known is None else "edited"

    def note_confirmation(self, confirmation: Confirmation) -> None:
        self.make(confirmation)

    def tell_pick_up(self, order: Order, status: str, wanted: dict[str, int], now: float) -> None:
        """What the seller tells of an order that the buyer fetches: ReadyForPickup, PickedUp, RefusedPickup.

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
            self.cancel(order, "BUYER", now)
            return
        if status == "PickedUp":
            for item in order.items:
                item.shipped += (wanted or left).get(item.id, 0)
            whole = all(item.shipped + item.cancelled >= item.quantity for item in order.items)
            order.status = "SHIPPED" if whole else "PARTIALLY_SHIPPED"
        order.updated = now
        self.touch(order)

    # --- returns

    def take_back(
        self,
        order: Order,
        item_id: str,
        quantity: int,
        at: float,
        *,
        reason: str = REASONS[0],
        disposition: str = "SELLABLE",
    ) -> Return:
        """A buyer sends units back: to the seller (FBM), or to Amazon, which puts them on a shelf (FBA)."""
        item = next((one for one in order.items if one.id == item_id), None)
        if item is None:
            raise NotPossible(f"orderItemId: {order.id} has no item {item_id[:60]}")
        left = item.shipped - self.returned.get((order.id, item.id), 0)
        if not 1 <= quantity <= left:
            raise NotPossible(f"quantity: {left} of {order.id}, {item.id} can come back")
        fba = order.fulfilled_by == "AMAZON"
        if disposition not in DISPOSITIONS:
            raise NotPossible(f"disposition: choose one of {', '.join(DISPOSITIONS)}")
        back = Return(
            number=len(self.returns),
            at=at,
            seller=order.seller,
            order=order.id,
            order_item=item.id,
            sku=item.sku,
            asin=item.asin,
            quantity=quantity,
            reason=reason,
            disposition=disposition if fba else "",
            license_plate=_license_plate(order.id, len(self.returns)) if fba else "",
            kind="FBA" if fba else "FBM",
        )
        self.make(back)
        if fba:
            self._shelve(order, item, back)
        return back

    def _shelve(self, order: Order, item: Item, back: Return) -> None:
        stock = self.fba[(order.seller, MARKETS[order.marketplace].pool, item.sku)]
        if back.disposition == "SELLABLE":
            stock.fulfillable += back.quantity
        else:
            stock.unfulfillable += back.quantity
        self.touch(stock)
        self._note(stock, "CustomerReturns", back.quantity, back.at, disposition=back.disposition, reference=back.order)

    # --- what people intend

    def _carry_out(self, intent: Intent, at: float) -> None:
        try:
            if intent.verb in ("cancel", "ask", "pay", "return"):
                self._do_to_order(self.orders[intent.subject], intent.verb, intent.told, at)
            else:
                self._do_to_stock(self.stock(*intent.told["stock"]), intent.verb, intent.told, at)
        except NotPossible:
            return  # it was shipped, cancelled or sold meanwhile: people give up then

    def _do_to_order(self, order: Order, verb: str, told: dict[str, Any], at: float) -> None:
        match verb:
            case "cancel":
                self.cancel(order, told["by"], at)
            case "ask":
                self.ask_to_cancel(order, told["reason"], at)
            case "pay":
                self.pay(order, at)
            case _:
                self.take_back(
                    order, told["item"], told["quantity"], at, reason=told["reason"], disposition=told["disposition"]
                )

    def _do_to_stock(self, stock: FbaStock, verb: str, told: dict[str, Any], at: float) -> None:
        match verb:
            case "receive":
                self.receive(stock, told["quantity"], at, told.get("reference", ""))
            case "lose":
                self.lose(stock, told["quantity"], at)
            case "find":
                self.find(stock, told["quantity"], at)
            case "damage":
                self.damage(stock, told["quantity"], at)
            case _:
                raise ValueError(f"{verb}: nobody knows how to do that")


def _license_plate(order_id: str, number: int) -> str:
    chance = random.Random(f"{order_id}:{number}")
    return f"LPN{_letters(chance, 'RN')}{chance.randrange(10**9):09d}"


def _letters(chance: random.Random, first: Sequence[str]) -> str:
    return chance.choice(first) + chance.choice(LETTERS)
