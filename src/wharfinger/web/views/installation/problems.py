"""Problems: everything that needs a person, with its cause, its remedy and the page where it is fixed."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.models import User
from wharfinger.db.queries.channels.channel_products import channel_choices
from wharfinger.db.queries.installation.problems import (
    ProblemFilter,
    ProblemRow,
    add_up_problems,
    every_problem,
    list_problems,
    open_problems_by_kind,
    problem_row,
)
from wharfinger.db.queries.search import rows_named
from wharfinger.domain.installation.people import Right
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutMissingChannel
from wharfinger.domain.sentences import N_
from wharfinger.operations.installation import problems
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_list
from wharfinger.web.forms.problems import ProblemFilterForm
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.problems import PROBLEMS
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.problem_pages import page_of_problem
from wharfinger.web.request_context import allowed, message_of, next_page, numbers, person, trade_now
from wharfinger.web.rights import may_open, needs, signed_in, whom_to_ask


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    if (address := address_of_view(request, PROBLEMS)) is not None:
        return redirect(address)
    form = ProblemFilterForm(request.GET, channels=channel_choices())
    wanted, shown = _filter(request, form), read_list(request, PROBLEMS)
    page = list_problems(wanted, cursor=shown.cursor, sorting=shown.sorting, size=shown.size)
    context = {
        "page": page,
        "list": shown,
        "cards": [(row, fixed_at(row, person(request))) for row in page.rows],
        "kinds": open_problems_by_kind(),
        "filtered": shown.filtered,
        "may_fix": allowed(request, Right.FIX_PROBLEMS),
        "whom_to_ask": whom_to_ask(Right.FIX_PROBLEMS),
        "solved": wanted.solved,
    }
    rows = live_part(request, "rows", "wharfinger/problems/rows.html", context, every="3s")
    note_list(request, shown, rows=len(page.rows), renewal=asks_for(request, "rows"))
    if asks_for(request, "rows"):
        return answer_live(request, rows)
    totals = add_up_problems(wanted, everything=shown.all_totals)
    page_context = {**context, "form": form, "live": rows, "totals": totals}
    return render(request, "wharfinger/problems/list.html", page_context)


@signed_in
@require_safe
def export_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    wanted = _filter(request, ProblemFilterForm(request.GET, channels=channel_choices()))
    shown = read_list(request, PROBLEMS)
    return export(request, shown, every_problem(wanted, sorting=shown.sorting), kind)


def _filter(request: HttpRequest, form: forms.Form) -> ProblemFilter:
    form.is_valid()
    cleaned = form.cleaned_data
    text, sees_people = cleaned.get("q", ""), allowed(request, Right.SEE_PERSONAL_DATA)
    return ProblemFilter(
        kind=cleaned.get("kind", ""),
        channel_id=cleaned.get("channel"),
        solved=cleaned.get("show") == "solved",
        about=rows_named(text, with_customers=sees_people) if text else None,
    )


def fixed_at(row: ProblemRow, reader: User) -> tuple[str, str]:
    """(address, what the button says): the page where it is fixed, or for who may not the one that shows it."""
    address, button = next((place for place in _places(row) if may_open(reader, place[0])), ("", ""))
    return address, gettext(button) if button else ""


def _places(row: ProblemRow) -> Iterator[tuple[str, str]]:
    if row.kind is ProblemKind.UNKNOWN_SKU and row.solved_at is None:
        yield f"{reverse('product-link')}?problem={row.id}", _BUTTONS[row.kind]
    elif isinstance(row.key, AboutMissingChannel):
        yield _new_channel(row.key), _BUTTONS[row.kind]
    elif page := page_of_problem(row):
        yield page, _BUTTONS.get(row.kind) or _shown_at(page)
    for wanted, name, button in (
        (row.sales_order_id, "sales-order", N_("Show the order")),
        (row.imported_order_id, "imported-order", N_("Show the order")),
        (row.site_id, "site", N_("Show the site")),
        (row.item_id, "stock-item", N_("Show the item")),
        (row.channel_id, "channel", N_("Show the channel")),
    ):
        if wanted:
            yield reverse(name, args=[wanted]), button


def _new_channel(missing: AboutMissingChannel) -> str:
    """New Channel with marketplace and seller account filled in."""
    wanted = urlencode({"marketplace": missing.marketplace_id, "account": missing.account_id})
    return f"{reverse('channel-new-kind', args=[missing.kind.value.lower()])}?{wanted}"


def _shown_at(page: str) -> str:
    """What the button to a remedy's page says, by whose page it is."""
    return next((button for place, button in _SHOWN if page.startswith(place) and page != place), N_("Fix it"))


@needs(Right.FIX_PROBLEMS)
@require_POST
def mark_done(request: HttpRequest, problem_id: int) -> HttpResponse:
    """A person's word: what only he can see is done."""
    if problem_row(problem_id) is None:
        raise Http404
    try:
        problems.mark_as_done(problem_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("Marked as done."))
    return redirect(next_page(request, reverse("problem-list")))


@needs(Right.FIX_PROBLEMS)
@require_POST
def mark_many_done(request: HttpRequest) -> HttpResponse:
    """The ticked problems, each by itself: one that closes automatically does not hold the others."""
    ids = numbers(request.POST.getlist("ids"))
    if not ids:
        messages.warning(request, gettext("No problem was selected. Tick the problems first, then press Mark as done."))
    done, reasons = 0, []
    for problem_id in dict.fromkeys(ids):
        try:
            problems.mark_as_done(problem_id, now=trade_now(), user=person(request))
        except Refused as refused:
            reasons.append(message_of(refused))
        except ObjectDoesNotExist:
            reasons.append(gettext("A problem is no longer there."))
        else:
            done += 1
    if done:
        said = ngettext("%(count)s problem marked as done.", "%(count)s problems marked as done.", done)
        messages.success(request, said % {"count": done})
    for reason in dict.fromkeys(reasons):
        messages.error(request, reason)
    kept = {key: value for key, value in request.GET.items() if key != "seen"}
    return redirect(f"{reverse('problem-list')}?{urlencode(kept)}" if kept else reverse("problem-list"))


_BUTTONS = {
    ProblemKind.UNKNOWN_SKU: N_("Link on a page of its own"),
    ProblemKind.FBA_SITE_EMPTY: N_("Load levels from Amazon"),
    ProblemKind.AUTHORISATION_LOST: N_("Authorise"),
    ProblemKind.ROLE_MISSING: N_("Authorise"),
    ProblemKind.THROTTLED: N_("Show the channel"),
    ProblemKind.INCOMPLETE: N_("Show the difference"),
    ProblemKind.REPORT_FAILED: N_("Check now"),
    ProblemKind.FLOW_FAILED: N_("Sync now"),
    ProblemKind.NO_CHANNEL: N_("Create the channel"),
}
_SHOWN = (
    ("/sales-orders/", N_("Show the order")),
    ("/imported-orders/", N_("Show the order")),
    ("/stock/", N_("Show the item")),
    ("/sites/", N_("Show the site")),
    ("/channels/", N_("Show the listing")),
)

routes = [
    path("problems/", show_list, name="problem-list"),
    *export_routes("problems/", export_list, "problem-export"),
    path("problems/done/", mark_many_done, name="problem-done-many"),
    path("problems/<int:problem_id>/done/", mark_done, name="problem-done"),
]
