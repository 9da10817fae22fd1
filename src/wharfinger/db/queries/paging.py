"""Pages of long lists by key, not by number: the thousandth page costs what the first one costs."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

Row = TypeVar("Row")
Read = TypeVar("Read")

ROWS_A_PAGE = 50
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the list's own order. `earlier` and `later` are cursors for the neighbours; empty = none."""

    rows: tuple[Row, ...]
    earlier: str = ""
    later: str = ""

    def made_of(self, make: Callable[[Row], Read]) -> "Page[Read]":
        return Page(tuple(make(row) for row in self.rows), self.earlier, self.later)


@dataclass(frozen=True, slots=True)
class _Cursor:
    back: bool
    values: tuple[Any, ...]


def read_page(
    rows: QuerySet[Any, Any], keys: Sequence[str], cursor: str = "", size: int = ROWS_A_PAGE
) -> Page[dict[str, Any]]:
    """One page of a `.values()` queryset that holds the key columns.

    `keys` as in order_by, all descending (“-placed_at”, “-id”) or all ascending; the last one is unique.
    A cursor that is none of ours gives the first page.
    """
    names = [key.lstrip("-") for key in keys]
    descending = keys[0].startswith("-")
    position = _parse(cursor, rows, names)
    back = position is not None and position.back
    if position is not None:
        rows = rows.filter(_beyond(names, position.values, smaller=descending != back))
    order = [f"{'-' if descending != back else ''}{name}" for name in names]
    found: list[dict[str, Any]] = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return Page(())
    before = more if back else position is not None
    after = True if back else more
    return Page(
        tuple(found),
        _write(found[0], names, back=True) if before else "",
        _write(found[-1], names, back=False) if after else "",
    )


def _beyond(names: Sequence[str], values: Sequence[Any], *, smaller: bool) -> Q:
    side = "lt" if smaller else "gt"
    wanted = Q()
    for position, name in enumerate(names):
        equal = dict(zip(names[:position], values[:position], strict=True))
        wanted |= Q(**equal, **{f"{name}__{side}": values[position]})
    # Says nothing new, but lets PostgreSQL enter the index at the right place.
    return wanted & Q(**{f"{names[0]}__{side}e": values[0]})


def _write(row: dict[str, Any], names: Sequence[str], *, back: bool) -> str:
    values = [value.isoformat() if isinstance(value := row[name], datetime) else value for name in names]
    return base64.urlsafe_b64encode(json.dumps([int(back), *values]).encode()).decode().rstrip("=")


def _parse(cursor: str, rows: QuerySet[Any, Any], names: Sequence[str]) -> _Cursor | None:
    if not cursor or len(cursor) > 1000:
        return None
    try:
        decoded = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        back, *texts = decoded
        fields = [rows.model._meta.get_field(name) for name in names]
        values = tuple(field.to_python(text) for field, text in zip(fields, texts, strict=True))
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None
    return _Cursor(back=bool(back), values=values) if all(map(_is_storable, values)) else None


def _is_storable(value: object) -> bool:
    """Whether a column may be compared with it: neither nothing, nor text or a time that no column holds."""
    match value:
        case None:
            return False
        case str():
            return "\0" not in value and value.isprintable() and len(value) <= _LONGEST_TEXT
        case datetime():
            return 1900 < value.year < 9000
        case _:
            return True
