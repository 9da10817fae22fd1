"""How people look at lists: page size, columns, and views with a name, for one person or for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.models import ListSetting, SavedView, User
from wharfinger.db.queries.paging import PAGE_SIZES
from wharfinger.domain.installation.list_views import NAME_AT_MOST, VIEWS_AT_MOST, ListCode
from wharfinger.domain.installation.people import Right
from wharfinger.domain.sentences import N_
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """What a person saves. `filters` and `sort` as in the page's address; `columns` None: the usual ones."""

    name: str
    filters: Mapping[str, str]
    sort: str = ""
    columns: Sequence[str] | None = None
    for_all: bool = False


@operation
def choose_page_size(which: ListCode, size: int, *, user: User) -> None:
    """How many rows this person's pages of the list have."""
    if size not in PAGE_SIZES:
        offered = ", ".join(map(str, PAGE_SIZES[:-1]))
        raise Refused("Rows a page must be %(offered)s or %(all)s.", "rows", offered=offered, all=PAGE_SIZES[-1])
    _set(which, user, {"page_size": size})


@operation
def choose_columns(which: ListCode, columns: Sequence[str] | None, *, user: User) -> None:
    """Which columns this person's list has; None = the usual ones."""
    _set(which, user, {"columns": None if columns is None else list(columns)})


@operation
def open_first(which: ListCode, view_id: int | None, *, user: User) -> None:
    """The view that this person's list opens with; None = the whole list."""
    view = None if view_id is None else _visible(which, view_id, user)
    _set(which, user, {"view": view})


@operation
def add_view(which: ListCode, entry: ViewEntry, *, user: User, now: datetime) -> int:
    """A new view, of the person or of all; returns its id."""
    owner = _owner(entry.for_all, user)
    name = _name(which, entry.name, owner)
    if SavedView.objects.filter(list=which, user=owner).count() >= VIEWS_AT_MOST:
        whose = N_("for everyone") if entry.for_all else N_("of your own")
        raise Refused(
            "There are already %(at_most)s views %(whose)s. Delete one that is not needed.",
            "name",
            at_most=VIEWS_AT_MOST,
            whose=whose,
        )
    view = SavedView.objects.create(
        list=which,
        user=owner,
        name=name,
        filters=dict(entry.filters),
        sort=entry.sort,
        columns=None if entry.columns is None else list(entry.columns),
        made_at=now,
    )
    _audit("add view", view, None, _facts(view), user, now)
    return view.pk


@operation
def change_view(which: ListCode, view_id: int, entry: ViewEntry, *, user: User, now: datetime) -> None:
    """Another name, and what the page shows now."""
    view = _changeable(which, view_id, user)
    before = _facts(view)
    view.name = _name(which, entry.name, view.user, but=view.pk)
    view.filters, view.sort = dict(entry.filters), entry.sort
    view.columns = None if entry.columns is None else list(entry.columns)
    view.save()
    _audit("change view", view, before, _facts(view), user, now)


@operation
def delete_view(which: ListCode, view_id: int, *, user: User, now: datetime) -> str:
    """Whoever opened the list with it gets the whole list again. Returns its name."""
    view = _changeable(which, view_id, user)
    _audit("delete view", view, _facts(view), None, user, now)
    name = view.name
    view.delete()
    return name


@operation
def note_export(
    which: ListCode, kind: str, columns: Sequence[str], filters: Mapping[str, str], *, user: User, now: datetime
) -> None:
    """Who took which rows and columns of a list away, as which kind of file."""
    after = {"file": kind, "columns": ", ".join(columns), **{f"filter {name}": text for name, text in filters.items()}}
    record_audit("export", "List", which.label, before=None, after=after, now=now, user=user)


def _owner(for_all: bool, user: User) -> User | None:
    if not for_all:
        return user
    if not user.may(Right.ADMINISTER):
        raise Refused("Only an administrator saves a view for everyone. Save it for yourself.", "for_all")
    return None


def _name(which: ListCode, name: str, owner: User | None, *, but: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("Give the view a name.", "name")
    if len(name) > NAME_AT_MOST:
        raise Refused("The name of a view has at most %(at_most)s characters.", "name", at_most=NAME_AT_MOST)
    same = SavedView.objects.filter(list=which, user=owner).annotate(plain=Lower("name")).filter(plain=name.lower())
    if (same if but is None else same.exclude(pk=but)).exists():
        raise Refused("There is already a view “%(name)s”. Choose another name.", "name", name=name)
    return name


def _visible(which: ListCode, view_id: int, user: User) -> SavedView:
    view = SavedView.objects.filter(Q(user=user) | Q(user=None), pk=view_id, list=which).first()
    if view is None:
        raise Refused("The view no longer exists.", "view")
    return view


def _changeable(which: ListCode, view_id: int, user: User) -> SavedView:
    view = _visible(which, view_id, user)
    if view.user_id is None and not user.may(Right.ADMINISTER):
        raise Refused("A view for everyone is changed by an administrator. Save one of your own.", "view")
    return view


def _facts(view: SavedView) -> dict[str, Any]:
    return {
        "name": view.name,
        "filters": ", ".join(f"{name}={text}" for name, text in view.filters.items()),
        "sort": view.sort,
        "columns": ", ".join(view.columns or ()),
    }


def _audit(
    verb: str, view: SavedView, before: dict[str, Any] | None, after: dict[str, Any] | None, user: User, now: datetime
) -> None:
    """A view of all concerns all; what a person makes for themselves does not."""
    if view.user_id is None:
        record_audit(verb, "SavedView", view.pk, before=before, after=after, now=now, user=user)


def _set(which: ListCode, user: User, values: Mapping[str, Any]) -> None:
    ListSetting.objects.update_or_create(user=user, list=which, defaults=dict(values))
