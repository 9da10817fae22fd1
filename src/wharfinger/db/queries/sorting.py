"""By what a list may be sorted: every way has an index, so that the first page costs the same however long the list is.

What cannot be empty is one run of an index. Where a column may be empty, rows without a value come last, whichever way
it is sorted. States, channels and the like come in the order of their names, each with its newest rows first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q

from wharfinger.db.queries.paging import Run

Groups = Callable[[], Sequence[object]]


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a person chose: a key of the list's sorts, and which way. An empty key is the list's own order."""

    key: str = ""
    descending: bool = False


UNSORTED = Sorting()


@dataclass(frozen=True, slots=True)
class ByColumn:
    """By the values of one column; `nullable`: rows without a value come last."""

    column: str
    nullable: bool = False

    def runs(self, *, descending: bool) -> tuple[Run, ...]:
        sign = "-" if descending else ""
        keys = tuple(dict.fromkeys((f"{sign}{self.column}", f"{sign}id")))
        if not self.nullable:
            return (Run(keys),)
        filled = Run(keys, Q(**{f"{self.column}__isnull": False}), "filled")
        return (filled, Run((f"{sign}id",), Q(**{f"{self.column}__isnull": True}), "empty"))


@dataclass(frozen=True, slots=True)
class ByGroup:
    """By a column of few values, which `groups` gives in the order of their names; None: rows without a value."""

    column: str
    groups: Groups
    then: tuple[str, ...] = ("-placed_at", "-id")

    def runs(self, *, descending: bool) -> tuple[Run, ...]:
        valued = sorted(self.groups(), key=lambda value: value is None)
        values = [value for value in valued if value is not None]
        empty = [value for value in valued if value is None]
        return tuple(self._run(value) for value in [*(reversed(values) if descending else values), *empty])

    def _run(self, value: object) -> Run:
        where = Q(**{f"{self.column}__isnull": True}) if value is None else Q(**{self.column: value})
        return Run(self.then, where, str(value))


class Sort(Protocol):
    """A way of sorting of a list's own, where a column or its groups are not enough."""

    def runs(self, *, descending: bool) -> tuple[Run, ...]: ...


Sorts = Mapping[str, Sort]


def runs_of(sorts: Sorts, sorting: Sorting, otherwise: Sequence[Run]) -> Sequence[Run]:
    """The runs of what a person chose; a key that the list does not have is its own order."""
    chosen = sorts.get(sorting.key)
    return chosen.runs(descending=sorting.descending) if chosen else otherwise
