"""Units that Amazon sold beyond what there was, and quantities at Amazon that nothing accounts for. Pure.

Everything comes from two sets of books: the simulator's (orders with the moment they were placed, quantities sent with
the moments they were received and applied, what each listing showed and why) and ours (units that ever came in).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

StateReport = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of one line of an order that the seller sends, as Amazon's listing stood at that moment."""

    item_id: int
    seller_id: str
    sku: str
    units: int
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Write:
    """A quantity that was sent; `applied_at` None = nothing came of it."""

    seller_id: str
    sku: str
    quantity: int | None
    received_at: datetime
    applied_at: datetime | None

    def was_on_its_way(self, sale: Sold) -> bool:
        """The sale fell between the moment Amazon had the lower number and the moment it showed it."""
        if (self.seller_id, self.sku) != (sale.seller_id, sale.sku) or self.applied_at is None:
            return False
        return self.received_at <= sale.placed_at < self.applied_at


def oversold(sales: Iterable[Sold], came_in: Mapping[int, int], writes: Sequence[Write]) -> int:
    """Units sold at Amazon beyond what was on hand and received, less those of Amazon's own delay."""
    by_item: dict[int, list[Sold]] = defaultdict(list)
    for sale in sales:
        by_item[sale.item_id].append(sale)
    return sum(_beyond(rows, came_in.get(item, 0), writes) for item, rows in by_item.items())


def _beyond(sales: Sequence[Sold], came_in: int, writes: Sequence[Write]) -> int:
    """Of one item: the newest sales are those for which there was nothing left."""
    beyond = sum(sale.units for sale in sales) - came_in
    owed_to_delay = 0
    left = beyond
    for sale in sorted(sales, key=lambda sale: sale.placed_at, reverse=True):
        if left <= 0:
            break
        without_stock = min(left, sale.units)
        left -= without_stock
        if any(write.was_on_its_way(sale) for write in writes):
            owed_to_delay += without_stock
    return max(0, beyond - owed_to_delay)


def sales_of(orders: Iterable[StateReport], items: Mapping[tuple[str, str], int]) -> list[Sold]:
    """What the seller sends himself, of the SKUs that are linked; what was cancelled took nothing."""
    return [
        Sold(
            item_id=items[(order["sellerId"], line["sku"])],
            seller_id=order["sellerId"],
            sku=line["sku"],
            units=line["quantityOrdered"] - line["quantityCancelled"],
            placed_at=datetime.fromisoformat(order["createdTime"]),
        )
        for order in orders
        if order["fulfilledBy"] == "MERCHANT" and order["status"] != "CANCELLED"
        for line in order["items"]
        if (order["sellerId"], line["sku"]) in items
    ]


def writes_of(rows: Iterable[StateReport]) -> list[Write]:
    return [
        Write(
            seller_id=row["sellerId"],
            sku=row["sku"],
            quantity=row["quantity"],
            received_at=datetime.fromisoformat(row["receivedTime"]),
            applied_at=None if row["appliedTime"] is None else datetime.fromisoformat(row["appliedTime"]),
        )
        for row in rows
    ]


def is_explained(
    listing: StateReport, sent_at: datetime | None, writes: Iterable[StateReport], struck: Iterable[StateReport]
) -> bool:
    """Whether the simulator's books say why a listing shows another quantity than ours.

    An order or a cancellation after our last call; a call of ours that has not been applied, or never will be; a fault
    that met this SKU. A quantity that only our own applied calls made is explained by nothing.
    """
    last = listing["history"][-1] if listing["history"] else None
    if last is not None and last["orderId"] and (sent_at is None or datetime.fromisoformat(last["at"]) > sent_at):
        return True
    of_sku = [row for row in writes if (row["sellerId"], row["sku"]) == (listing["sellerId"], listing["sku"])]
    if of_sku and of_sku[-1]["effect"] != "applied":
        return True
    return any(row["sellerId"] == listing["sellerId"] and row["subject"] == listing["sku"] for row in struck)
