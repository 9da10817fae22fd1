"""What lies in a parcel: a packing slip with prices, or a gift receipt without. Pure."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import IncomingAddress, LineAmounts

SLIPS_AT_MOST = 200
"""Orders whose slips are printed as one file."""


class SlipKind(Labelled):
    PACKING_SLIP = "packing_slip", "Packing slip"
    GIFT_RECEIPT = "gift_receipt", "Gift receipt"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """`ordered`: units that were not cancelled; `units`: those in this parcel."""

    title: str
    sku: str
    units: int
    ordered: int
    amounts: LineAmounts
    gift_message: str = ""
    gift_wrapped: bool = False

    @property
    def price(self) -> Decimal | None:
        """Of the units in the parcel; None = Amazon said nothing."""
        amount = self.amounts.item
        return None if amount is None or not self.ordered else amount * self.units / self.ordered


@dataclass(frozen=True, slots=True)
class SlipOrder:
    """`site_address`: where a parcel that cannot be delivered goes back to. `cancelled`: some units were."""

    id: int
    code: str
    order_ref: str
    country: str
    """Of the marketplace."""
    zone: str
    seller: str
    site_address: str
    placed_at: datetime
    currency: str
    total: Decimal | None
    address: IncomingAddress | None
    lines: tuple[SlipLine, ...]
    cancelled: bool = False

    @property
    def in_parcel(self) -> tuple[SlipLine, ...]:
        return tuple(line for line in self.lines if line.units)

    @property
    def whole(self) -> bool:
        """Everything that was ordered is in this parcel, so that the order's total is the parcel's."""
        return not self.cancelled and all(line.units == line.ordered for line in self.lines)

    @property
    def apart(self) -> bool:
        """Something of it was or will be sent in another parcel."""
        return any(line.units < line.ordered for line in self.lines)

    @property
    def is_gift(self) -> bool:
        return any(line.gift_message or line.gift_wrapped for line in self.lines)

    @property
    def usual_kind(self) -> SlipKind:
        """Nobody finds the prices of a gift in its parcel."""
        return SlipKind.GIFT_RECEIPT if self.is_gift else SlipKind.PACKING_SLIP


def units_in_parcel(*, ordered: int, cancelled: int, shipped: int, anything_open: bool) -> int:
    """What is to be sent now; of an order that has left, what was sent. `anything_open`: of the whole order."""
    return max(0, ordered - cancelled - shipped) if anything_open else shipped


def sums(order: SlipOrder) -> tuple[tuple[str, Decimal], ...]:
    """(word, amount) below the lines, of a parcel that is the whole order; what is nothing is left out."""
    if not order.whole or order.total is None:
        return ()
    found: dict[str, Decimal] = {}
    for line in order.lines:
        amounts = line.amounts
        parts = (
            ("shipping", amounts.shipping), ("gift_wrap", amounts.gift_wrap),
            ("discount", -amounts.discount if amounts.discount else None),
            ("tax", amounts.tax), ("other", amounts.other),
        )  # fmt: skip
        for word, amount in parts:
            if amount:
                found[word] = found.get(word, Decimal(0)) + amount
    return (*found.items(), ("total", order.total))
