"""Why a listing's number is what it is, and whose rule it follows where channels differ."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.stock.why import ListingWhy, listing_why
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import stock_rules
from wharfinger.web.request_context import allowed, message_of, numbers, person, trade_now
from wharfinger.web.rights import needs, signed_in


def _why_or_404(listing_id: int) -> ListingWhy:
    found = listing_why(listing_id)
    if found is None:
        raise Http404
    return found


@signed_in
@require_safe
def show_why(request: HttpRequest, listing_id: int) -> HttpResponse:
    context = {"why": _why_or_404(listing_id), "may_choose": allowed(request, Right.EDIT_CHANNELS)}
    return render(request, "wharfinger/stock_rules/why.html", context)


@needs(Right.EDIT_CHANNELS)
@require_POST
def choose(request: HttpRequest, listing_id: int) -> HttpResponse:
    """The channel whose site and stock rule hold for a SKU; an empty one takes the choice back."""
    _why_or_404(listing_id)
    channel = next(iter(numbers([request.POST.get("channel", "")])), None)
    try:
        sku = stock_rules.choose_channel(listing_id, channel, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("Saved. The quantity of %(sku)s is worked out anew.") % {"sku": sku[:80]})
    return redirect("listing-why", listing_id=listing_id)


routes = [
    path("listings/<int:listing_id>/why/", show_why, name="listing-why"),
    path("listings/<int:listing_id>/choose/", choose, name="listing-choose"),
]
