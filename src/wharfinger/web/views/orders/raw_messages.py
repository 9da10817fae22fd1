"""What Amazon sent about an order, as it came: each reading, and what Amazon changed from one to the next."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.orders.raw_messages import OrderName, Reading, order_name, reading, readings
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.orders.raw_messages import Difference, Reader, differences, parse, written
from wharfinger.web.access_log import note_reading
from wharfinger.web.request_context import numbers
from wharfinger.web.rights import reader_of, signed_in


@dataclass(frozen=True, slots=True)
class Change:
    """From one reading to a later one; `differences` None = one of the two cannot be read, or was erased."""

    older: Reading
    newer: Reading
    differences: tuple[Difference, ...] | None


def _order_or_404(order_id: int) -> OrderName:
    order = order_name(order_id)
    if order is None:
        raise Http404
    return order


@signed_in
@require_safe
def show_history(request: HttpRequest, order_id: int) -> HttpResponse:
    """Every reading, and what changed from each to the next; or from one to another, as two were chosen."""
    order, found = _order_or_404(order_id), readings(order_id)
    note_reading(request, Access.RAW_MESSAGE, Subject.IMPORTED_ORDER, order_id)
    chosen = [one for name in ("older", "newer") for one in found if numbers([request.GET.get(name, "")]) == [one.id]]
    pairs = [(chosen[0], chosen[1])] if len(chosen) == 2 else list(zip(found[1:], found, strict=False))
    context = {
        "order": order,
        "readings": found,
        "changes": [_change(older, newer, reader_of(request)) for older, newer in pairs],
        "chosen": chosen if len(chosen) == 2 else (),
        "reader": reader_of(request),
    }
    return render(request, "wharfinger/raw_messages/history.html", context)


def _change(older: Reading, newer: Reading, reader: Reader) -> Change:
    before, after = parse(older.body or b""), parse(newer.body or b"")
    both = before is not None and after is not None
    return Change(older, newer, differences(before, after, reader) if both else None)


@signed_in
@require_safe
def show_message(request: HttpRequest, order_id: int, message_id: int) -> HttpResponse:
    order, found = _order_or_404(order_id), reading(order_id, message_id)
    if found is None:
        raise Http404
    note_reading(request, Access.RAW_MESSAGE, Subject.IMPORTED_ORDER, order_id)
    text = None if found.body is None else written(found.body, reader_of(request))
    context = {"order": order, "reading": found, "text": text, "reader": reader_of(request)}
    return render(request, "wharfinger/raw_messages/message.html", context)


routes = [
    path("imported-orders/<int:order_id>/messages/", show_history, name="order-messages"),
    path("imported-orders/<int:order_id>/messages/<int:message_id>/", show_message, name="order-message"),
]
