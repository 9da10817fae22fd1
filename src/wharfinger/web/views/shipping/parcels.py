"""A parcel that left: its number typed later, its carrier or number corrected, sent to Amazon again."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.orders.sales_order_page import SalesOrderPage, ShipmentFacts, sales_order_page
from wharfinger.db.queries.shipping.dispatch_services import services_for
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import parcels, undo
from wharfinger.web.forms.sales_orders import CorrectionForm, TrackingForm
from wharfinger.web.request_context import message_of, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import needs

COUNTS_FOR = timedelta(hours=24)
"""Amazon lets tracking be edited for 24 hours after the confirmation; a later change may not count there."""


def _parcel_or_404(order_id: int, shipment_id: int) -> tuple[SalesOrderPage, ShipmentFacts]:
    order = sales_order_page(order_id, with_personal_data=False)
    parcel = next((one for one in order.shipments if one.id == shipment_id), None) if order else None
    if order is None or parcel is None or parcel.confirmation is None:
        raise Http404
    return order, parcel


@needs(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, order_id: int, shipment_id: int) -> HttpResponse:
    """Another courier service or tracking number, until Amazon shows the parcel delivered."""
    order, parcel = _parcel_or_404(order_id, shipment_id)
    if not parcel.may_correct:
        messages.error(request, _why_not(parcel))
        return _back(order)
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(parcel, services_for(order.id), data)
    if request.method == "POST" and form.is_valid():
        try:
            parcels.correct_parcel(
                shipment_id,
                service_id=form.cleaned_data["service_id"],
                tracking_number=form.cleaned_data["tracking_number"],
                number_confirmed=form.cleaned_data["number_confirmed"],
                seen_version=form.cleaned_data["version"],
                now=trade_now(),
                user=person(request),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(
                request,
                gettext("Parcel %(parcel)s is corrected; see Amazon's answer below.")
                % {"parcel": parcel.package_reference},
            )
            return _back(order)
    return _show(request, order, parcel, form, adding=False)


def _why_not(parcel: ShipmentFacts) -> str:
    if parcel.delivered_at is not None:
        return gettext("Amazon shows this parcel as delivered: a change would count as invalid tracking there.")
    return gettext("This parcel has no tracking number yet. Press “Add tracking number”.")


@needs(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def add_number(request: HttpRequest, order_id: int, shipment_id: int) -> HttpResponse:
    """The number of a parcel that left without one."""
    order, parcel = _parcel_or_404(order_id, shipment_id)
    form = TrackingForm(request.POST) if request.method == "POST" else TrackingForm()
    if request.method == "POST" and form.is_valid():
        try:
            parcels.record_tracking(
                shipment_id,
                form.cleaned_data["tracking_number"],
                number_confirmed=form.cleaned_data["number_confirmed"],
                now=trade_now(),
                user=person(request),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(
                request,
                gettext("Parcel %(parcel)s now has its tracking number.") % {"parcel": parcel.package_reference},
            )
            return _back(order)
    return _show(request, order, parcel, form, adding=True)


@needs(Right.SHIP)
@require_POST
def send_again(request: HttpRequest, order_id: int, shipment_id: int) -> HttpResponse:
    """The parcel as it is, to Amazon once more."""
    order, parcel = _parcel_or_404(order_id, shipment_id)
    seen = numbers([request.GET.get("version", "")])
    try:
        parcels.send_again(shipment_id, seen_version=seen[0] if seen else None, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(
            request,
            gettext("Parcel %(parcel)s is sent to Amazon again; see below.") % {"parcel": parcel.package_reference},
        )
    return _back(order)


@needs(Right.SHIP)
@require_POST
def undo_dispatch(request: HttpRequest, order_id: int, shipment_id: int) -> HttpResponse:
    """The parcel is taken back whole, before Amazon hears of it."""
    order = sales_order_page(order_id, with_personal_data=False)
    if order is None:
        raise Http404
    try:
        undo.undo_dispatch(shipment_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(
            request,
            gettext("The dispatch is undone: %(order)s is as it was before, and Amazon was sent nothing.")
            % {"order": order.code},
        )
    return _back(order)


def _show(
    request: HttpRequest, order: SalesOrderPage, parcel: ShipmentFacts, form: forms.Form, *, adding: bool
) -> HttpResponse:
    first = parcel.confirmation.first_accepted_at if parcel.confirmation else None
    context = {
        "order": order,
        "parcel": parcel,
        "form": form,
        "adding": adding,
        "too_late_to_count": first is not None and trade_now() - first > COUNTS_FOR,
    }
    return render(request, "wharfinger/sales_orders/parcel.html", context, status=422 if form.errors else 200)


def _back(order: SalesOrderPage) -> HttpResponse:
    return redirect(f"{reverse('sales-order', args=[order.id])}#parcels")


_PARCEL = "sales-orders/<int:order_id>/parcels/<int:shipment_id>/"
routes = [
    path(f"{_PARCEL}correct/", correct, name="parcel-correct"),
    path(f"{_PARCEL}number/", add_number, name="parcel-number"),
    path(f"{_PARCEL}send-again/", send_again, name="parcel-send-again"),
    path(f"{_PARCEL}undo/", undo_dispatch, name="parcel-undo"),
]
