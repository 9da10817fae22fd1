"""How a list is looked at now: what its address says, else what the reader chose, else what is usual."""

from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest

from wharfinger.db.queries.installation.list_settings import ListChoice, ViewFacts, list_choice, views_for
from wharfinger.db.queries.paging import PAGE_SIZES
from wharfinger.db.queries.sorting import Sorting
from wharfinger.domain.installation.people import Right
from wharfinger.web.list_views.columns import Column, ListSpec
from wharfinger.web.live import asks_for
from wharfinger.web.request_context import allowed, numbers, person

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ListState(Generic[Row]):
    """`columns`: those shown, in the list's order; `choosable`: those that the reader may see.

    `all_totals`: totals are added up however many rows there are. `view`: the saved view that is open; `changed`: the
    page shows something else than was saved in it.
    """

    spec: ListSpec[Row]
    columns: tuple[Column[Row], ...]
    choosable: tuple[Column[Row], ...]
    choice: ListChoice
    sorting: Sorting
    cursor: str
    filters: dict[str, str]
    all_totals: bool
    views: tuple[ViewFacts, ...]
    view: ViewFacts | None
    changed: bool
    may_share: bool
    shows: dict[str, bool] = field(default_factory=dict)
    """For templates: `list.shows.state`, which each row asks a dozen times."""

    @property
    def code(self) -> str:
        return str(self.spec.code)

    @property
    def size(self) -> int:
        return self.choice.page_size

    @property
    def filtered(self) -> bool:
        return bool(self.filters)

    @property
    def sizes(self) -> tuple[int, ...]:
        return PAGE_SIZES

    @property
    def sort(self) -> str:
        return f"{'-' if self.sorting.descending else ''}{self.sorting.key}"

    @property
    def may_change_view(self) -> bool:
        return self.view is not None and (self.may_share or not self.view.for_all)

    @property
    def opens_first(self) -> bool:
        """Whether the open view is the one that the list opens with."""
        return self.view is not None and self.view.id == self.choice.view_id

    @property
    def whole_list(self) -> str:
        """The address without any filter, which says so where the list opens with a view."""
        return "?view=0" if self.choice.view_id else "?"


def read_list(request: HttpRequest, spec: ListSpec[Any]) -> ListState[Any]:
    """Two queries."""
    user = person(request)
    choice, views = list_choice(spec.code, user), views_for(spec.code, user)
    choosable = spec.columns_for(sees_people=allowed(request, Right.SEE_PERSONAL_DATA))
    wanted = numbers([request.GET.get("view", "")])
    view = next((each for each in views if wanted == [each.id]), None)
    sorting = _sorting(request, choosable)
    codes = _codes(request, view, choice)
    filters = {name: text for name in spec.filters if (text := request.GET.get(name, ""))}
    columns = _shown(choosable, codes)
    state = ListState(
        spec=spec,
        columns=columns,
        shows={column.code: True for column in columns},
        choosable=choosable,
        choice=choice,
        sorting=sorting,
        cursor=request.GET.get("at", ""),
        filters=filters,
        all_totals=request.GET.get("totals") == "all",
        views=views,
        view=view,
        changed=False,
        may_share=allowed(request, Right.ADMINISTER),
    )
    return state if view is None else _compared(state, view)


def _compared(state: ListState[Any], view: ViewFacts) -> ListState[Any]:
    saved = _shown(state.choosable, view.columns)
    same = (state.filters, state.sort, state.columns) == (view.filters, view.sort, saved)
    return replace(state, changed=not same)


def address_of_view(request: HttpRequest, spec: ListSpec[Any]) -> str | None:
    """Where a view leads that is only named, or that the list opens with: an address that says all it shows.

    None: the page is shown as it was requested.
    """
    if asks_for(request, "rows") or set(request.GET) - {"view"}:
        return None
    user = person(request)
    given = request.GET.get("view")
    wanted = numbers([given]) if given is not None else [list_choice(spec.code, user).view_id or 0]
    view = next((each for each in views_for(spec.code, user) if wanted == [each.id]), None)
    if view is None:
        return None
    filters = {name: text for name, text in view.filters.items() if name in spec.filters}
    address = {"view": str(view.id), **filters, **({"sort": view.sort} if view.sort else {})}
    return None if request.GET.dict() == address else f"{request.path}?{urlencode(address)}"


def _sorting(request: HttpRequest, columns: tuple[Column[Any], ...]) -> Sorting:
    """By a column that the reader may see: the order of a hidden one would tell of it."""
    text = request.GET.get("sort", "")
    key = text.removeprefix("-")
    known = any(column.sort == key for column in columns if column.sort)
    return Sorting(key, text.startswith("-")) if known else Sorting()


def _codes(request: HttpRequest, view: ViewFacts | None, choice: ListChoice) -> tuple[str, ...] | None:
    """Of the address, else of the open view, else the reader's own."""
    given = request.GET.get("columns")
    if given is not None:
        return tuple(given.split(","))
    return view.columns if view is not None else choice.columns


def _shown(choosable: tuple[Column[Any], ...], codes: tuple[str, ...] | None) -> tuple[Column[Any], ...]:
    """The chosen columns that there are; a list without any would be no list."""
    if codes is None:
        return tuple(column for column in choosable if column.usual or column.pinned)
    return tuple(column for column in choosable if column.pinned or column.code in codes)
