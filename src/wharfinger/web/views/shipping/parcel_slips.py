"""Packing slips and gift receipts: of one order, of the ticked orders of a list, from the bench."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.shipping.named_orders import ids_by_urgency
from wharfinger.db.queries.shipping.parcel_slips import slips_of
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.parcel_slips import SLIPS_AT_MOST, SlipKind, SlipOrder
from wharfinger.web.access_log import note_reading
from wharfinger.web.packing.parcel_slips_pdf import parcel_slips_pdf
from wharfinger.web.request_context import numbers
from wharfinger.web.rights import needs
from wharfinger.web.views.orders.order_lists import back_to_list


@needs(Right.SHIP)
@require_safe
def of_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """`?kind=` chooses one; without it a gift has its receipt without prices, another order its packing slip."""
    found = slips_of([order_id])
    chosen = request.GET.get("kind", "")
    if not found or chosen not in ("", *SlipKind):
        raise Http404
    note_reading(request, Access.SLIP, Subject.SALES_ORDER, order_id)
    kind = SlipKind(chosen) if chosen else None
    return _as_pdf(found, f"{(kind or found[0].usual_kind).value.replace('_', '-')}-{found[0].code}", kind)


@needs(Right.SHIP)
@require_POST
def of_ticked(request: HttpRequest) -> HttpResponse:
    """The usual slip of each, the most urgent first."""
    ids = ids_by_urgency(numbers(request.POST.getlist("ids")))
    if not ids:
        messages.warning(request, gettext("No order was chosen. Tick the orders first, then press Packing slips."))
        return back_to_list(request)
    if len(ids) > SLIPS_AT_MOST:
        said = gettext("%(count)s orders are ticked; packing slips of at most %(at_most)s are printed together.")
        messages.error(request, said % {"count": len(ids), "at_most": SLIPS_AT_MOST})
        return back_to_list(request)
    found = slips_of(list(ids))
    note_reading(request, Access.SLIP, details="packing slips", rows=len(found))
    return _as_pdf(found, "packing-slips", None)


def _as_pdf(orders: tuple[SlipOrder, ...], name: str, kind: SlipKind | None) -> HttpResponse:
    headers = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(parcel_slips_pdf(orders, kind), content_type="application/pdf", headers=headers)


routes = [
    path("sales-orders/<int:order_id>/slips/", of_order, name="parcel-slips"),
    path("shipping/slips/ticked/", of_ticked, name="parcel-slips-ticked"),
]
