"""Levels to watch: at or below their reorder level, or soon sold out; and the reorder levels of an item."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.paging import Page
from wharfinger.db.queries.stock.stock_items import item_choice
from wharfinger.db.queries.stock.warehouse.replenish import sites_to_replenish
from wharfinger.db.queries.stock.watched import (
    WatchedRow,
    add_up_to_reorder,
    every_one_to_reorder,
    reorder_levels,
    soonest_sold_out,
    to_reorder,
)
from wharfinger.db.queries.totals import Totals
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.warehouse.reorder_levels import set_reorder_levels
from wharfinger.web.forms.stock.reorder import ReorderForm, WatchedFilterForm
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.list_views.watched import WATCHED
from wharfinger.web.request_context import allowed, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in

_DAYS = 14


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    if (address := address_of_view(request, WATCHED)) is not None:
        return redirect(address)
    shown, form = read_list(request, WATCHED), WatchedFilterForm(request.GET)
    by_cover, days, search = _filter(form)
    if by_cover:
        rows = soonest_sold_out(days=days, now=trade_now())
        page, totals = Page(rows), Totals(len(rows))
    else:
        page = to_reorder(search=search, cursor=shown.cursor, size=shown.size, now=trade_now())
        totals = add_up_to_reorder(search=search, everything=shown.all_totals)
    context = {
        "page": page,
        "list": shown,
        "form": form,
        "totals": totals,
        "filtered": shown.filtered,
        "by_cover": by_cover,
        "days": days,
        "may_edit": allowed(request, Right.EDIT_STOCK),
        "fba_sites": sites_to_replenish(),
    }
    return render(request, "wharfinger/watched/list.html", context)


@signed_in
@require_safe
def export_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    shown = read_list(request, WATCHED)
    by_cover, days, search = _filter(WatchedFilterForm(request.GET))
    rows: Iterable[WatchedRow] = (
        soonest_sold_out(days=days, now=trade_now())
        if by_cover
        else every_one_to_reorder(search=search, now=trade_now())
    )
    return export(request, shown, rows, kind)


def _filter(form: WatchedFilterForm) -> tuple[bool, int, str]:
    """Whether by cover, fewer than how many days, and the search among reorder levels."""
    form.is_valid()
    cleaned = form.cleaned_data
    return cleaned.get("show") == "cover", cleaned.get("days") or _DAYS, cleaned.get("q", "")


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_levels(request: HttpRequest, item_id: int) -> HttpResponse:
    item = item_choice(item_id)
    if item is None:
        raise Http404
    form = ReorderForm(*reorder_levels(item_id), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_reorder_levels(
                item_id, form.cleaned_data["everywhere"], form.by_site(), user=person(request), now=trade_now()
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("stock-item", item_id=item_id)
    context = {"form": form, "item": item}
    return render(request, "wharfinger/watched/edit.html", context, status=422 if form.errors else 200)


routes = [
    path("stock/watch/", show_list, name="watched-list"),
    *export_routes("stock/watch/", export_list, "watched-export"),
    path("stock/<int:item_id>/reorder/", edit_levels, name="stock-item-reorder"),
]
