"""Settings, Alerts: where alerts go beside the pages, which of them, and when."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.installation.destinations import (
    DestinationRow,
    deliveries_of,
    destination_row,
    list_destinations,
)
from wharfinger.domain.installation.people import Right
from wharfinger.operations.installation import destinations
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.destinations import DestinationForm
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password, needs_password_to_save


def _plain_http() -> bool:
    return bool(settings.WHARFINGER.system == "demo")


@needs(Right.ADMINISTER)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/alert_destinations/list.html", {"destinations": list_destinations()})


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = DestinationForm(request.POST if request.method == "POST" else None, zone=person(request).time_zone)
    if request.method == "POST" and form.is_valid():
        try:
            made = destinations.create_destination(
                form.entry(), plain_http=_plain_http(), now=trade_now(), user=person(request)
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved. Send a test message to see whether it arrives."))
            return redirect("alert-destination", destination_id=made.pk)
    context = {"form": form}
    return render(request, "wharfinger/alert_destinations/new.html", context, status=422 if form.errors else 200)


def _row_or_404(destination_id: int) -> DestinationRow:
    row = destination_row(destination_id)
    if row is None:
        raise Http404
    return row


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, destination_id: int) -> HttpResponse:
    row = _row_or_404(destination_id)
    part: dict[str, Any] = {"destination": row, "deliveries": deliveries_of(destination_id)}
    live = live_part(request, "deliveries", "wharfinger/alert_destinations/deliveries.html", part, every="1s")
    if asks_for(request, "deliveries"):
        return answer_live(request, live)
    data = request.POST if request.method == "POST" else None
    form = DestinationForm(data, zone=person(request).time_zone, known=row)
    if request.method == "POST" and form.is_valid():
        try:
            destinations.edit_destination(
                destination_id, form.entry(), plain_http=_plain_http(), now=trade_now(), user=person(request)
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("alert-destination", destination_id=destination_id)
    context = {"form": form, "destination": row, "live": live}
    return render(request, "wharfinger/alert_destinations/edit.html", context, status=422 if form.errors else 200)


@needs(Right.ADMINISTER)
@require_POST
def send_test(request: HttpRequest, destination_id: int) -> HttpResponse:
    """The worker sends it; the page shows what became of it."""
    _row_or_404(destination_id)
    try:
        destinations.request_test(destination_id, now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
    return redirect("alert-destination", destination_id=destination_id)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def remove(request: HttpRequest, destination_id: int) -> HttpResponse:
    _row_or_404(destination_id)
    name = destinations.remove_destination(destination_id, now=trade_now(), user=person(request))
    messages.success(request, gettext("%(name)s is removed: no alert goes there any more.") % {"name": name})
    return redirect("alert-destination-list")


routes = [
    path("settings/alerts/", show_list, name="alert-destination-list"),
    path("settings/alerts/new/", add, name="alert-destination-new"),
    path("settings/alerts/<int:destination_id>/", edit, name="alert-destination"),
    path("settings/alerts/<int:destination_id>/test/", send_test, name="alert-destination-test"),
    path("settings/alerts/<int:destination_id>/remove/", remove, name="alert-destination-remove"),
]
