"""How a list is looked at now: what its address says, else what the reader chose, else what is usual."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest

from wharfinger.db.queries.installation.list_settings import list_choice
from wharfinger.db.queries.paging import PAGE_SIZES
from wharfinger.db.queries.sorting import Sorting
from wharfinger.domain.installation.people import Right
from wharfinger.web.list_views.columns import Column, ListSpec
from wharfinger.web.request_context import allowed, person

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ListState(Generic[Row]):
    """`columns`: those shown, in the list's order. `all_totals`: totals are added up however many rows there are."""

    spec: ListSpec[Row]
    columns: tuple[Column[Row], ...]
    choosable: tuple[Column[Row], ...]
    sorting: Sorting
    size: int
    cursor: str
    filtered: bool
    all_totals: bool

    @property
    def code(self) -> str:
        return str(self.spec.code)

    @property
    def shows(self) -> dict[str, bool]:
        """For templates: `list.shows.state`."""
        return {column.code: True for column in self.columns}

    @property
    def sizes(self) -> tuple[int, ...]:
        return PAGE_SIZES


def read_list(request: HttpRequest, spec: ListSpec[Any]) -> ListState[Any]:
    """Two queries."""
    choice = list_choice(spec.code, person(request))
    choosable = spec.columns_for(sees_people=allowed(request, Right.SEE_PERSONAL_DATA))
    return ListState(
        spec=spec,
        columns=_shown(choosable, choice.columns),
        choosable=choosable,
        sorting=_sorting(request, choosable),
        size=choice.page_size,
        cursor=request.GET.get("at", ""),
        filtered=any(request.GET.get(name) for name in spec.filters),
        all_totals=request.GET.get("totals") == "all",
    )


def _sorting(request: HttpRequest, columns: tuple[Column[Any], ...]) -> Sorting:
    """By a column that the reader may see: the order of a hidden one would tell of it."""
    text = request.GET.get("sort", "")
    key = text.removeprefix("-")
    known = any(column.sort == key for column in columns if column.sort)
    return Sorting(key, text.startswith("-")) if known else Sorting()


def _shown(choosable: tuple[Column[Any], ...], codes: tuple[str, ...] | None) -> tuple[Column[Any], ...]:
    """The chosen columns that there are; a list without any would be no list."""
    if codes is None:
        return tuple(column for column in choosable if column.usual or column.pinned)
    return tuple(column for column in choosable if column.pinned or column.code in codes)
