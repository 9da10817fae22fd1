"""Totals of a list's selection: how many rows, how many units, how much money by currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet

ADDED_UP_AT_ONCE = 2_000
"""Rows that a page adds up by itself. For more a person presses Add up all: units are of the lines, and those of
10,000 orders took longer than all the rest of the page."""


@dataclass(frozen=True, slots=True)
class Totals:
    """`whole` False: there are more than `count`, and nothing was added up. Money by currency, the largest first."""

    count: int
    units: int | None = None
    money: tuple[tuple[str, Decimal], ...] = ()
    whole: bool = True


Lines = Sequence[tuple[QuerySet[Any], str]]
"""Lines that count, with the way from a line to the row of the list: quantities ordered and cancelled are columns."""


def add_up(rows: QuerySet[Any, Any], lines: Lines = (), *, money: bool = True, everything: bool = False) -> Totals:
    """Totals of all rows, as far as the page may wait for them; `everything`: however long it takes."""
    columns = ("id", "currency", "total") if money else ("id",)
    picked = rows.order_by().values(*columns)
    if not everything:
        picked = picked[: ADDED_UP_AT_ONCE + 1]
    try:
        sums = _sums(picked, money=money)
    except EmptyResultSet:  # a search that found no code: Django asks nothing
        sums = []
    count = sum(number for _, number, _ in sums)
    if count > ADDED_UP_AT_ONCE and not everything:
        return Totals(ADDED_UP_AT_ONCE, whole=False)
    amounts = sorted(((currency, amount) for currency, _, amount in sums if amount is not None), key=_largest_first)
    units = sum(_units(picked, counted, way) for counted, way in lines) if lines else None
    return Totals(count, units, tuple(amounts))


def _largest_first(amount: tuple[str, Decimal]) -> tuple[Decimal, str]:
    return -amount[1], amount[0]


def _sums(picked: QuerySet[Any, Any], *, money: bool) -> list[tuple[str, int, Decimal | None]]:
    """(currency, rows, amount): by one statement, in which nothing is sorted or joined twice."""
    sql, params = picked.query.sql_with_params()
    grouped = "currency, count(*), sum(total)" if money else "'', count(*), NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {grouped} FROM ({sql}) AS picked GROUP BY 1", params)
        return [(str(currency), int(number), amount) for currency, number, amount in cursor.fetchall()]


def _units(picked: QuerySet[Any, Any], counted: QuerySet[Any], way: str) -> int:
    open_units = models.F("quantity_ordered") - models.F("quantity_cancelled")
    found = counted.filter(**{f"{way}__in": picked.values("id")})
    return found.aggregate(units=models.Sum(open_units))["units"] or 0
