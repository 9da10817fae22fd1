"""What people chose for their lists: page size, columns, views."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.models import ListSetting, SavedView, User
from wharfinger.db.queries.paging import PAGE_SIZES, ROWS_A_PAGE
from wharfinger.domain.installation.list_views import ListCode


@dataclass(frozen=True, slots=True)
class ListChoice:
    """`columns` None: the usual ones. `view_id`: the view that is opened first."""

    page_size: int = ROWS_A_PAGE
    columns: tuple[str, ...] | None = None
    view_id: int | None = None


@dataclass(frozen=True, slots=True)
class ViewFacts:
    """A saved view. `filters` and `sort` as in the page's address."""

    id: int
    name: str
    for_all: bool
    filters: dict[str, str]
    sort: str
    columns: tuple[str, ...] | None


def list_choice(which: ListCode, user: User) -> ListChoice:
    row = ListSetting.objects.filter(list=which, user=user).values("page_size", "columns", "view_id").first()
    if row is None:
        return ListChoice()
    size = row["page_size"] if row["page_size"] in PAGE_SIZES else ROWS_A_PAGE
    return ListChoice(size, _codes(row["columns"]), row["view_id"])


def views_for(which: ListCode, user: User) -> tuple[ViewFacts, ...]:
    """Those of the person, then those of all; by name."""
    rows = SavedView.objects.filter(Q(user=user) | Q(user=None), list=which)
    ordered = rows.order_by(Lower("name"), "id").values("id", "name", "user_id", "filters", "sort", "columns")
    found = [
        ViewFacts(
            row["id"],
            row["name"],
            row["user_id"] is None,
            {str(name): str(value) for name, value in dict(row["filters"]).items()},
            row["sort"],
            _codes(row["columns"]),
        )
        for row in ordered
    ]
    return tuple(sorted(found, key=lambda view: view.for_all))


def _codes(columns: Any) -> tuple[str, ...] | None:
    return None if columns is None else tuple(map(str, columns))
