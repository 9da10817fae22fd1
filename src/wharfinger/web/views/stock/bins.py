"""Where an item lies: its bins at each site."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.stock.stock_items import item_choice
from wharfinger.db.queries.stock.warehouse.bins import bins_by_site
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.warehouse.bins import set_bins
from wharfinger.web.forms.stock.bins import BinsForm
from wharfinger.web.request_context import person, show_refusal, trade_now
from wharfinger.web.rights import needs


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_bins(request: HttpRequest, item_id: int) -> HttpResponse:
    item = item_choice(item_id)
    if item is None:
        raise Http404
    form = BinsForm(bins_by_site(item_id), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_bins(item_id, form.bins(), user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("stock-item", item_id=item_id)
    context = {"form": form, "item": item}
    return render(request, "wharfinger/stock/bins.html", context, status=422 if form.errors else 200)


routes = [path("stock/<int:item_id>/bins/", edit_bins, name="stock-item-bins")]
