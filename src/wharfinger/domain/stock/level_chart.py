"""An item's level day by day, drawn from its ledger. Pure: what is known of each day in, lines of an SVG out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 90
WIDTH, HEIGHT = 600, 150
"""Of the drawing's inner field, in its own units."""
_EVERY = 15
"""Days between two dates on the axis."""


def daily_levels(
    first: date, days: int, opening: Mapping[int, int], closings: Iterable[tuple[int, date, int]]
) -> list[int | None]:
    """On hand at the end of each day, all sites together. `opening`: by site before the first day; `closings`: (site,
    day, on hand after its last movement), of days with a movement. None = nothing was known anywhere yet."""
    by_day: dict[date, list[tuple[int, int]]] = {}
    for site, day, on_hand in closings:
        by_day.setdefault(day, []).append((site, on_hand))
    held, found = dict(opening), []
    for offset in range(days):
        held.update(by_day.get(first + timedelta(days=offset), ()))
        found.append(sum(held.values()) if held else None)
    return found


def carried_on(first: date, days: int, known: Iterable[tuple[date, int]]) -> list[int | None]:
    """A number for each day from single ones, in the order of their days: each holds until the next."""
    by_day = dict(known)
    found: list[int | None] = []
    before = [number for day, number in by_day.items() if day < first]
    last = before[-1] if before else None
    for offset in range(days):
        last = by_day.get(first + timedelta(days=offset), last)
        found.append(last)
    return found


@dataclass(frozen=True, slots=True)
class ChartDay:
    """A column of the drawing. `label`: a date stands under it."""

    day: date
    x: float
    width: float
    on_hand: int | None
    available: int | None
    label: bool


@dataclass(frozen=True, slots=True)
class LevelChart:
    """`on_hand` and `available`: SVG paths, empty where nothing is known; `zero`: the line of no units, `top` and
    `bottom` the numbers at the edges."""

    days: tuple[ChartDay, ...]
    on_hand: str
    available: str
    top: int
    bottom: int
    zero: float

    @property
    def known(self) -> bool:
        return bool(self.on_hand)


def level_chart(first: date, on_hand: Sequence[int | None], available: Sequence[int | None]) -> LevelChart:
    """Both of as many days."""
    numbers = [number for number in (*on_hand, *available) if number is not None]
    top, bottom = max([1, *numbers]), min([0, *numbers])
    width = WIDTH / max(1, len(on_hand))
    columns = tuple(
        ChartDay(
            first + timedelta(days=place), round(place * width, 1), round(width, 1), here, there, place % _EVERY == 0
        )
        for place, (here, there) in enumerate(zip(on_hand, available, strict=True))
    )
    return LevelChart(
        columns,
        _steps(on_hand, width, top, bottom),
        _steps(available, width, top, bottom),
        top,
        bottom,
        _height(0, top, bottom),
    )


def _height(number: int, top: int, bottom: int) -> float:
    return round(HEIGHT * (top - number) / (top - bottom), 1)


def _steps(numbers: Sequence[int | None], width: float, top: int, bottom: int) -> str:
    """A level line for each day, joined by upright ones; it begins where something is known."""
    path: list[str] = []
    for place, number in enumerate(numbers):
        if number is None:
            continue
        y = _height(number, top, bottom)
        path.append(f"V{y}" if path else f"M{round(place * width, 1)} {y}")
        path.append(f"H{round((place + 1) * width, 1)}")
    return " ".join(path)
