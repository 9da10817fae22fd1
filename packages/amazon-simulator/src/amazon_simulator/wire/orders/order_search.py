"""Which orders a search finds: shared by both versions of the Orders API, which spell their parameters differently."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from amazon_simulator.core.clock import from_iso
from amazon_simulator.world import Shelf, World
from amazon_simulator.world.entities import Order

VISIBLE_AFTER = 120.0
"""The two-minute rule: nothing younger is searched (behaviour O03)."""
TOKEN_LIVES = 24 * 3600.0

Fits = Callable[[Order], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """`key`: updated or created; both ends are inclusive."""

    key: str
    after: float
    before: float


def read_window(query: dict[str, str], now: float, *, capital: bool = False) -> Window:
    """Which time is searched, from when, to when; Raises ValueError with what is wrong. `capital`: as v0 spells it."""
    names = [name[0].upper() + name[1:] if capital else name for name in ("lastUpdated", "created")]
    given = [name for name in names if f"{name}After" in query]
    if len(given) != 1:
        raise ValueError(f"give exactly one of {names[1]}After and {names[0]}After")
    named, other = given[0], names[1 - names.index(given[0])]
    if f"{other}Before" in query:
        raise ValueError(f"{other}Before does not go with {named}After")
    after, before = read_time(query, f"{named}After"), now - VISIBLE_AFTER
    if f"{named}Before" in query:
        until = read_time(query, f"{named}Before")
        if until > before or until < after:
            raise ValueError("")  # Amazon does not say which field it is (O03)
        before = until
    return Window("updated" if named == names[0] else "created", after, before)


def read_time(query: dict[str, str], name: str) -> float:
    try:
        return from_iso(query[name])
    except ValueError:
        raise ValueError(f"Invalid Date-Time field(s) [{name}].") from None


def read_size(query: dict[str, str], name: str) -> int:
    text = query.get(name) or "100"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 100:
        raise ValueError(f"{name} must be 1 to 100")
    return int(text)


def read_members(query: dict[str, str], name: str, known: Collection[str]) -> frozenset[str]:
    chosen = frozenset(filter(None, query.get(name, "").split(",")))
    if not chosen <= set(known):
        raise ValueError(name)
    return chosen


def find_rows(
    world: World, seller: str, window: Window, passed: tuple[float, str], most: int, now: float, fits: Fits
) -> list[tuple[float, Order]]:
    """At most so many (time, order) after the place that was `passed`, oldest first."""
    rows: list[tuple[float, Order]] = []
    for when, order in _since(world, seller, window.key, passed):
        if when > window.before or len(rows) == most:
            break
        if order.visible_from <= now and fits(order):
            rows.append((when, order))
    return rows


def _since(world: World, seller: str, key: str, passed: tuple[float, str]) -> Iterator[tuple[float, Order]]:
    shelf = world.shelves.get(seller, Shelf())
    times = shelf.updated if key == "updated" else shelf.created
    for place in range(bisect_right(times, passed), len(times)):
        when, order_id = times[place]
        yield when, world.orders[order_id]
