"""Sites, movements and levels: the words of the stock ledger and its arithmetic."""

from dataclasses import dataclass
from enum import StrEnum


class SiteKind(StrEnum):
    OWN = "Own warehouse"
    SHOP = "Shop"
    THIRD_PARTY = "3PL"
    FBA = "FBA"
    IN_TRANSIT = "In transit"
    QUARANTINE = "Quarantine"


class MovementReason(StrEnum):
    OPENING = "Opening level"
    RECEIVED = "Received"
    COUNTED = "Counted"
    ADJUSTED = "Adjusted"
    SOLD = "Sold"
    RETURNED = "Returned"
    TRANSFERRED = "Transferred"
    FBA_DIFFERENCE = "Difference at Amazon"


@dataclass(frozen=True, slots=True)
class Level:
    """Units of one item at one site. Available may be negative: allocated or sold more than there is.

    `ordered`: at an FBA site, units that Amazon keeps for buyers' orders; what is left is its fulfillable.
    """

    on_hand: int
    allocated: int
    ordered: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.allocated - self.ordered


def kit_available(components: tuple[tuple[int, int], ...]) -> int:
    """How many kits can be made: the smallest over (available units, units needed for one kit)."""
    return min((available // needed for available, needed in components), default=0)
