"""Settings: connections to couriers, their service codes, and the checks of a connection."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.shipping.connections import (
    CodeRow,
    ConnectionRow,
    accounts_to_connect,
    code_row,
    codes_of,
    connection_row,
    last_check,
    list_connections,
    own_sites,
    senders,
)
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.connections import (
    CAPABILITIES,
    CheckKind,
    ConnectionKind,
    LabelFormat,
    PackageFormat,
)
from wharfinger.domain.shipping.offers import OfferRule, Protection
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import connections
from wharfinger.web.forms.connections import BuyShippingForm, CodeForm, ConnectionForm, OfferLineForm, SenderForm
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password_to_save


@needs(Right.ADMINISTER)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    context = {
        "connections": list_connections(),
        "kinds": [
            (kind.label, can, " · ".join(one.label for one in can.label_formats)) for kind, can in CAPABILITIES.items()
        ],
        "senders": senders(),
    }
    return render(request, "wharfinger/couriers/connections.html", context)


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def new_connection(request: HttpRequest) -> HttpResponse:
    kind = ConnectionKind.named(request.GET.get("kind", "")) or ConnectionKind.CLICK_AND_DROP
    form = _connection_form(request, kind, None)
    if request.method == "POST" and form.is_valid():
        try:
            made = connections.create_connection(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            saved = {
                ConnectionKind.CLICK_AND_DROP: gettext("Saved. Enter the service codes of your account, then test it."),
                ConnectionKind.AMAZON: gettext(
                    "Saved. Say which offers are taken, enter the sender address, then test it."
                ),
            }
            messages.success(request, saved[kind])
            return redirect("courier-connection", connection_id=made.pk)
    url = reverse("courier-connection-new")
    tabs = [{"title": one.label, "url": f"{url}?kind={one.value}", "current": one is kind} for one in ConnectionKind]
    context = {"form": form, "kind": kind, "tabs": tabs}
    return render(request, "wharfinger/couriers/connection_new.html", context, status=422 if form.errors else 200)


def _connection_form(
    request: HttpRequest, kind: ConnectionKind, known: ConnectionRow | None
) -> ConnectionForm | BuyShippingForm:
    data = request.POST if request.method == "POST" else None
    if kind is ConnectionKind.AMAZON:
        return BuyShippingForm(data, sites=own_sites(), accounts=accounts_to_connect(), known=known)
    return ConnectionForm(data, sites=own_sites(), known=known)


def _connection_or_404(connection_id: int) -> ConnectionRow:
    row = connection_row(connection_id)
    if row is None:
        raise Http404
    return row


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def edit_connection(request: HttpRequest, connection_id: int) -> HttpResponse:
    row = _connection_or_404(connection_id)
    check = last_check(connection_id)
    result = live_part(
        request,
        "check-result",
        "wharfinger/couriers/connection_check.html",
        {"check": check},
        every="1s",
        settled=check is None or check.settled,
    )
    if asks_for(request, "check-result"):
        return answer_live(request, result)
    form = _connection_form(request, row.kind, row)
    if request.method == "POST" and form.is_valid():
        try:
            connections.edit_connection(connection_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("courier-connection", connection_id=connection_id)
    context = {
        "connection": row,
        "form": form,
        "codes": codes_of(connection_id),
        "live": result,
        "senders": senders() if row.by_offers else (),
    }
    return render(request, "wharfinger/couriers/connection.html", context, status=422 if form.errors else 200)


@needs(Right.ADMINISTER)
@require_POST
def check_connection(request: HttpRequest, connection_id: int) -> HttpResponse:
    """The worker tries it; the page shows what became of it."""
    _connection_or_404(connection_id)
    kind = CheckKind.TEST_ORDERS if "test_orders" in request.POST else CheckKind.CONNECTION
    try:
        connections.request_check(connection_id, kind, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    return redirect("courier-connection", connection_id=connection_id)


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_code(request: HttpRequest, connection_id: int) -> HttpResponse:
    connection = _connection_or_404(connection_id)
    initial = {
        "package_format": PackageFormat.SMALL_PARCEL,
        "gives_tracking": True,
        "active": True,
        "rule": OfferRule.IN_TIME,
        "protection": Protection.PREFERRED,
        "label_format": LabelFormat.PNG,
    }
    form = _code_form(request, connection, initial)
    if request.method == "POST" and form.is_valid():
        try:
            connections.create_code(connection_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(
                request, gettext("Saved. Choose it as Labels on a courier service, and its labels are bought here.")
            )
            return redirect("courier-connection", connection_id=connection_id)
    return _code_page(request, form, connection, None)


def _code_form(request: HttpRequest, connection: ConnectionRow, initial: dict[str, Any]) -> CodeForm | OfferLineForm:
    data = request.POST if request.method == "POST" else None
    return OfferLineForm(data, initial=initial) if connection.by_offers else CodeForm(data, initial=initial)


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_code(request: HttpRequest, connection_id: int, code_id: int) -> HttpResponse:
    connection, row = _connection_or_404(connection_id), code_row(code_id)
    if row is None or row.connection_id != connection_id:
        raise Http404
    form = _code_form(request, connection, row.initial())
    if request.method == "POST" and form.is_valid():
        try:
            connections.edit_code(code_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("courier-connection", connection_id=connection_id)
    return _code_page(request, form, connection, row)


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_sender(request: HttpRequest, site_id: int) -> HttpResponse:
    """From where a site's parcels are sent, as couriers print it."""
    row = next((one for one in senders() if one.site_id == site_id), None)
    if row is None:
        raise Http404
    form = SenderForm(request.POST if request.method == "POST" else None, initial=row.initial())
    if request.method == "POST" and form.is_valid():
        try:
            connections.set_sender(site_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved. Labels bought from now on have it."))
            return redirect("courier-connection-list")
    context = {"form": form, "site": row}
    return render(request, "wharfinger/couriers/sender.html", context, status=422 if form.errors else 200)


def _code_page(
    request: HttpRequest, form: CodeForm | OfferLineForm, connection: ConnectionRow, code: CodeRow | None
) -> HttpResponse:
    context = {"form": form, "connection": connection, "code": code}
    return render(request, "wharfinger/couriers/code_form.html", context, status=422 if form.errors else 200)


_ONE = "settings/courier-connections/<int:connection_id>/"
routes = [
    path("settings/courier-connections/", show_list, name="courier-connection-list"),
    path("settings/courier-connections/new/", new_connection, name="courier-connection-new"),
    path("settings/courier-connections/senders/<int:site_id>/", edit_sender, name="sender-address"),
    path(_ONE, edit_connection, name="courier-connection"),
    path(f"{_ONE}check/", check_connection, name="courier-connection-check"),
    path(f"{_ONE}codes/new/", new_code, name="courier-code-new"),
    path(f"{_ONE}codes/<int:code_id>/", edit_code, name="courier-code"),
]
