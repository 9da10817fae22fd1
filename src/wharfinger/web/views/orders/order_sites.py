"""The site of each line of a sales order, chosen by a person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.orders.actions.line_sites import line_sites
from wharfinger.db.queries.orders.sales_orders import order_names
from wharfinger.domain.installation.people import Right
from wharfinger.operations.orders.actions import sites
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.order_actions import SitesForm
from wharfinger.web.request_context import person, show_refusal, trade_now
from wharfinger.web.rights import needs


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, order_id: int) -> HttpResponse:
    orders = order_names([order_id])
    if not orders:
        messages.error(request, gettext("This sales order does not exist. Open the list again."))
        return redirect("sales-order-list")
    form = SitesForm(line_sites(order_id), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            sites.choose_sites(order_id, sites=form.sites(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("The sites of %(order)s are saved.") % {"order": orders[0].code})
            return redirect("sales-order", order_id=order_id)
    context = {"order": orders[0], "form": form}
    return render(request, "wharfinger/sales_orders/sites.html", context, status=422 if form.is_bound else 200)


routes = [path("sales-orders/<int:order_id>/sites/", choose, name="sales-order-sites")]
