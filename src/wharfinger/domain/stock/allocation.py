"""How many units of a line can be allocated from what is available. Pure plans; operations write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One stock item that a unit of the line is made of, and how many of it (1 for an item that is no kit)."""

    item_id: int
    each: int


def plan_allocation(
    parts: Sequence[Part], wanted: int, allocated: Mapping[int, int], available: Mapping[int, int]
) -> dict[int, int]:
    """Change of the allocation for each item so that the line has as many whole units as can be had.

    `wanted`: units of the line still to be sent; `allocated`: units of each item allocated to it so far;
    `available`: units of each item that are allocated to nobody. Negative = units given back.
    """
    if not parts or wanted < 0:
        return {item: -units for item, units in allocated.items() if units}
    most = min((allocated.get(part.item_id, 0) + max(0, available.get(part.item_id, 0))) // part.each for part in parts)
    units = min(wanted, most)
    changes = {part.item_id: units * part.each - allocated.get(part.item_id, 0) for part in parts}
    known = {part.item_id for part in parts}
    changes |= {item: -held for item, held in allocated.items() if item not in known}
    return {item: change for item, change in changes.items() if change}


def whole_units(parts: Sequence[Part], allocated: Mapping[int, int]) -> int:
    """How many whole units of the line are allocated."""
    return min((allocated.get(part.item_id, 0) // part.each for part in parts), default=0)


@dataclass(frozen=True, slots=True)
class SellingSite:
    """A site from which a channel sells; the smallest priority number comes first."""

    site_id: int
    priority: int


def reserving_site(own: SellingSite | None, selling: Sequence[SellingSite]) -> int | None:
    """Where an order that is not imported takes its units: at its own channel's site, for its sales order will
    take them there; else at the first by priority that sells the article. None = no channel sells it."""
    if own is not None:
        return own.site_id
    first = min(selling, key=lambda site: (site.priority, site.site_id), default=None)
    return None if first is None else first.site_id
