"""Pick lists: which orders are fetched from the shelves together, and what is to be fetched for them. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wharfinger.domain.labels import Labelled
from wharfinger.domain.search_codes import squeeze

AT_MOST = 100
"""Orders of one pick list: what one person fetches in one go, and what one transaction locks."""
USUAL_WAVE = 20
_CODE = re.compile(r"\APL0*([1-9][0-9]{0,17})\Z")


class PickListState(Labelled):
    OPEN = "open", "Open"
    PICKED = "picked", "Picked"
    DISCARDED = "discarded", "Discarded"


class Standing(Labelled):
    """How an order of a pick list stands now."""

    TO_PICK = "to_pick", "To pick"
    CHANGED = "changed", "Changed"
    STAYS = "stays", "Do not pick"
    GONE = "gone", "Dispatched"
    TAKEN_OFF = "taken_off", "Taken off"

    @property
    def picked(self) -> bool:
        """Its units are fetched: those of an order that changed are the new ones."""
        return self in (Standing.TO_PICK, Standing.CHANGED)


def code_of(list_id: int) -> str:
    """The number of a pick list as it is written and scanned."""
    return f"PL{list_id:06d}"


def number_in(text: str) -> int | None:
    """The pick list that a typed or scanned text names; None where it names none."""
    found = _CODE.match(squeeze(text))
    return int(found.group(1)) if found else None


@dataclass(frozen=True, slots=True)
class Units:
    """Units of an item at a site, for a line of an order: of a kit each component for itself."""

    line_id: int
    item_id: int
    site_id: int
    units: int


@dataclass(frozen=True, slots=True)
class OrderUnits:
    """What one order of a list wants from one shelf. `struck`: it is not fetched any more."""

    order_id: int
    code: str
    units: int
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """One line of a pick list by total: an item at a site, and the orders that it is for."""

    item_id: int
    site_id: int
    orders: tuple[OrderUnits, ...]

    @property
    def units(self) -> int:
        return sum(order.units for order in self.orders if not order.struck)


def totals_of(wanted: Iterable[tuple[Units, int, str, bool]]) -> tuple[Total, ...]:
    """Of (units, order's id, its code, struck): each item at each site once, an order once in it, in their order."""
    found: dict[tuple[int, int], dict[int, OrderUnits]] = {}
    for units, order_id, code, struck in wanted:
        of_shelf = found.setdefault((units.item_id, units.site_id), {})
        before = of_shelf[order_id].units if order_id in of_shelf else 0
        of_shelf[order_id] = OrderUnits(order_id, code, before + units.units, struck)
    return tuple(Total(item, site, tuple(orders.values())) for (item, site), orders in found.items())


def standing_of(listed: Iterable[Units], now: Iterable[Units] | None, *, gone: bool) -> Standing:
    """`now`: what would leave of the order now; None = it may not leave. `gone`: a parcel of it left since."""
    if now is None:
        return Standing.GONE if gone else Standing.STAYS
    return Standing.TO_PICK if set(listed) == set(now) else Standing.CHANGED
