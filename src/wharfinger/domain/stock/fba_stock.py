"""What Amazon says it holds of an item in one pool, and when a reading is to be doubted. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

CHECKED_WITHOUT_STOCK_EVERY = timedelta(days=1)
"""An account without FBA stock."""
FALL_TO_DOUBT = 3
"""Units: a fall of fewer is never doubted."""


@dataclass(frozen=True, slots=True)
class FbaLevel:
    """One reading of one item; its parts are kept apart, as Amazon keeps them.

    Sellable now is `fulfillable` alone. `ordered` (a part of `reserved`) waits for buyers' orders: it is on hand
    until Amazon sends it, and available to nobody. `total` is Amazon's own sum, None where it gave none; `other`
    holds the quantities whose names Amazon has not published, by name.
    """

    item_id: int
    fulfillable: int
    ordered: int = 0
    reserved: int = 0
    inbound: int = 0
    unfulfillable: int = 0
    researching: int = 0
    total: int | None = None
    other: Mapping[str, int] = field(default_factory=dict)

    @property
    def on_hand(self) -> int:
        return self.fulfillable + self.ordered

    @property
    def unexplained(self) -> int:
        """Amazon's own total less the sum of its states; 0 where it gave no total."""
        parts = self.fulfillable + self.reserved + self.inbound + self.unfulfillable + self.researching
        return 0 if self.total is None else self.total - parts


def add_up(item_id: int, levels: Iterable[FbaLevel]) -> FbaLevel:
    """An item that is sold under several SKUs: their sum. Its total is known only when each SKU's is."""
    rows = tuple(levels)
    totals = [row.total for row in rows if row.total is not None]
    other: dict[str, int] = {}
    for row in rows:
        for name, units in row.other.items():
            other[name] = other.get(name, 0) + units
    return FbaLevel(
        item_id=item_id,
        fulfillable=sum(row.fulfillable for row in rows),
        ordered=sum(row.ordered for row in rows),
        reserved=sum(row.reserved for row in rows),
        inbound=sum(row.inbound for row in rows),
        unfulfillable=sum(row.unfulfillable for row in rows),
        researching=sum(row.researching for row in rows),
        total=sum(totals) if len(totals) == len(rows) else None,
        other=other,
    )


def is_large_fall(held: int, read: int) -> bool:
    """Whether a reading is so much lower than what we hold that a second one has to say the same.

    Amazon's inventory answers now and then with 0 for an item and with the right number the next time: half of
    what is held, and at least `FALL_TO_DOUBT` units, do not go on the word of one reading.
    """
    fall = held - read
    return fall >= FALL_TO_DOUBT and fall * 2 >= held
