"""How many units of a line can be allocated from what is available. Pure plans; operations write them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Key = tuple[int, int]
"""(item, site)."""


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


def plan_over_sites(
    parts: Sequence[Part], wanted: int, held: Mapping[Key, int], sites: Sequence[int], free: Callable[[Key], int]
) -> dict[Key, int]:
    """As `plan_allocation`, by (item, site): from the first of `sites` as many whole units as can be had there, what
    is lacking from the next. Held anywhere else is given back. `free`: units that are allocated to nobody.
    """
    changes = {key: -units for key, units in held.items() if key[1] not in sites}
    left = wanted
    for site in sites:
        here = {item: units for (item, at), units in held.items() if at == site}
        available = {item: free((item, site)) for item in {part.item_id for part in parts} | set(here)}
        planned = plan_allocation(parts, left, here, available)
        changes |= {(item, site): by for item, by in planned.items()}
        left -= whole_units(parts, {item: here.get(item, 0) + planned.get(item, 0) for item in available})
    return changes


@dataclass(frozen=True, slots=True)
class Need:
    """A line that is to be sent: units of what it is made of, and the site from which it is to leave so far."""

    line_id: int
    parts: Sequence[Part]
    units: int
    site_id: int


def place_lines(
    needs: Sequence[Need], sites: Sequence[int], free: Callable[[Key], int], *, may_split: bool
) -> dict[int, int]:
    """The site of each line, so that all can be sent: the first of `sites` that serves every one whole; else, where
    lines may leave from several, for each the first that serves it whole. Empty = they stay where they are, be it
    that they can be sent from there, or that no site can serve them.

    `free`: units by (item, site) that nobody holds, but for these lines.
    """
    if _serve(needs, {need.line_id: need.site_id for need in needs}, free):
        return {}
    for site in sites:
        placed = {need.line_id: site for need in needs}
        if _serve(needs, placed, free):
            return placed
    return _place_each(needs, sites, free) if may_split else {}


def _place_each(needs: Sequence[Need], sites: Sequence[int], free: Callable[[Key], int]) -> dict[int, int]:
    placed: dict[int, int] = {}
    for index, need in enumerate(needs):
        upto = needs[: index + 1]
        here = (site for site in sites if _serve(upto, {**placed, need.line_id: site}, free))
        site = next(here, None)
        if site is None:
            return {}
        placed[need.line_id] = site
    return placed


def _serve(needs: Sequence[Need], placed: Mapping[int, int], free: Callable[[Key], int]) -> bool:
    wanted: Counter[Key] = Counter()
    for need in needs:
        for part in need.parts:
            wanted[(part.item_id, placed[need.line_id])] += need.units * part.each
    return all(units <= free(key) for key, units in wanted.items())


def whole_units(parts: Sequence[Part], allocated: Mapping[int, int]) -> int:
    """How many whole units of the line are allocated."""
    return min((allocated.get(part.item_id, 0) // part.each for part in parts), default=0)


@dataclass(frozen=True, slots=True)
class SellingSite:
    """A site from which a channel sells; the smallest priority number comes first. `group_id`: of the site group
    whose first site it is."""

    site_id: int
    priority: int
    group_id: int | None = None


def reserving_site(own: SellingSite | None, selling: Sequence[SellingSite]) -> SellingSite | None:
    """Where an order that is not imported takes its units: at its own channel's site, for its sales order will
    take them there; else at the first by priority that sells the article. None = no channel sells it."""
    if own is not None:
        return own
    return min(selling, key=lambda site: (site.priority, site.site_id), default=None)
