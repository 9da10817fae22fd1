"""A label on its order's page: bought, printed, voided, fetched again, and the parcel dispatched with it."""

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.shipping.dispatch_services import services_for
from wharfinger.db.queries.shipping.labels import LabelRow, labels_of_order, parcel_of_label
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.connections import LabelFormat
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import labels, shipments
from wharfinger.web.access_log import note_reading
from wharfinger.web.forms.sales_orders import DispatchForm
from wharfinger.web.packing.labels_pdf import as_pdf
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.views.orders.sales_orders import page_or_404, render_order

_IN_A_FRAME = {"frame-ancestors": ["'self'"], "object-src": ["'self'"]}


@needs(Right.SHIP)
@require_POST
def buy(request: HttpRequest, order_id: int) -> HttpResponse:
    """Have a label bought for the units in the form; the worker buys it, and the page shows what becomes of it."""
    order = page_or_404(request, order_id)
    form = DispatchForm(order, services_for(order.id), request.POST, labels=labels_of_order(order_id))
    if not form.is_valid():
        return render_order(request, order, form)
    entry = form.label_entry()
    try:
        label = labels.request_label(order_id, entry, now=trade_now(), user=person(request))
    except Refused as refused:
        show_refusal(form, refused)
        return render_order(request, order, form)
    return redirect("label-offers", order_id, label.pk) if entry.by_hand else _back(order_id)


@needs(Right.SHIP)
@require_POST
@csp_replace(_IN_A_FRAME)  # type: ignore[arg-type]  # its type knows no views with ids in their address
@xframe_options_sameorigin
def print_label(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """The label, for the browser to print; the bench prints it in a frame. ZPL is a file for a label printer."""
    label = _label_or_404(order_id, label_id)
    try:
        document = labels.print_label(label_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return _back(order_id)
    note_reading(request, Access.LABEL, Subject.SALES_ORDER, order_id)
    if label.label_format is LabelFormat.ZPL:
        kind, disposition = "text/plain; charset=utf-8", f'attachment; filename="{label.reference}.zpl"'
    else:
        kind, disposition = "application/pdf", f'inline; filename="{label.reference}.pdf"'
    return HttpResponse(
        as_pdf(document) if label.label_format is LabelFormat.PNG else document,
        content_type=kind,
        headers={
            "Content-Disposition": disposition,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@needs(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """After a question: the label holds no longer and must be destroyed."""
    label = _label_or_404(order_id, label_id)
    if request.method != "POST":
        order = page_or_404(request, order_id)
        return render(request, "wharfinger/sales_orders/label_void.html", {"order": order, "label": label})
    try:
        labels.void_label(label_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("The label %(label)s is voided; see below.") % {"label": label.reference})
    return _back(order_id)


@needs(Right.SHIP)
@require_POST
def fetch(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """Try now what waits for its next try."""
    _label_or_404(order_id, label_id)
    labels.fetch_again(label_id, now=trade_now())
    return _back(order_id)


@needs(Right.SHIP)
@require_POST
def dispatch(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """The parcel leaves with its label: its units, its courier service and its number."""
    label, parcel = _label_or_404(order_id, label_id), parcel_of_label(order_id, label_id)
    if parcel is None:
        raise Http404
    if not label.may_dispatch:
        messages.error(
            request, gettext("Nothing is dispatched with this label: it was used, or it is not valid any more.")
        )
        return _back(order_id)
    try:
        shipments.dispatch(
            order_id,
            service_id=parcel.service_id,
            tracking_number=parcel.tracking_number,
            lines=parcel.units,
            user=person(request),
            now=trade_now(),
        )
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        sold_by_amazon = gettext(
            "The parcel is dispatched. Amazon shows it automatically, from its own label; see below."
        )
        otherwise = gettext("The parcel is dispatched. Its tracking number is sent to Amazon; see below.")
        messages.success(request, sold_by_amazon if label.bought_service else otherwise)
    return _back(order_id)


def _label_or_404(order_id: int, label_id: int) -> LabelRow:
    found = next((label for label in labels_of_order(order_id) if label.id == label_id), None)
    if found is None:
        raise Http404
    return found


def _back(order_id: int) -> HttpResponse:
    return redirect(f"{reverse('sales-order', args=[order_id])}#labels")


_LABEL = "sales-orders/<int:order_id>/labels/<int:label_id>/"
routes = [
    path("sales-orders/<int:order_id>/labels/buy/", buy, name="label-buy"),
    path(f"{_LABEL}print/", print_label, name="label-print"),
    path(f"{_LABEL}void/", void, name="label-void"),
    path(f"{_LABEL}fetch/", fetch, name="label-fetch"),
    path(f"{_LABEL}dispatch/", dispatch, name="label-dispatch"),
]
