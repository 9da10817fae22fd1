"""Counts: the list, a new one, counting with a scanner or by hand, the review, and what ends them."""

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.models import User
from wharfinger.db.queries.stock.scanned import scanned_items
from wharfinger.db.queries.stock.warehouse.counts import (
    CountedItem,
    CountRow,
    LineFilter,
    add_up_count_lines,
    count_lines,
    count_row,
    count_sums,
    counted_item,
    every_count_line,
    list_counts,
    newest_entries,
    next_items,
    sites_to_count,
)
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.warehouse import counts
from wharfinger.web.formats import written_number
from wharfinger.web.forms.stock.counts import EntryForm, LineFilterForm, NewCountForm
from wharfinger.web.list_views.count_lines import COUNT_LINES
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.request_context import allowed, message_of, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    context = {"page": list_counts(cursor=request.GET.get("at", "")), "may_edit": allowed(request, Right.EDIT_STOCK)}
    return render(request, "wharfinger/counts/list.html", context)


def _count_or_404(count_id: int) -> CountRow:
    count = count_row(count_id)
    if count is None:
        raise Http404
    return count


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def new_count(request: HttpRequest) -> HttpResponse:
    form = NewCountForm(sites_to_count(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = counts.begin_count(form.entry(), user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect("count", count_id=made.pk)
    return render(request, "wharfinger/counts/new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def show_count(request: HttpRequest, count_id: int) -> HttpResponse:
    """Scan, then units; each as a page of its own, so that a phone and a keyboard scanner need no script."""
    count = _count_or_404(count_id)
    if not (count.is_open and allowed(request, Right.EDIT_STOCK)):
        return redirect("count-review", count_id=count_id)
    if request.method == "POST":
        return _enter(request, count)
    code = request.GET.get("code", "").strip()
    found = scanned_items(code) if code else ()
    picked = numbers([request.GET.get("item", "")])
    item = counted_item(count, picked[0] if picked else found[0].id if len(found) == 1 else 0)
    return _counting(request, count, item, code=code, choices=found if len(found) > 1 else ())


def _enter(request: HttpRequest, count: CountRow) -> HttpResponse:
    picked = numbers([request.POST.get("item", "")])
    item = counted_item(count, picked[0]) if picked else None
    if item is None:
        messages.error(request, gettext("This item no longer exists. Scan another."))
        return redirect("count", count_id=count.id)
    form = EntryForm(item.id, request.POST, counted=item.counted is not None)
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            line = counts.enter_count(
                count.id,
                item.id,
                cleaned["quantity"],
                token=cleaned["token"],
                replaces=cleaned.get("replaces", False),
                user=person(request),
                now=trade_now(),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            said = gettext("%(item)s: %(counted)s counted.")
            messages.success(request, said % {"item": item.code, "counted": written_number(line.counted or 0)})
            return redirect("count", count_id=count.id)
    return _counting(request, count, item, form)


def _counting(
    request: HttpRequest,
    count: CountRow,
    item: CountedItem | None,
    form: EntryForm | None = None,
    *,
    code: str = "",
    choices: object = (),
) -> HttpResponse:
    if item is not None and not item.is_kit and form is None:
        form = EntryForm(item.id, counted=item.counted is not None)
    context = {
        "count": count,
        "item": item,
        "form": form,
        "code": code,
        "choices": choices,
        "next": next_items(count.id),
        "entries": newest_entries(count.id),
    }
    refused = bool(form and form.errors)
    return render(request, "wharfinger/counts/count.html", context, status=422 if refused else 200)


@signed_in
@require_safe
def review(request: HttpRequest, count_id: int) -> HttpResponse:
    if (address := address_of_view(request, COUNT_LINES)) is not None:
        return redirect(address)
    count, shown, form = _count_or_404(count_id), read_list(request, COUNT_LINES), LineFilterForm(request.GET)
    wanted = _filter(form)
    context = {
        "count": count,
        "sums": count_sums(count_id),
        "page": count_lines(count, wanted, cursor=shown.cursor, sorting=shown.sorting, size=shown.size),
        "list": shown,
        "form": form,
        "totals": add_up_count_lines(count_id, wanted, everything=shown.all_totals),
        "filtered": shown.filtered,
        "may_edit": allowed(request, Right.EDIT_STOCK) and count.is_open,
        "token": uuid4().hex,
    }
    return render(request, "wharfinger/counts/review.html", context)


@signed_in
@require_safe
def export_lines(request: HttpRequest, count_id: int, kind: str) -> HttpResponseBase:
    count, shown, form = _count_or_404(count_id), read_list(request, COUNT_LINES), LineFilterForm(request.GET)
    return export(request, shown, every_count_line(count, _filter(form), sorting=shown.sorting), kind)


def _filter(form: LineFilterForm) -> LineFilter:
    form.is_valid()
    return LineFilter(show=form.cleaned_data.get("show", ""), search=form.cleaned_data.get("q", ""))


def _accept(request: HttpRequest, count: CountRow, user: User) -> str:
    lines = counts.accept_lines(count.id, numbers(request.POST.getlist("ids")), user=user, now=trade_now())
    return ngettext("%(lines)s line is accepted.", "%(lines)s lines are accepted.", lines) % {
        "lines": written_number(lines)
    }


def _accept_all(request: HttpRequest, count: CountRow, user: User) -> str:
    lines = counts.accept_lines(count.id, user=user, now=trade_now())
    return ngettext("%(lines)s line is accepted.", "%(lines)s lines are accepted.", lines) % {
        "lines": written_number(lines)
    }


def _recount(request: HttpRequest, count: CountRow, user: User) -> str:
    lines = counts.request_recount(count.id, numbers(request.POST.getlist("ids")), user=user, now=trade_now())
    return ngettext("%(lines)s item is to be recounted.", "%(lines)s items are to be recounted.", lines) % {
        "lines": written_number(lines)
    }


def _rest(request: HttpRequest, count: CountRow, user: User) -> str:
    token = request.POST.get("token", "") or uuid4().hex
    lines = counts.count_rest_as_zero(count.id, token=token, user=user, now=trade_now())
    said = ngettext(
        "%(lines)s item counts as 0 units. Accept what is right.",
        "%(lines)s items count as 0 units. Accept what is right.",
        lines,
    )
    return said % {"lines": written_number(lines)}


def _book(request: HttpRequest, count: CountRow, user: User) -> str:
    booked = counts.book_count(count.id, user=user, now=trade_now())
    said = ngettext(
        "%(count)s is booked: %(items)s level changed.", "%(count)s is booked: %(items)s levels changed.", booked.booked
    )
    return said % {"count": booked.code, "items": written_number(booked.booked)}


def _cancel(request: HttpRequest, count: CountRow, user: User) -> str:
    counts.cancel_count(count.id, user=user, now=trade_now())
    return gettext("%(count)s is cancelled: nothing of it is booked.") % {"count": count.code}


_VERBS: dict[str, Callable[[HttpRequest, CountRow, User], str]] = {
    "accept": _accept,
    "accept-all": _accept_all,
    "recount": _recount,
    "rest": _rest,
    "book": _book,
    "cancel": _cancel,
}


@needs(Right.EDIT_STOCK)
@require_POST
def act(request: HttpRequest, count_id: int, verb: str) -> HttpResponse:
    """What a person decides on the review; the answer is on the page that follows."""
    count = _count_or_404(count_id)
    if verb not in _VERBS:
        raise Http404
    try:
        messages.success(request, _VERBS[verb](request, count, person(request)))
    except Refused as refused:
        messages.error(request, message_of(refused))
    query = request.META.get("QUERY_STRING", "")
    address = reverse("count-review", args=[count_id])
    return redirect(f"{address}?{query}" if query else address)


routes = [
    path("counts/", show_list, name="count-list"),
    path("counts/new/", new_count, name="count-new"),
    path("counts/<int:count_id>/", show_count, name="count"),
    path("counts/<int:count_id>/review/", review, name="count-review"),
    *export_routes("counts/<int:count_id>/review/", export_lines, "count-export"),
    path("counts/<int:count_id>/<str:verb>/", act, name="count-act"),
]
