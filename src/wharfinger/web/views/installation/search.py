"""Search everywhere: one field at the top of every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.search import search_everywhere
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Right
from wharfinger.web.access_log import note_reading
from wharfinger.web.request_context import allowed
from wharfinger.web.rights import signed_in

_TEXT_AT_MOST = 400


@signed_in
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One order number, SKU, stock code, tracking number, surname or postcode; straight to the only order found."""
    text = request.GET.get("q", "")[:_TEXT_AT_MOST].replace("\0", "").strip()
    sees_people = allowed(request, Right.SEE_PERSONAL_DATA)
    found = search_everywhere(text, with_customers=sees_people)
    if text:
        note_reading(request, Access.SEARCH, details="everywhere", rows=len(found.customers))
    if found.only_order is not None:
        return redirect("sales-order", order_id=found.only_order)
    return render(request, "wharfinger/search/found.html", {"text": text, "found": found, "sees_people": sees_people})


routes = [path("search/", search, name="search")]
