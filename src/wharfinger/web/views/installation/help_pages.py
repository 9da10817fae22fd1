"""Pages that explain, in the guide's order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.channels.marketplaces import list_marketplaces
from wharfinger.web.rights import signed_in
from wharfinger.web.views.access.authorisations import CONSENT_ERRORS, redirect_uri


@signed_in
@require_safe
def explain_channels(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/help/channel.html", {"errors": CONSENT_ERRORS})


@signed_in
@require_safe
def explain_stock(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/help/stock.html")


@signed_in
@require_safe
def explain_mws(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/help/mws.html", {"redirect_uri": redirect_uri()})


@signed_in
@require_safe
def show_marketplaces(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/settings/marketplaces.html", {"regions": list_marketplaces()})


routes = [
    path("help/set-up-a-channel/", explain_channels, name="help-channel"),
    path("help/control-stock-levels/", explain_stock, name="help-stock"),
    path("help/what-replaced-mws/", explain_mws, name="help-mws"),
    path("settings/marketplaces/", show_marketplaces, name="marketplace-list"),
]
