"""Sites, movements and levels: the words of the stock ledger and its arithmetic."""

from dataclasses import dataclass

from wharfinger.domain.labels import Labelled


class SiteKind(Labelled):
    OWN = "own", "Own warehouse"
    SHOP = "shop", "Shop"
    THIRD_PARTY = "third_party", "3PL"
    FBA = "fba", "FBA"
    IN_TRANSIT = "in_transit", "In transit"
    QUARANTINE = "quarantine", "Quarantine"


SENDING_KINDS = (SiteKind.OWN, SiteKind.SHOP, SiteKind.THIRD_PARTY)
"""Sites from which we send parcels."""
UNSOLD_KINDS = (SiteKind.IN_TRANSIT, SiteKind.QUARANTINE)
"""Sites whose units are on hand and for nobody to buy."""


class MovementReason(Labelled):
    OPENING = "opening", "Opening level"
    RECEIVED = "received", "Received"
    COUNTED = "counted", "Counted"
    ADJUSTED = "adjusted", "Adjusted"
    SOLD = "sold", "Sold"
    RETURNED = "returned", "Returned"
    TRANSFERRED = "transferred", "Transferred"
    FBA_DIFFERENCE = "fba_difference", "Difference at Amazon"
    FBA_RECEIPTS = "fba_receipts", "Amazon: received"
    FBA_RETURNS = "fba_returns", "Amazon: returned by buyers"
    FBA_REMOVED = "fba_removed", "Amazon: sent back to you"
    FBA_MOVED = "fba_moved", "Amazon: moved between warehouses"
    FBA_FOUND = "fba_found", "Amazon: found"
    FBA_LOST = "fba_lost", "Amazon: lost"
    FBA_DAMAGED = "fba_damaged", "Amazon: damaged"
    FBA_DISPOSED = "fba_disposed", "Amazon: disposed of"
    FBA_OTHER = "fba_other", "Amazon: other event"
    FBA_UNKNOWN = "fba_unknown", "Amazon: unknown event"


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
