"""What people choose for their lists: rows of a page, columns, views with a name."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from wharfinger.operations.installation import list_views
from wharfinger.operations.installation.list_views import ViewEntry
from wharfinger.operations.refusals import Refused
from wharfinger.web.list_views.access_log import ACCESS_LOG
from wharfinger.web.list_views.columns import ListSpec
from wharfinger.web.list_views.count_lines import COUNT_LINES
from wharfinger.web.list_views.customers import CUSTOMERS
from wharfinger.web.list_views.drift import DIFFERENCES
from wharfinger.web.list_views.imported_orders import IMPORTED_ORDERS
from wharfinger.web.list_views.problems import PROBLEMS
from wharfinger.web.list_views.sales_orders import SALES_ORDERS
from wharfinger.web.list_views.site_levels import SITE_LEVELS
from wharfinger.web.list_views.stock import STOCK
from wharfinger.web.list_views.watched import WATCHED
from wharfinger.web.request_context import message_of, next_page, numbers, person, trade_now
from wharfinger.web.rights import signed_in

LISTS: tuple[ListSpec[Any], ...] = (
    IMPORTED_ORDERS,
    SALES_ORDERS,
    CUSTOMERS,
    PROBLEMS,
    STOCK,
    WATCHED,
    SITE_LEVELS,
    COUNT_LINES,
    DIFFERENCES,
    ACCESS_LOG,
)
"""Every list whose page has the menus of columns and views; a test compares them with `ListCode`."""
_SPECS: dict[str, ListSpec[Any]] = {str(spec.code): spec for spec in LISTS}
_TEXT_AT_MOST = 400


def _spec_or_404(which: str) -> ListSpec[Any]:
    if which not in _SPECS:
        raise Http404
    return _SPECS[which]


def _shown(request: HttpRequest) -> dict[str, str]:
    """What the list's page shows, by its address."""
    query = parse_qs(urlsplit(next_page(request, "/")).query)
    return {name: texts[-1][:_TEXT_AT_MOST] for name, texts in query.items()}


def _back(request: HttpRequest, **changes: str | None) -> HttpResponse:
    """To the list's first page as it was shown, with some of its address changed."""
    address = urlsplit(next_page(request, "/"))
    kept = {**_shown(request), **{name: text for name, text in changes.items() if text is not None}}
    dropped = {"at", "seen", *(name for name, text in changes.items() if text is None)}
    query = urlencode({name: text for name, text in kept.items() if name not in dropped})
    return redirect(f"{address.path}?{query}" if query else address.path)


def _try(request: HttpRequest, act: Callable[[], object], said: str) -> bool:
    try:
        act()
    except Refused as refused:
        messages.error(request, message_of(refused))
        return False
    if said:
        messages.success(request, said)
    return True


@signed_in
@require_POST
def choose_rows(request: HttpRequest, which: str) -> HttpResponse:
    """How many rows a page has."""
    code, chosen = _spec_or_404(which).code, numbers([request.POST.get("rows", "")])
    size = chosen[0] if chosen else 0
    _try(request, lambda: list_views.choose_page_size(code, size, user=person(request)), "")
    return _back(request)


@signed_in
@require_POST
def choose_columns(request: HttpRequest, which: str) -> HttpResponse:
    """Which columns are shown: of an open view until it is saved, else of the reader's list from now on."""
    spec = _spec_or_404(which)
    usual = "usual" in request.POST
    known = [column.code for column in spec.columns if column.code in request.POST.getlist("columns")]
    if numbers([_shown(request).get("view", "")]) not in ([], [0]):
        shown = [column.code for column in spec.columns if column.usual] if usual else known
        return _back(request, columns=",".join(shown))
    list_views.choose_columns(spec.code, None if usual else known, user=person(request))
    return _back(request, columns=None)


def _entry(request: HttpRequest, spec: ListSpec[Any]) -> ViewEntry:
    """What the page shows, with the name that was typed."""
    shown = _shown(request)
    columns = [column.code for column in spec.columns if column.code in request.POST.getlist("columns")]
    return ViewEntry(
        name=request.POST.get("name", "")[:_TEXT_AT_MOST],
        filters={name: shown[name] for name in spec.filters if shown.get(name)},
        sort=shown.get("sort", "")[:40],
        columns=columns or None,
        for_all=bool(request.POST.get("for_all")),
    )


def _saved(entry: ViewEntry) -> str:
    return gettext("The view “%(view)s” is saved.") % {"view": " ".join(entry.name.split())}


@signed_in
@require_POST
def add_view(request: HttpRequest, which: str) -> HttpResponse:
    spec = _spec_or_404(which)
    entry, made = _entry(request, spec), []
    done = _try(
        request,
        lambda: made.append(list_views.add_view(spec.code, entry, user=person(request), now=trade_now())),
        _saved(entry),
    )
    return _back(request, view=str(made[0]), columns=None) if done else _back(request)


@signed_in
@require_POST
def change_view(request: HttpRequest, which: str, view_id: int) -> HttpResponse:
    """Save it as it is shown, delete it, or have the list open with it (or no longer)."""
    spec, user, action = _spec_or_404(which), person(request), request.POST.get("action")
    entry = _entry(request, spec)
    match action:
        case "save":
            act = lambda: list_views.change_view(spec.code, view_id, entry, user=user, now=trade_now())  # noqa: E731
            done = _try(request, act, _saved(entry))
            return _back(request, columns=None) if done else _back(request)
        case "delete":
            done = _try(
                request,
                lambda: list_views.delete_view(spec.code, view_id, user=user, now=trade_now()),
                gettext("The view is deleted."),
            )
            return _back(request, view="0") if done else _back(request)
        case "first" | "not first":
            first = action == "first"
            said = gettext("The list opens with this view.") if first else gettext("The list opens with all its rows.")
            _try(request, lambda: list_views.open_first(spec.code, view_id if first else None, user=user), said)
            return _back(request)
        case _:
            raise Http404


routes = [
    path("lists/<str:which>/rows/", choose_rows, name="list-rows"),
    path("lists/<str:which>/columns/", choose_columns, name="list-columns"),
    path("lists/<str:which>/views/", add_view, name="list-view-add"),
    path("lists/<str:which>/views/<int:view_id>/", change_view, name="list-view"),
]
