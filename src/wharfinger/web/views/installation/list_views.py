"""What people choose for their lists: how many rows a page has."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from wharfinger.domain.installation.list_views import ListCode
from wharfinger.operations.installation import list_views
from wharfinger.operations.refusals import Refused
from wharfinger.web.request_context import next_page, numbers, person
from wharfinger.web.rights import signed_in


def _list_or_404(which: str) -> ListCode:
    known = next((code for code in ListCode if code == which), None)
    if known is None:
        raise Http404
    return known


@signed_in
@require_POST
def choose_rows(request: HttpRequest, which: str) -> HttpResponse:
    """How many rows a page has; back to the list's first page, as it was filtered."""
    chosen = numbers([request.POST.get("rows", "")])
    try:
        list_views.choose_page_size(_list_or_404(which), chosen[0] if chosen else 0, user=person(request))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(next_page(request, "/"))


routes = [path("lists/<str:which>/rows/", choose_rows, name="list-rows")]
