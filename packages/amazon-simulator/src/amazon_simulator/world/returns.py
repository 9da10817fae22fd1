"""What buyers send back."""

import random
from collections.abc import Sequence

from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Item, Order, Return
from amazon_simulator.world.records import Records
from amazon_simulator.world.refusals import NotPossible
from amazon_simulator.world.warehouses import DISPOSITIONS, Warehouses

REASONS = (
    "UNWANTED_ITEM", "ORDERED_WRONG_ITEM", "DEFECTIVE", "NOT_AS_DESCRIBED", "DAMAGED_BY_CARRIER",
    "MISSED_ESTIMATED_DELIVERY", "SWITCHEROO", "QUALITY_UNACCEPTABLE",
)  # fmt: skip
"""Why buyers send things back. Source: FBA customer returns report."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Returns:
    def __init__(self, records: Records, warehouses: Warehouses) -> None:
        self._records = records
        self._warehouses = warehouses

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
        left = item.shipped - self._records.returned.get((order.id, item.id), 0)
        if not 1 <= quantity <= left:
            raise NotPossible(f"quantity: {left} of {order.id}, {item.id} can come back")
        fba = order.fulfilled_by == "AMAZON"
        if disposition not in DISPOSITIONS:
            raise NotPossible(f"disposition: choose one of {', '.join(DISPOSITIONS)}")
        back = Return(
            number=len(self._records.returns),
            at=at,
            seller=order.seller,
            order=order.id,
            order_item=item.id,
            sku=item.sku,
            asin=item.asin,
            quantity=quantity,
            reason=reason,
            disposition=disposition if fba else "",
            license_plate=_license_plate(order.id, len(self._records.returns)) if fba else "",
            kind="FBA" if fba else "FBM",
        )
        self._records.make(back)
        if fba:
            self._shelve(order, item, back)
        return back

    def _shelve(self, order: Order, item: Item, back: Return) -> None:
        stock = self._records.fba[(order.seller, MARKETS[order.marketplace].pool, item.sku)]
        if back.disposition == "SELLABLE":
            stock.fulfillable += back.quantity
        else:
            stock.unfulfillable += back.quantity
        self._records.touch(stock)
        self._warehouses.note(
            stock, "CustomerReturns", back.quantity, back.at, disposition=back.disposition, reference=back.order
        )


def _license_plate(order_id: str, number: int) -> str:
    chance = random.Random(f"{order_id}:{number}")
    return f"LPN{_letters(chance, 'RN')}{chance.randrange(10**9):09d}"


def _letters(chance: random.Random, first: Sequence[str]) -> str:
    return chance.choice(first) + chance.choice(LETTERS)
