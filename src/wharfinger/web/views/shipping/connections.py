"""Settings: connections to couriers, their service codes, and the checks of a connection."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.shipping.connections import (
    CodeRow,
    ConnectionRow,
    code_row,
    codes_of,
    connection_row,
    last_check,
    list_connections,
    own_sites,
)
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.connections import CAPABILITIES, CheckKind, PackageFormat
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import connections
from wharfinger.web.forms.connections import CodeForm, ConnectionForm
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password_to_save


@needs(Right.ADMINISTER)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    kinds = [(kind.label, can) for kind, can in CAPABILITIES.items()]
    return render(request, "wharfinger/couriers/connections.html", {"connections": list_connections(), "kinds": kinds})


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def new_connection(request: HttpRequest) -> HttpResponse:
    form = ConnectionForm(request.POST if request.method == "POST" else None, sites=own_sites())
    if request.method == "POST" and form.is_valid():
        try:
            made = connections.create_connection(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved. Enter the service codes of your account, then test it."))
            return redirect("courier-connection", connection_id=made.pk)
    status = 422 if form.errors else 200
    return render(request, "wharfinger/couriers/connection_new.html", {"form": form}, status=status)


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
    form = ConnectionForm(request.POST if request.method == "POST" else None, sites=own_sites(), known=row)
    if request.method == "POST" and form.is_valid():
        try:
            connections.edit_connection(connection_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("courier-connection", connection_id=connection_id)
    context = {"connection": row, "form": form, "codes": codes_of(connection_id), "live": result}
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
    initial = {"package_format": PackageFormat.SMALL_PARCEL, "gives_tracking": True, "active": True}
    form = CodeForm(request.POST if request.method == "POST" else None, initial=initial)
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
    return _code_page(request, form, connection.id, connection.name, None)


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_code(request: HttpRequest, connection_id: int, code_id: int) -> HttpResponse:
    row = code_row(code_id)
    if row is None or row.connection_id != connection_id:
        raise Http404
    form = CodeForm(request.POST if request.method == "POST" else None, initial=row.initial())
    if request.method == "POST" and form.is_valid():
        try:
            connections.edit_code(code_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("courier-connection", connection_id=connection_id)
    return _code_page(request, form, connection_id, row.connection, row)


def _code_page(
    request: HttpRequest, form: CodeForm, connection_id: int, connection: str, code: CodeRow | None
) -> HttpResponse:
    context = {"form": form, "connection_id": connection_id, "connection": connection, "code": code}
    return render(request, "wharfinger/couriers/code_form.html", context, status=422 if form.errors else 200)


_ONE = "settings/courier-connections/<int:connection_id>/"
routes = [
    path("settings/courier-connections/", show_list, name="courier-connection-list"),
    path("settings/courier-connections/new/", new_connection, name="courier-connection-new"),
    path(_ONE, edit_connection, name="courier-connection"),
    path(f"{_ONE}check/", check_connection, name="courier-connection-check"),
    path(f"{_ONE}codes/new/", new_code, name="courier-code-new"),
    path(f"{_ONE}codes/<int:code_id>/", edit_code, name="courier-code"),
]
