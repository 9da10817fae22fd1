"""Dispatch many: tracking numbers of many orders in one list, checked on a page, then dispatched one by one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.orders.sales_orders import order_names
from wharfinger.db.queries.shipping.dispatch_services import named_services
from wharfinger.db.queries.shipping.named_orders import codes_by_urgency
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.number_lists import ROWS_AT_MOST
from wharfinger.operations.shipping import shipments, undo
from wharfinger.operations.shipping.number_lists import CheckedRow, check_list
from wharfinger.web.number_lists import NumberListForm, read_parcels, write_parcels
from wharfinger.web.packing.dispatched import forget_undone, keep_result, kept_parcels, kept_result, parcels_to_undo
from wharfinger.web.request_context import message_of, numbers, person, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.views.orders.order_lists import back_to_list, tell_reasons

_SHOWN = 300


@needs(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_list(request: HttpRequest) -> HttpResponse:
    """The list, and what each of its rows would do; nothing is written."""
    services = named_services()
    bound = request.method == "POST"
    return _show(request, NumberListForm(services, request.POST, request.FILES) if bound else NumberListForm(services))


@needs(Right.SHIP)
@require_POST
def dispatch_ticked(request: HttpRequest) -> HttpResponse:
    """Orders that were ticked in Sales Orders, the most urgent first: a list without numbers, checked at once."""
    codes = codes_by_urgency(numbers(request.POST.getlist("ids"))[:ROWS_AT_MOST])
    if not codes:
        messages.warning(request, gettext("No order was selected. Tick the orders first, then press Dispatch."))
        return back_to_list(request)
    rows = QueryDict(mutable=True)
    rows["text"] = "\n".join(["order\ttracking-number", *(f"{code}\t" for code in codes)])
    return _show(request, NumberListForm(named_services(), rows), typed=False)


def _show(request: HttpRequest, form: NumberListForm, *, typed: bool = True) -> HttpResponse:
    """`typed`: somebody wrote the list, so that a row that is wrong is a mistake of theirs."""
    checked: tuple[CheckedRow, ...] = ()
    if form.is_bound and form.is_valid() and form.ask is None:
        checked = check_list(form.rows, service_id=form.cleaned_data["service"])
    wrong = [(row, message_of(row.refused)) for row in checked if row.refused is not None]
    context: dict[str, Any] = {
        "form": form,
        "checked": checked,
        "wrong": wrong[:_SHOWN],
        "wrong_count": len(wrong),
        "asking": [row for row in checked if row.doubt],
        "ready": [row for row in checked if row.ready][:_SHOWN],
        "ready_count": sum(1 for row in checked if row.ready),
        "parcels": write_parcels(checked),
    }
    refused = typed and (bool(form.errors) or bool(wrong))
    return render(request, "wharfinger/shipping/many.html", context, status=422 if refused else 200)


@needs(Right.SHIP)
@require_POST
def apply_list(request: HttpRequest) -> HttpResponse:
    """Every parcel that the check page showed as ready, and those in doubt that were ticked."""
    post = request.POST
    parcels = read_parcels(post.get("parcels", ""), post.get("asking", "").split(), post.getlist("right"))
    if not parcels:
        messages.warning(request, gettext("Nothing was dispatched: no row was ready. Check the list again."))
        return redirect("dispatch-list")
    outcomes = shipments.dispatch_many(list(parcels.values()), now=trade_now(), user=person(request))
    keep_result(request, list(zip(parcels, outcomes, strict=True)))
    return redirect("dispatch-list-result")


@needs(Right.SHIP)
@require_safe
def show_result(request: HttpRequest) -> HttpResponse:
    """What became of this person's last list."""
    kept = kept_result(request)
    if kept is None:
        return redirect("dispatch-list")
    gone, stayed = kept
    context = {
        "gone": order_names(gone[:_SHOWN]),
        "gone_count": len(gone),
        "stayed": stayed[:_SHOWN],
        "stayed_count": len(stayed),
        "undoable": parcels_to_undo(request),
    }
    return render(request, "wharfinger/shipping/many_result.html", context)


@needs(Right.SHIP)
@require_POST
def undo_result(request: HttpRequest) -> HttpResponse:
    """All parcels of this person's last dispatch of many are taken back, as far as Amazon was sent nothing of them."""
    parcels = kept_parcels(request)
    if not parcels:
        messages.warning(request, gettext("There is nothing to undo: it was undone already."))
        return redirect("dispatch-list")
    done = undo.undo_many(parcels, now=trade_now(), user=person(request))
    back = sum(1 for one in done if one.refused is None)
    if back:
        said = ngettext(
            "The dispatch of %(orders)s order is undone; Amazon was sent nothing of it.",
            "The dispatch of %(orders)s orders is undone; Amazon was sent nothing of them.",
            back,
        )
        messages.success(request, said % {"orders": back})
    tell_reasons(request, [message_of(one.refused) for one in done if one.refused is not None])
    forget_undone(request, done)
    return redirect("dispatch-list-result")


routes = [
    path("shipping/dispatch/", dispatch_list, name="dispatch-list"),
    path("shipping/dispatch/ticked/", dispatch_ticked, name="dispatch-ticked"),
    path("shipping/dispatch/apply/", apply_list, name="dispatch-list-apply"),
    path("shipping/dispatch/result/", show_result, name="dispatch-list-result"),
    path("shipping/dispatch/undo/", undo_result, name="dispatch-list-undo"),
]
