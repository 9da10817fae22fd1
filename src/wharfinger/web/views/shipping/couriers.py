"""Courier services: the list, a new one, and changing one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.shipping.connections import code_choices
from wharfinger.db.queries.shipping.couriers import courier_row, list_couriers
from wharfinger.db.queries.shipping.cut_offs import cut_offs_of
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.carriers import CARRIER_CODES
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import couriers, cut_offs
from wharfinger.web.forms.couriers import CourierForm
from wharfinger.web.packing.cut_offs import CutOffForm
from wharfinger.web.request_context import allowed, next_page, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    context = {"couriers": list_couriers(), "may_edit": allowed(request, Right.EDIT_CHANNELS)}
    return render(request, "wharfinger/couriers/list.html", context)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_courier(request: HttpRequest) -> HttpResponse:
    form = _form(request, {"tracking": Tracking.AT_ONCE, "active": True})
    if request.method == "POST" and form.is_valid():
        try:
            made = couriers.create_service(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("%(service)s can now be chosen.") % {"service": made})
            return redirect(next_page(request, reverse("courier-list")))
    return _render(request, form, {})


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_courier(request: HttpRequest, service_id: int) -> HttpResponse:
    row = courier_row(service_id)
    if row is None:
        raise Http404
    form = _form(request, row.initial())
    if request.method == "POST" and form.is_valid():
        try:
            couriers.edit_service(service_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("courier-list")
    return _render(request, form, {"courier": row})


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_cut_offs(request: HttpRequest, service_id: int) -> HttpResponse:
    """By when the service's parcels must be ready, at each site."""
    row = courier_row(service_id)
    if row is None:
        raise Http404
    form = CutOffForm(cut_offs_of(service_id), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cut_offs.set_cut_offs(service_id, form.cut_offs(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("courier-list")
    context = {"courier": row, "form": form}
    return render(request, "wharfinger/couriers/cut_offs.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, initial: dict[str, Any]) -> CourierForm:
    data = request.POST if request.method == "POST" else None
    return CourierForm(data, initial=initial, demo=settings.WHARFINGER.system == "demo", labels=code_choices())


def _render(request: HttpRequest, form: CourierForm, context: dict[str, Any]) -> HttpResponse:
    context = {**context, "form": form, "codes": CARRIER_CODES}
    return render(request, "wharfinger/couriers/form.html", context, status=422 if form.errors else 200)


routes = [
    path("settings/couriers/", show_list, name="courier-list"),
    path("settings/couriers/new/", new_courier, name="courier-new"),
    path("settings/couriers/<int:service_id>/", edit_courier, name="courier-edit"),
    path("settings/couriers/<int:service_id>/cut-offs/", edit_cut_offs, name="courier-cut-offs"),
]
