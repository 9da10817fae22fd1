"""Stock: the list, one item with its ledger, and what changes them by hand."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.channels.links import Unlinked
from wharfinger.db.queries.stock.stock_items import (
    StockFilter,
    StockItemPage,
    add_up_stock,
    every_stock_row,
    ledger,
    list_stock,
    site_choices,
    stock_item_page,
)
from wharfinger.db.queries.stock.stock_profiles import profile_choices
from wharfinger.db.queries.stock.warehouse.level_chart import item_chart
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import items
from wharfinger.operations.stock.ledger import adjust_stock, count_stock, receive_stock
from wharfinger.web.forms.stock.items import ItemForm, MovementForm, StockFilterForm, initial_of_item
from wharfinger.web.linking import link_to_item, read_unlinked
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.list_views.stock import STOCK
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    if (address := address_of_view(request, STOCK)) is not None:
        return redirect(address)
    form, shown = StockFilterForm(request.GET, sites=site_choices()), read_list(request, STOCK)
    wanted = _filter(form)
    context = {
        "page": list_stock(wanted, cursor=shown.cursor, sorting=shown.sorting, size=shown.size),
        "list": shown,
        "filtered": shown.filtered,
        "may_edit": allowed(request, Right.EDIT_STOCK),
        "may_assign": allowed(request, Right.EDIT_CHANNELS),
    }
    rows = live_part(request, "rows", "wharfinger/stock/rows.html", context, every="3s")
    if asks_for(request, "rows"):
        return answer_live(request, rows)
    totals = add_up_stock(wanted, everything=shown.all_totals)
    page = {**context, "form": form, "live": rows, "profiles": profile_choices(), "totals": totals}
    return render(request, "wharfinger/stock/list.html", page)


@signed_in
@require_safe
def export_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    shown = read_list(request, STOCK)
    rows = every_stock_row(_filter(StockFilterForm(request.GET, sites=site_choices())), sorting=shown.sorting)
    return export(request, shown, rows, kind)


def _filter(form: StockFilterForm) -> StockFilter:
    form.is_valid()
    cleaned = form.cleaned_data
    return StockFilter(site_id=cleaned.get("site"), search=cleaned.get("q", ""), show=cleaned.get("show", ""))


def _item_or_404(item_id: int) -> StockItemPage:
    item = stock_item_page(item_id)
    if item is None:
        raise Http404
    return item


@signed_in
@require_safe
def show_item(request: HttpRequest, item_id: int) -> HttpResponse:
    item = _item_or_404(item_id)
    if asks_for(request, "levels"):
        return answer_live(request, _levels(request, item))
    return _render_item(request, item)


@signed_in
@require_safe
def show_chart(request: HttpRequest, item_id: int) -> HttpResponse:
    """The level over time: a part of the item's page that comes after it, for its ledger may be long."""
    chart = item_chart(item_id, zone=timezone.get_current_timezone_name(), now=trade_now())
    if chart is None:
        raise Http404
    return render(request, "wharfinger/stock/chart.html", {"item_id": item_id, "chart": chart})


def _levels(request: HttpRequest, item: StockItemPage) -> dict[str, Any]:
    context = {"item": item, "may_edit": allowed(request, Right.EDIT_STOCK)}
    return live_part(request, "levels", "wharfinger/stock/levels.html", context)


_VERBS = ("receive", "count", "adjust")


def _render_item(request: HttpRequest, item: StockItemPage, refused: MovementForm | None = None) -> HttpResponse:
    own_sites = site_choices(fba=False)
    forms = [
        refused if refused is not None and refused.verb == verb else MovementForm(verb, own_sites) for verb in _VERBS
    ]
    site = numbers([request.GET.get("site", "")])
    context = {
        "item": item,
        "live": _levels(request, item),
        "ledger": ledger(item.id, site_id=site[0] if site else None, cursor=request.GET.get("at", "")),
        "site": site[0] if site else None,
        "forms": forms,
        "refused": refused.verb if refused else "",
        "own_sites": own_sites,
        "may_edit": allowed(request, Right.EDIT_STOCK),
    }
    return render(request, "wharfinger/stock/item.html", context, status=422 if refused else 200)


def _receive(item_id: int, cleaned: dict[str, Any], request: HttpRequest) -> str:
    receive_stock(
        item_id, cleaned["site_id"], cleaned["quantity"], note=cleaned["note"], user=person(request), now=trade_now()
    )
    return gettext("Received. The new quantity is sent automatically to the listings that sell this item.")


def _count(item_id: int, cleaned: dict[str, Any], request: HttpRequest) -> str:
    count_stock(
        item_id, cleaned["site_id"], cleaned["quantity"], note=cleaned["note"], user=person(request), now=trade_now()
    )
    return gettext("Counted. The difference is in the ledger.")


def _adjust(item_id: int, cleaned: dict[str, Any], request: HttpRequest) -> str:
    adjust_stock(
        item_id, cleaned["site_id"], cleaned["quantity"], cleaned["note"], user=person(request), now=trade_now()
    )
    return gettext("Adjusted. The change and its reason are in the ledger.")


_MOVES: dict[str, Callable[[int, dict[str, Any], HttpRequest], str]] = {
    "receive": _receive,
    "count": _count,
    "adjust": _adjust,
}


@needs(Right.EDIT_STOCK)
@require_POST
def move(request: HttpRequest, item_id: int, verb: str) -> HttpResponse:
    """Receive, count or adjust an item at a site."""
    item = _item_or_404(item_id)
    if verb not in _MOVES:
        raise Http404
    form = MovementForm(verb, site_choices(fba=False), request.POST)
    if not form.is_valid():
        return _render_item(request, item, form)
    try:
        said = _MOVES[verb](item_id, form.cleaned_data, request)
    except Refused as refused:
        show_refusal(form, refused, {"site": "site_id", "counted": "quantity", "by": "quantity"})
        return _render_item(request, item, form)
    messages.success(request, said)
    return redirect("stock-item", item_id=item_id)


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: HttpRequest) -> HttpResponse:
    """A new item; with ?product=, ?line= or ?problem= it is made of that listing and linked to it."""
    unlinked = read_unlinked(request)
    first = {"code": unlinked.sku, "name": unlinked.title} if unlinked else {}
    form = ItemForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = items.create_item(form.entry(), user=person(request), now=trade_now())
            if unlinked is not None and allowed(request, Right.FIX_PROBLEMS):
                link_to_item(request, unlinked, made.pk)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(
                request,
                gettext("Stock item %(item)s is created. Receive or count it to set its level.") % {"item": made.code},
            )
            return redirect("stock-item", item_id=made.pk)
    return _render_form(request, form, None, unlinked)


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: HttpRequest, item_id: int) -> HttpResponse:
    item = _item_or_404(item_id)
    form = ItemForm(request.POST if request.method == "POST" else None, initial=initial_of_item(item))
    if request.method == "POST" and form.is_valid():
        try:
            items.edit_item(item_id, form.entry(), user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("stock-item", item_id=item_id)
    return _render_form(request, form, item)


def _render_form(
    request: HttpRequest, form: ItemForm, item: StockItemPage | None, unlinked: Unlinked | None = None
) -> HttpResponse:
    back = reverse("stock-item", args=[item.id]) if item else reverse("stock-list")
    context = {"form": form, "item": item, "unlinked": unlinked, "back": back}
    return render(request, "wharfinger/stock/form.html", context, status=422 if form.errors else 200)


routes = [
    path("stock/", show_list, name="stock-list"),
    *export_routes("stock/", export_list, "stock-list-export"),
    path("stock/new/", new_item, name="stock-item-new"),
    path("stock/<int:item_id>/chart/", show_chart, name="stock-item-chart"),
    path("stock/<int:item_id>/", show_item, name="stock-item"),
    path("stock/<int:item_id>/edit/", edit_item, name="stock-item-edit"),
    path("stock/<int:item_id>/<str:verb>/", move, name="stock-item-move"),
]
