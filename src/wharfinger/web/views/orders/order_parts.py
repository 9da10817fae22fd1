"""A sales order is split into two of the same Amazon order, or merged with another part of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.orders.actions.parts import unsent_lines
from wharfinger.db.queries.orders.sales_orders import order_names
from wharfinger.domain.installation.people import Right
from wharfinger.operations.orders.actions import merging, splitting
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.order_actions import SplitForm
from wharfinger.web.request_context import message_of, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import needs


@needs(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, order_id: int) -> HttpResponse:
    orders = order_names([order_id])
    if not orders:
        messages.error(request, gettext("This sales order does not exist. Open the list again."))
        return redirect("sales-order-list")
    form = SplitForm(unsent_lines(order_id), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            new = splitting.split_order(order_id, units=form.units(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            said = gettext("%(new)s was split from %(order)s.") % {"new": new.code, "order": orders[0].code}
            messages.success(request, said)
            return redirect("sales-order", order_id=new.pk)
    context = {"order": orders[0], "form": form}
    return render(request, "wharfinger/sales_orders/split.html", context, status=422 if form.is_bound else 200)


@needs(Right.SHIP)
@require_POST
def merge(request: HttpRequest, order_id: int) -> HttpResponse:
    other = numbers([request.POST.get("other", "")])
    try:
        if not other:
            raise Refused("Choose another part of the same Amazon order.", "other")
        kept = merging.merge_parts(order_id, other_id=other[0], now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("sales-order", order_id=order_id)
    messages.success(request, gettext("The parts are merged into %(order)s.") % {"order": kept.code})
    return redirect("sales-order", order_id=kept.pk)


routes = [
    path("sales-orders/<int:order_id>/split/", split, name="sales-order-split"),
    path("sales-orders/<int:order_id>/merge/", merge, name="sales-order-merge"),
]
