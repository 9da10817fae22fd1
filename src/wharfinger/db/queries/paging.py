"""Pages of long lists by key, not by number: the thousandth page costs what the first one costs."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from wharfinger.db.any_of import any_of

Row = TypeVar("Row")
Read = TypeVar("Read")
Rows = QuerySet[Any, Any]

ROWS_A_PAGE = 50
PAGE_SIZES = (25, 50, 100, 200)
"""How many rows a page of a list may have; a person chooses."""
_LONGEST_TEXT = 500
_ROWS_AT_ONCE = 1000
_INTEGERS = 2**63
_RUNS_OF_A_COLUMN = 2
"""Rows with a value, and those without. Sorts by groups have runs of their own, each with an index."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the list's own order. `earlier` and `later` are cursors for the neighbours; empty = none."""

    rows: tuple[Row, ...]
    earlier: str = ""
    later: str = ""

    def made_of(self, make: Callable[[Row], Read]) -> "Page[Read]":
        return Page(tuple(make(row) for row in self.rows), self.earlier, self.later)


@dataclass(frozen=True, slots=True)
class Run:
    """Rows of a list that stand together, in an order that one index has. A list is its runs, one after the other.

    `keys` as in order_by, all descending (“-placed_at”, “-id”) or all ascending; the last one is unique, and no key
    is NULL in the run's rows. `name` tells the runs of a list apart.
    """

    keys: tuple[str, ...]
    where: Q = Q()
    name: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key.lstrip("-") for key in self.keys)

    @property
    def descending(self) -> bool:
        return self.keys[0].startswith("-")


@dataclass(frozen=True, slots=True)
class _Cursor:
    back: bool
    place: int
    """Which run it stands in."""
    values: tuple[Any, ...]


def read_page(rows: Rows, keys: Sequence[str], cursor: str = "", size: int = ROWS_A_PAGE) -> Page[dict[str, Any]]:
    """One page of a `.values()` queryset that holds the key columns, in the order of `keys`: see `Run`.

    A cursor that is none of ours gives the first page.
    """
    return read_runs(rows, (Run(tuple(keys)),), cursor, size)


def read_runs(
    rows: Rows,
    runs: Sequence[Run],
    cursor: str = "",
    size: int = ROWS_A_PAGE,
    *,
    light: Rows | None = None,
    chosen: bool = False,
) -> Page[dict[str, Any]]:
    """One page of a `.values()` queryset whose order is that of several runs. A run is read only when it is reached.

    `chosen`: a filter chose the rows, and they are sorted otherwise than by their own order: see `_among_few`.

    `light`: the same rows without their columns. Of several runs the ids are read from it, and the columns once, by
    the ids: PostgreSQL plans a query of ten tables for longer (15 ms) than it reads a page, and a sort by channel may
    need one for each of two hundred. A cursor that is none of ours gives the first page.
    """
    position = _parse(cursor, rows, runs)
    back = position is not None and position.back
    if light is None or len(runs) == 1:
        found = _gather(rows, runs, position, back, size + 1, chosen=chosen)
    else:
        found = _gather(_keys_of(light, runs), runs, position, back, size + 1, chosen=chosen)
        whole = {row["id"]: row for row in rows.filter(pk__in=[row["id"] for _, row in found])} if found else {}
        found = [(run, whole[row["id"]]) for run, row in found if row["id"] in whole]
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return Page(())
    before = more if back else position is not None
    after = True if back else more
    return Page(
        tuple(row for _, row in found),
        _write(*found[0], back=True) if before else "",
        _write(*found[-1], back=False) if after else "",
    )


def every_row(
    rows: Rows, runs: Sequence[Run], size: int = _ROWS_AT_ONCE, *, light: Rows | None = None
) -> Iterator[dict[str, Any]]:
    """All rows of a list in its order, read page by page: no cursor is held open, and memory holds one page."""
    cursor = ""
    while True:
        page = read_runs(rows, runs, cursor, size, light=light)
        yield from page.rows
        if not page.later:
            return
        cursor = page.later


def batched(rows: Iterator[Row], size: int) -> Iterator[tuple[Row, ...]]:
    """The rows by so many at a time."""
    while some := tuple(islice(rows, size)):
        yield some


def _keys_of(light: Rows, runs: Sequence[Run]) -> Rows:
    return light.values(*dict.fromkeys(["id", *(name for run in runs for name in run.names)]))


def _gather(
    rows: Rows, runs: Sequence[Run], position: _Cursor | None, back: bool, wanted: int, *, chosen: bool
) -> list[tuple[Run, dict[str, Any]]]:
    """Up to so many rows from the position on, away from it; backwards, the nearest first."""
    found: list[tuple[Run, dict[str, Any]]] = []
    start = position.place if position else 0
    following = runs[start::-1] if back else runs[start:]
    for run in following:
        values = position.values if position and run is runs[start] else None
        of_run = rows.filter(run.where)
        if chosen and len(runs) <= _RUNS_OF_A_COLUMN:
            of_run = _among_few(of_run)
        found += [(run, row) for row in _of_run(of_run, run, values, back)[: wanted - len(found)]]
        if len(found) >= wanted:
            break
    return found


def _among_few(rows: Rows, few: int = 2_000) -> Rows:
    """Where the rows are few, by their ids.

    PostgreSQL may walk the whole index of a sort for a channel that has hardly an order: it expects to meet the first
    of them soon. One statement more, which ends after `few` rows.
    """
    ids = list(rows.order_by().values_list("pk", flat=True)[: few + 1])
    return rows if len(ids) > few else rows.filter(any_of("pk", ids))


def _of_run(rows: Rows, run: Run, values: tuple[Any, ...] | None, back: bool) -> Rows:
    if values is not None:
        rows = rows.filter(_beyond(run.names, values, smaller=run.descending != back))
    return rows.order_by(*(f"{'-' if run.descending != back else ''}{name}" for name in run.names))


def _beyond(names: Sequence[str], values: Sequence[Any], *, smaller: bool) -> Q:
    side = "lt" if smaller else "gt"
    wanted = Q()
    for position, name in enumerate(names):
        equal = dict(zip(names[:position], values[:position], strict=True))
        wanted |= Q(**equal, **{f"{name}__{side}": values[position]})
    # Says nothing new, but lets PostgreSQL enter the index at the right place.
    return wanted & Q(**{f"{names[0]}__{side}e": values[0]})


def _write(run: Run, row: dict[str, Any], *, back: bool) -> str:
    values = [_text(row[name]) for name in run.names]
    return base64.urlsafe_b64encode(json.dumps([int(back), run.name, *values]).encode()).decode().rstrip("=")


def _text(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _parse(cursor: str, rows: Rows, runs: Sequence[Run]) -> _Cursor | None:
    if not cursor or len(cursor) > 1000:
        return None
    try:
        decoded = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        back, name, *texts = decoded
        place = next(place for place, run in enumerate(runs) if run.name == name)
        fields = [_field(rows.model, key) for key in runs[place].names]
        values = tuple(field.to_python(text) for field, text in zip(fields, texts, strict=True))
    except (binascii.Error, StopIteration, ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None
    return _Cursor(bool(back), place, values) if all(map(_is_storable, values)) else None


def _field(model: Any, path: str) -> Any:
    """The column of a key, which may be another row's: `sales_order__ship_by`."""
    *ways, name = path.split("__")
    for way in ways:
        model = model._meta.get_field(way).related_model
    return model._meta.get_field(name)


def _is_storable(value: object) -> bool:
    """Whether a column may be compared with it: neither nothing, nor a value that no column holds."""
    match value:
        case None:
            return False
        case str():
            return "\0" not in value and value.isprintable() and len(value) <= _LONGEST_TEXT
        case datetime():
            return 1900 < value.year < 9000
        case int():
            return -_INTEGERS <= value < _INTEGERS
        case Decimal():
            return value.is_finite() and abs(value) < _INTEGERS
        case _:
            return True
