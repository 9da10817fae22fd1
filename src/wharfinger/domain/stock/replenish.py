"""What to send to Amazon's warehouse: from how fast an item sells there and what is there or on its way. Pure."""

from dataclasses import dataclass

from wharfinger.domain.stock.cover import SOLD_OVER, days_of_cover


@dataclass(frozen=True, slots=True)
class Stand:
    """An item at an FBA site. `available`: to be sold now; `inbound`: what Amazon expects or receives; `coming`: our
    own transfers on their way there; `sold`: units over four weeks; `free`: at the site that sends; `case`: units in a
    case, 1 where it has none."""

    available: int
    inbound: int
    coming: int
    sold: int
    free: int
    case: int = 1

    @property
    def expected(self) -> int:
        """There and on its way. A transfer of ours is an inbound shipment at Amazon too: the larger of both counts."""
        return max(0, self.available) + max(self.inbound, self.coming)

    @property
    def cover(self) -> int | None:
        """Days for which what is there and on its way lasts; None = it did not sell."""
        return days_of_cover(self.expected, self.sold)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`wanted`: units that bring it to the days that were set, rounded up to whole cases; `units`: of these the whole
    cases that are free at the source."""

    wanted: int
    units: int


def propose(stand: Stand, *, below: int, up_to: int) -> Proposal | None:
    """Where it lasts for fewer days than `below`: the units to have enough for `up_to` days. None = nothing to send."""
    if stand.cover is None or stand.cover >= below:
        return None
    wanted = -(-stand.sold * up_to // SOLD_OVER.days) - stand.expected
    if wanted <= 0:
        return None
    cases = -(-wanted // stand.case)
    free = max(0, stand.free) // stand.case
    return Proposal(cases * stand.case, min(cases, free) * stand.case)
