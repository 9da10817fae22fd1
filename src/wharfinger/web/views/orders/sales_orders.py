"""Sales orders: the list, one order, and its dispatch."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.models import SalesOrder, Shipment
from wharfinger.db.queries.channels.channel_products import channel_choices
from wharfinger.db.queries.installation.access_log import readers_of
from wharfinger.db.queries.orders.actions.line_sites import sending_sites
from wharfinger.db.queries.orders.customisations import archive_of
from wharfinger.db.queries.orders.order_marks import known_tags
from wharfinger.db.queries.orders.privacy.erasing import order_privacy
from wharfinger.db.queries.orders.sales_order_page import SalesOrderPage, sales_order_page
from wharfinger.db.queries.orders.sales_orders import (
    SalesOrderFilter,
    add_up_sales_orders,
    every_sales_order,
    list_sales_orders,
)
from wharfinger.db.queries.orders.vat import NO_VAT, vat_of_orders
from wharfinger.db.queries.shipping.courier_groups import service_choices
from wharfinger.db.queries.shipping.dispatch_services import services_for, services_with_numbers
from wharfinger.db.queries.shipping.labels import LabelRow, labels_of_order
from wharfinger.db.queries.shipping.printers import last_prints
from wharfinger.domain.access.authorisation import order_address
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.sentences import N_
from wharfinger.operations.orders import sales_orders
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import shipments
from wharfinger.operations.shipping.shipments import Parcel
from wharfinger.web.access_log import note_list, note_reading
from wharfinger.web.forms.sales_orders import NOT_CONFIRMED, ON_HOLD, DispatchForm, SalesOrderFilterForm
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.sales_orders import SALES_ORDERS
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.packing.dispatched import keep_result, parcels_to_undo
from wharfinger.web.packing.printing import chosen_printer
from wharfinger.web.request_context import allowed, message_of, numbers, person, show_refusal, today, trade_now
from wharfinger.web.rights import needs, signed_in, whom_to_ask
from wharfinger.web.views.orders.order_lists import back_to_list, tell_reasons


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    if (address := address_of_view(request, SALES_ORDERS)) is not None:
        return redirect(address)
    form = _filter_form(request)
    sees_people = allowed(request, Right.SEE_PERSONAL_DATA)
    wanted, shown = _filter(form, sees_people), read_list(request, SALES_ORDERS)
    page = list_sales_orders(
        wanted,
        today(),
        cursor=shown.cursor,
        with_customers=sees_people,
        sorting=shown.sorting,
        size=shown.size,
        with_vat=shown.shows.get("vat", False),
    )
    may_ship, may_annotate = allowed(request, Right.SHIP), allowed(request, Right.ANNOTATE_ORDERS)
    context = {
        "page": page,
        "list": shown,
        "filtered": shown.filtered,
        "may_ship": may_ship,
        "may_annotate": may_annotate,
        "may_edit": allowed(request, Right.EDIT_ORDERS),
        "may_stock": allowed(request, Right.EDIT_STOCK),
    }
    rows = live_part(request, "rows", "wharfinger/sales_orders/rows.html", context)
    note_list(request, shown, rows=len(page.rows), renewal=asks_for(request, "rows"))
    if asks_for(request, "rows"):
        return answer_live(request, rows)
    services = services_with_numbers() if may_ship else ()
    totals = add_up_sales_orders(wanted, today(), everything=shown.all_totals)
    page_context = {
        **context,
        "form": form,
        "live": rows,
        "services": services,
        "totals": totals,
        "undoable": parcels_to_undo(request) if may_ship else (),
    }
    return render(request, "wharfinger/sales_orders/list.html", page_context)


@signed_in
@require_safe
def export_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    sees_people = allowed(request, Right.SEE_PERSONAL_DATA)
    wanted = _filter(_filter_form(request), sees_people)
    shown = read_list(request, SALES_ORDERS)
    with_vat = shown.shows.get("vat", False)
    rows = every_sales_order(wanted, today(), with_customers=sees_people, sorting=shown.sorting, with_vat=with_vat)
    return export(request, shown, rows, kind)


def _filter_form(request: HttpRequest) -> SalesOrderFilterForm:
    return SalesOrderFilterForm(
        request.GET,
        channels=channel_choices(),
        tags=known_tags(),
        sites=sending_sites(),
        services=service_choices(),
    )


def _filter(form: SalesOrderFilterForm, sees_people: bool) -> SalesOrderFilter:
    form.is_valid()
    cleaned = form.cleaned_data
    search = cleaned.get("q", "")
    state = cleaned.get("state", "")
    return SalesOrderFilter(
        state="" if state in (NOT_CONFIRMED, ON_HOLD) else state,
        unconfirmed=state == NOT_CONFIRMED,
        on_hold=state == ON_HOLD,
        tag_id=cleaned.get("tag"),
        invoice_priority=cleaned.get("priority"),
        channel_id=cleaned.get("channel"),
        ship_by=cleaned.get("ship_by", ""),
        site_id=cleaned.get("site"),
        service_id=cleaned.get("service"),
        search=search,
        search_people=sees_people,
    )


def page_or_404(request: HttpRequest, order_id: int) -> SalesOrderPage:
    page = sales_order_page(
        order_id,
        with_personal_data=allowed(request, Right.SEE_PERSONAL_DATA),
        with_contact=allowed(request, Right.SEE_BUYER_CONTACT),
    )
    if page is None:
        raise Http404
    return page


@signed_in
@require_safe
def show_order(request: HttpRequest, order_id: int) -> HttpResponse:
    order = page_or_404(request, order_id)
    if asks_for(request, "shipments"):
        return answer_live(request, _shipments(request, order, labels_of_order(order.id)))
    return render_order(request, order, None)


def _at_amazon(order: SalesOrderPage) -> str:
    return order_address(order.seller_central, order.amazon_order_id, settings.WHARFINGER.simulator_url)


def _shipments(request: HttpRequest, order: SalesOrderPage, labels: tuple[LabelRow, ...]) -> dict[str, object]:
    """Labels, parcels, and what was sent to Amazon of them; loaded again until nothing is on its way."""
    now = trade_now()
    undoable = {parcel.id for parcel in order.shipments if parcel.may_undo(now)}
    prints = last_prints([label.id for label in labels]) if labels else {}
    moves = any(label.state.moves for label in labels) or any(job.state.moves for job in prints.values())
    return live_part(
        request,
        "shipments",
        "wharfinger/sales_orders/shipments.html",
        {
            "order": order,
            "labels": labels,
            "prints": prints.items(),
            "printer": chosen_printer(request),
            "at_amazon": _at_amazon(order),
            "may_ship": allowed(request, Right.SHIP),
            "may_edit": allowed(request, Right.EDIT_ORDERS),
            "undoable": undoable,
        },
        every="1s",
        settled=order.settled and not undoable and not moves,
    )


def render_order(request: HttpRequest, order: SalesOrderPage, form: DispatchForm | None) -> HttpResponse:
    note_reading(request, Access.ORDER, Subject.SALES_ORDER, order.id)
    may_ship, may_audit = allowed(request, Right.SHIP), allowed(request, Right.SEE_AUDIT)
    labels = labels_of_order(order.id)
    if form is None and may_ship and order.may_dispatch:
        form = DispatchForm(order, services_for(order.id), labels=labels)
    context = {
        "order": order,
        "privacy": order_privacy(order.id, trade_now()),
        "may_administer": allowed(request, Right.ADMINISTER),
        "at_amazon": _at_amazon(order),
        "form": form,
        "live": _shipments(request, order, labels),
        "urgency": today().urgency(order.ship_by, order.state, order.fulfilment, order.zone),
        "vat": vat_of_orders([order.id]).get(order.id, NO_VAT),
        "may_ship": may_ship,
        "may_fix": allowed(request, Right.FIX_PROBLEMS),
        "whom_to_ask": whom_to_ask(Right.FIX_PROBLEMS),
        "may_stock": allowed(request, Right.EDIT_STOCK),
        "sees_people": allowed(request, Right.SEE_PERSONAL_DATA),
        "may_annotate": allowed(request, Right.ANNOTATE_ORDERS),
        "may_edit": allowed(request, Right.EDIT_ORDERS),
        "reader": person(request).pk,
        "may_audit": may_audit,
        "readers": readers_of(Subject.SALES_ORDER, order.id) if may_audit else (),
        "known_tags": known_tags(),
    }
    refused = form is not None and form.is_bound and bool(form.errors)
    return render(request, "wharfinger/sales_orders/page.html", context, status=422 if refused else 200)


@needs(Right.SHIP)
@require_POST
def dispatch(request: HttpRequest, order_id: int) -> HttpResponse:
    """Dispatch the order, or a part of it, as one parcel."""
    order = page_or_404(request, order_id)
    form = DispatchForm(order, services_for(order.id), request.POST)
    if not form.is_valid():
        return render_order(request, order, form)
    try:
        sent = shipments.dispatch(
            order_id,
            service_id=form.cleaned_data["service_id"],
            tracking_number=form.cleaned_data["tracking_number"],
            number_confirmed=form.cleaned_data["number_confirmed"],
            lines=form.quantities(),
            package=form.cleaned_data["package"],
            user=person(request),
            now=trade_now(),
        )
    except Refused as refused:
        show_refusal(form, refused)
        return render_order(request, order, form)
    messages.success(request, _dispatched(order.code, sent))
    return redirect(f"{reverse('sales-order', args=[order_id])}#shipments")


def _dispatched(code: str, sent: Shipment) -> str:
    if sent.tracking_number and sent.undo_until is not None:
        waits = gettext(
            "%(order)s is dispatched. Its tracking number is sent to Amazon soon: until then you may undo it."
        )
        return waits % {"order": code}
    if sent.tracking_number:
        return gettext("%(order)s is dispatched. Its tracking number is sent to Amazon; see below.") % {"order": code}
    waits = gettext(
        "%(order)s is dispatched. It waits for its tracking number: type it below when you have it. Nothing is sent to "
        "Amazon before that."
    )
    return waits % {"order": code}


@needs(Right.SHIP)
@require_POST
def dispatch_many(request: HttpRequest) -> HttpResponse:
    """Dispatch the picked orders whole, each with a number that the courier service gives."""
    ids = numbers(request.POST.getlist("ids"))
    service = next((s for s in services_with_numbers() if str(s.id) == request.POST.get("service")), None)
    if not ids:
        messages.warning(request, gettext("No order was selected. Tick the orders first, then press Dispatch."))
    elif service is None:
        messages.warning(request, gettext("No courier service was chosen. Choose one that gives its tracking number."))
    else:
        _dispatch_each(request, ids, service.id)
    return back_to_list(request)


def _dispatch_each(request: HttpRequest, ids: list[int], service_id: int) -> None:
    """Every order stands alone: one that is refused does not hold the others."""
    parcels = [Parcel(order_id, service_id) for order_id in dict.fromkeys(ids)]
    outcomes = shipments.dispatch_many(parcels, now=trade_now(), user=person(request))
    keep_result(request, list(enumerate(outcomes, start=1)))
    gone = sum(1 for outcome in outcomes if outcome.shipment is not None)
    reasons = [message_of(outcome.refused) for outcome in outcomes if outcome.refused is not None]
    if gone:
        messages.success(
            request,
            ngettext("%(orders)s order is dispatched.", "%(orders)s orders are dispatched.", gone) % {"orders": gone},
        )
    tell_reasons(request, reasons)


@needs(Right.SHIP)
@require_POST
def confirm(request: HttpRequest, order_id: int) -> HttpResponse:
    """A person's word: the order may be sent and invoiced."""
    order = page_or_404(request, order_id)
    try:
        sales_orders.confirm_order(order_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(
            request, gettext("%(order)s is confirmed: it may be sent and invoiced.") % {"order": order.code}
        )
    return redirect("sales-order", order_id=order_id)


@needs(Right.FIX_PROBLEMS)
@require_POST
def accept_totals(request: HttpRequest, order_id: int) -> HttpResponse:
    """A person has compared Amazon's amounts: they hold, and the invoice goes on."""
    order = page_or_404(request, order_id)
    try:
        sales_orders.accept_totals(order_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(
            request, gettext("The amounts of %(order)s are accepted as Amazon states them.") % {"order": order.code}
        )
    return redirect("sales-order", order_id=order_id)


_ANSWERS: dict[str, tuple[Callable[..., SalesOrder], str]] = {
    "approved": (sales_orders.note_approved, N_("%(order)s may be dispatched: its regulated goods are approved.")),
    "confirm-address": (sales_orders.confirm_address, N_("The address of %(order)s is confirmed as it is.")),
    "acknowledge-address": (sales_orders.acknowledge_address, N_("The new address of %(order)s is acknowledged.")),
    "dispatch-anyway": (
        sales_orders.dispatch_anyway,
        N_("%(order)s may be dispatched although its buyer requested cancellation."),
    ),
}


@needs(Right.SHIP)
@require_POST
def answer(request: HttpRequest, order_id: int, what: str) -> HttpResponse:
    """A person's answer to what Amazon or the buyer changed."""
    act, said = _ANSWERS[what]
    try:
        order = act(order_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext(said) % {"order": order.code})
    return redirect("sales-order", order_id=order_id)


@needs(Right.SHIP)
@require_POST
def confirm_many(request: HttpRequest) -> HttpResponse:
    """Confirm the picked orders, each by itself."""
    ids = numbers(request.POST.getlist("ids"))
    if not ids:
        messages.warning(request, gettext("No order was selected. Tick the orders first, then press Confirm."))
    confirmed, reasons = 0, []
    for order_id in dict.fromkeys(ids):
        try:
            sales_orders.confirm_order(order_id, now=trade_now(), user=person(request))
        except Refused as refused:
            reasons.append(message_of(refused))
        else:
            confirmed += 1
    if confirmed:
        messages.success(
            request,
            ngettext("%(orders)s order is confirmed.", "%(orders)s orders are confirmed.", confirmed)
            % {"orders": confirmed},
        )
    tell_reasons(request, reasons)
    return back_to_list(request)


@needs(Right.SEE_PERSONAL_DATA)
@require_safe
def customisation(request: HttpRequest, order_id: int, line_id: int) -> HttpResponse:
    """What the buyer of a customised line wrote or drew, as Amazon's archive."""
    archive = archive_of(order_id, line_id)
    if archive is None:
        raise Http404
    note_reading(request, Access.CUSTOMISATION, Subject.SALES_ORDER, order_id)
    name = f"customisation-{order_id}-{line_id}.zip"
    return HttpResponse(
        archive,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


routes = [
    path("sales-orders/", show_list, name="sales-order-list"),
    *export_routes("sales-orders/", export_list, "sales-order-export"),
    path("sales-orders/dispatch/", dispatch_many, name="sales-order-dispatch-many"),
    path("sales-orders/confirm/", confirm_many, name="sales-order-confirm-many"),
    path("sales-orders/<int:order_id>/confirm/", confirm, name="sales-order-confirm"),
    path("sales-orders/<int:order_id>/accept-totals/", accept_totals, name="sales-order-accept-totals"),
    *(
        path(f"sales-orders/<int:order_id>/{what}/", answer, {"what": what}, name=f"sales-order-{what}")
        for what in _ANSWERS
    ),
    path("sales-orders/<int:order_id>/customisation/<int:line_id>/", customisation, name="sales-order-customisation"),
    path("sales-orders/<int:order_id>/", show_order, name="sales-order"),
    path("sales-orders/<int:order_id>/dispatch/", dispatch, name="sales-order-dispatch"),
]
