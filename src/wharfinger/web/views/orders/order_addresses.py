"""The delivery address of a sales order, edited by a person and restored to Amazon's."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.orders.sales_order_page import SalesOrderPage, sales_order_page
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.addresses import address_parts
from wharfinger.domain.orders.order import IncomingAddress
from wharfinger.operations.orders._address_steps import address_hash
from wharfinger.operations.orders.actions import addresses
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_reading
from wharfinger.web.forms.order_actions import AddressForm
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs


@needs(Right.EDIT_ORDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, order_id: int) -> HttpResponse:
    order = sales_order_page(order_id, with_personal_data=True)
    if order is None:
        raise Http404
    form = AddressForm(request.POST or None, initial=_initial(order))
    if not form.is_valid():
        return _show(request, order, form)
    cleaned = dict(form.cleaned_data)
    seen = cleaned.pop("seen")
    try:
        addresses.edit_address(
            order_id, address=IncomingAddress(**cleaned), seen=seen, now=trade_now(), user=person(request)
        )
    except Refused as refused:
        show_refusal(form, refused)
        return _show(request, order, form)
    messages.success(request, gettext("The address of %(order)s is saved. Amazon's is kept.") % {"order": order.code})
    return redirect("sales-order", order_id=order_id)


def _initial(order: SalesOrderPage) -> dict[str, str]:
    held = order.delivery.address if order.delivery else None
    return {**address_parts(held or IncomingAddress()), "seen": address_hash(held)}


def _show(request: HttpRequest, order: SalesOrderPage, form: AddressForm) -> HttpResponse:
    note_reading(request, Access.ORDER, Subject.SALES_ORDER, order.id)
    context = {"order": order, "form": form}
    return render(request, "wharfinger/sales_orders/address.html", context, status=422 if form.is_bound else 200)


@needs(Right.EDIT_ORDERS)
@require_POST
def restore(request: HttpRequest, order_id: int) -> HttpResponse:
    try:
        order = addresses.restore_address(order_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("%(order)s goes to the address that Amazon sent.") % {"order": order.code})
    return redirect("sales-order", order_id=order_id)


routes = [
    path("sales-orders/<int:order_id>/edit-address/", edit, name="sales-order-edit-address"),
    path("sales-orders/<int:order_id>/restore-address/", restore, name="sales-order-restore-address"),
]
