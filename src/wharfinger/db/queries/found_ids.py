"""Rows found in several ways, by one statement."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Value

FOUND_AT_MOST = 500
"""Rows that one way of finding gives: a beginning of few characters fits a million orders, and nobody reads those."""

Rows = QuerySet[Any, Any]
Way = tuple[Rows, str]
"""Rows, and the column that has the id."""


def found_ids(ways: Iterable[Way]) -> tuple[frozenset[int], bool]:
    """What the ways find, by one statement, so that all cost one round trip; and whether each gave all it has."""
    rows = [
        found.annotate(way=Value(place)).values_list(column, "way")[:FOUND_AT_MOST]
        for place, (found, column) in enumerate(ways)
    ]
    pairs = list(rows[0].union(*rows[1:], all=True) if len(rows) > 1 else rows[0])
    full = max(Counter(way for _, way in pairs).values(), default=0)
    return frozenset(found for found, _ in pairs), full < FOUND_AT_MOST
