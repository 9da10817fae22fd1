"""Transfers between sites: units leave the source, are in transit, and are received, lost or back again. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wharfinger.domain.labels import Labelled
from wharfinger.domain.stock.ledger import SiteKind

UNITS_AT_MOST = 10_000_000
LINES_AT_MOST = 5_000


class TransferState(Labelled):
    DRAFT = "draft", "Draft"
    SENT = "sent", "In transit"
    RECEIVED = "received", "Received"
    CLOSED = "closed", "Closed with a difference"
    CANCELLED = "cancelled", "Cancelled"


class Remainder(Labelled):
    """What became of units that were sent and did not arrive."""

    LOST = "lost", "Lost or broken on the way"
    BACK = "back", "Back at the site that sent them"


def may_send_from(kind: SiteKind) -> bool:
    """Units leave Amazon's warehouses by Amazon alone, and what is in transit is on its way already."""
    return kind not in (SiteKind.FBA, SiteKind.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line of a transfer on its way. `arrived`: units received so far."""

    item_id: int
    sent: int
    arrived: int = 0

    @property
    def missing(self) -> int:
        return self.sent - self.arrived


@dataclass(frozen=True, slots=True)
class Short:
    """Fewer units are free than are to be sent."""

    item_id: int
    wanted: int
    free: int


def first_short(lines: Sequence[SentLine], free: Mapping[int, int]) -> Short | None:
    """The first line that cannot be sent: units allocated to orders stay. `free`: on hand less allocated, by item."""
    short = (
        Short(line.item_id, line.sent, max(0, free[line.item_id])) for line in lines if line.sent > free[line.item_id]
    )
    return next(short, None)


@dataclass(frozen=True, slots=True)
class Steps:
    """Units that a step moves, by item: at the transit site, and at the site where they arrive (or come back to)."""

    in_transit: Mapping[int, int]
    there: Mapping[int, int]


def arrival(lines: Sequence[SentLine], arrived: Mapping[int, int], *, mirrored: bool) -> Steps:
    """Units leave the way, and come to the target. `arrived`: in all, by item.

    `mirrored`: the target mirrors Amazon's own levels. Amazon counts what arrives, and its reading brings the units:
    nothing is added here, or they would be there twice.
    """
    came = {line.item_id: arrived.get(line.item_id, line.arrived) - line.arrived for line in lines}
    came = {item: units for item, units in came.items() if units}
    return Steps({item: -units for item, units in came.items()}, {} if mirrored else came)


def closing(lines: Sequence[SentLine], remainder: Remainder) -> Steps:
    """What did not arrive leaves the way: lost, or back at the source."""
    missing = {line.item_id: line.missing for line in lines if line.missing}
    back = missing if remainder is Remainder.BACK else {}
    return Steps({item: -units for item, units in missing.items()}, back)
