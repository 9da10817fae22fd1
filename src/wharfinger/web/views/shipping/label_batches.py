"""Labels of many orders: a summary first, bought by one press, followed live, printed as one file, dispatched."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.shipping.label_batches import Batch, label_batch
from wharfinger.db.queries.shipping.named_orders import ids_by_urgency
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import label_batches, labels, shipments
from wharfinger.operations.shipping.label_batches import LABELS_AT_MOST
from wharfinger.operations.shipping.pick_lists import check_pick_list
from wharfinger.operations.shipping.shipments import Parcel
from wharfinger.web.access_log import note_reading
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.packing.dispatched import keep_result
from wharfinger.web.packing.labels_pdf import labels_pdf
from wharfinger.web.request_context import allowed, message_of, numbers, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.orders.order_lists import back_to_list

_SHOWN = 300


@needs(Right.SHIP)
@require_POST
def check_ticked(request: HttpRequest) -> HttpResponse:
    """Of orders that were ticked in Sales Orders, the most urgent first; nothing is bought."""
    ids = ids_by_urgency(numbers(request.POST.getlist("ids")))
    if not ids:
        messages.warning(request, gettext("No order was chosen. Tick the orders first, then press Buy labels."))
        return back_to_list(request)
    return _check(request, list(ids), None)


@needs(Right.SHIP)
@require_POST
def check_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Of a pick list those that are to be picked, in its order; nothing is bought."""
    ids = [order.order_id for order in check_pick_list(list_id) if order.standing.picked]
    if not ids:
        messages.warning(request, gettext("No order of this list is to be packed any more."))
        return redirect("pick-list", list_id=list_id)
    return _check(request, ids, list_id)


def _check(request: HttpRequest, ids: list[int], list_id: int | None) -> HttpResponse:
    checked = label_batches.check_labels(ids, now=trade_now(), user=person(request))
    ready = [row for row in checked if row.refused is None]
    refused = [(row, message_of(row.refused)) for row in checked if row.refused is not None]
    context: dict[str, Any] = {
        "ready": ready,
        "primes": [row.order for row in ready if row.prime_without_amazon],
        "services": sorted(Counter(row.service for row in ready).items()),
        "refused": refused[:_SHOWN],
        "refused_count": len(refused),
        "list_id": list_id,
        "left_out": max(0, len(ids) - LABELS_AT_MOST),
        "at_most": LABELS_AT_MOST,
    }
    return render(request, "wharfinger/label_batches/check.html", context)


@needs(Right.SHIP)
@require_POST
def buy(request: HttpRequest) -> HttpResponse:
    """What the summary showed; each order is decided once more."""
    lists = numbers([request.POST.get("list", "")])
    try:
        batch_id = label_batches.buy_labels(
            numbers(request.POST.getlist("ids")),
            pick_list_id=lists[0] if lists else None,
            now=trade_now(),
            user=person(request),
        )
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("sales-order-list")
    return redirect("label-batch", batch_id=batch_id)


def _batch_or_404(batch_id: int) -> Batch:
    found = label_batch(batch_id)
    if found is None:
        raise Http404
    return found


@signed_in
@require_safe
def show(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far it is, and what became of each."""
    batch = _batch_or_404(batch_id)
    failed = [row for row in batch.rows if row.failed]
    context = {
        "batch": batch,
        "counts": batch.counts,
        "failed": failed[:_SHOWN],
        "rows": batch.rows[:_SHOWN],
        "may_ship": allowed(request, Right.SHIP),
    }
    template = "wharfinger/label_batches/progress.html"
    live = live_part(request, "label-batch", template, context, every="1s", settled=batch.settled)
    if asks_for(request, "label-batch"):
        return answer_live(request, live)
    return render(request, "wharfinger/label_batches/page.html", {**context, "live": live})


@needs(Right.SHIP)
@require_POST
def print_all(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One PDF of the labels that are there, in the order of the batch; any number of times."""
    _batch_or_404(batch_id)
    printed = label_batches.print_labels(batch_id, now=trade_now(), user=person(request))
    if not printed:
        messages.warning(request, gettext("No label of this batch is there yet."))
        return redirect("label-batch", batch_id=batch_id)
    note_reading(request, Access.LABEL, details=f"labels {batch_id}", rows=len(printed))
    headers = {
        "Content-Disposition": f'inline; filename="labels-{batch_id}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(labels_pdf(printed), content_type="application/pdf", headers=headers)


@needs(Right.SHIP)
@require_POST
def dispatch_all(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Every parcel whose label is there leaves with it; the result is that of Dispatch many."""
    rows = [row for row in _batch_or_404(batch_id).rows if row.may_dispatch]
    if not rows:
        messages.warning(request, gettext("Nothing of this batch is to be dispatched: no label is there, or all left."))
        return redirect("label-batch", batch_id=batch_id)
    parcels = [Parcel(row.order_id, row.service_id or 0, row.tracking_number, lines=dict(row.units)) for row in rows]
    outcomes = shipments.dispatch_many(parcels, now=trade_now(), user=person(request))
    keep_result(request, list(zip([row.place for row in rows], outcomes, strict=True)))
    return redirect("dispatch-list-result")


@needs(Right.SHIP)
@require_POST
def try_again(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Labels that wait for their next try are tried now."""
    for row in _batch_or_404(batch_id).rows:
        if row.moves and row.error and row.label_id is not None:
            labels.fetch_again(row.label_id, now=trade_now())
    return redirect("label-batch", batch_id=batch_id)


routes = [
    path("shipping/labels/ticked/", check_ticked, name="labels-ticked"),
    path("shipping/pick/<int:list_id>/labels/", check_list, name="pick-list-labels"),
    path("shipping/labels/buy/", buy, name="labels-buy"),
    path("shipping/labels/<int:batch_id>/", show, name="label-batch"),
    path("shipping/labels/<int:batch_id>/pdf/", print_all, name="label-batch-pdf"),
    path("shipping/labels/<int:batch_id>/dispatch/", dispatch_all, name="label-batch-dispatch"),
    path("shipping/labels/<int:batch_id>/try-again/", try_again, name="label-batch-try"),
]
