"""Pages that explain, in the guide's order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.web.rights import signed_in
from wharfinger.web.views.authorisations import CONSENT_ERRORS


@signed_in
@require_safe
def explain_channels(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/help/channel.html", {"errors": CONSENT_ERRORS})


@signed_in
@require_safe
def explain_stock(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/help/stock.html")


routes = [
    path("help/set-up-a-channel/", explain_channels, name="help-channel"),
    path("help/control-stock-levels/", explain_stock, name="help-stock"),
]
