"""Settings, VAT: registrations, where goods leave from, rates of single items."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.orders.vat import item_rate_rows, registration_rows, site_countries
from wharfinger.domain.installation.people import Right
from wharfinger.domain.vat_rates import SOURCE
from wharfinger.operations.installation import vat_settings
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.vat import ItemRateForm, RegistrationForm
from wharfinger.web.request_context import allowed, message_of, person, show_refusal, trade_now
from wharfinger.web.rights import View, needs, signed_in


@signed_in
@require_safe
def show_vat(request: HttpRequest) -> HttpResponse:
    return _page(request, RegistrationForm(), ItemRateForm())


def _page(request: HttpRequest, form: RegistrationForm, rate_form: ItemRateForm) -> HttpResponse:
    context = {
        "registrations": registration_rows(),
        "sites": site_countries(),
        "rates": item_rate_rows(),
        "form": form,
        "rate_form": rate_form,
        "may_edit": allowed(request, Right.EDIT_VAT),
        "source": SOURCE,
    }
    status = 422 if form.errors or rate_form.errors else 200
    return render(request, "wharfinger/settings/vat.html", context, status=status)


@needs(Right.EDIT_VAT)
@require_POST
def add_registration(request: HttpRequest) -> HttpResponse:
    form = RegistrationForm(request.POST)
    if form.is_valid():
        try:
            vat_settings.add_registration(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Added. The VAT of every order of that time is worked out with it."))
            return redirect("vat")
    return _page(request, form, ItemRateForm())


@needs(Right.EDIT_VAT)
@require_POST
def add_item_rate(request: HttpRequest) -> HttpResponse:
    form = ItemRateForm(request.POST)
    if form.is_valid():
        try:
            vat_settings.add_item_rate(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Added. The VAT of every order of that time is worked out with it."))
            return redirect("vat")
    return _page(request, RegistrationForm(), form)


def _removing(remove: Callable[..., None]) -> View:
    @needs(Right.EDIT_VAT)
    @require_POST
    def press(request: HttpRequest, **named: int) -> HttpResponse:
        try:
            remove(*named.values(), now=trade_now(), user=person(request))
        except Refused as refused:
            messages.error(request, message_of(refused))
        else:
            messages.success(request, gettext("Removed."))
        return redirect("vat")

    return press


@needs(Right.EDIT_VAT)
@require_POST
def set_country(request: HttpRequest, site_id: int) -> HttpResponse:
    try:
        vat_settings.set_site_country(site_id, request.POST.get("country", ""), now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("Saved."))
    return redirect("vat")


routes = [
    path("settings/vat/", show_vat, name="vat"),
    path("settings/vat/add/", add_registration, name="vat-add"),
    path("settings/vat/<int:registration_id>/remove/", _removing(vat_settings.remove_registration), name="vat-remove"),
    path("settings/vat/rates/add/", add_item_rate, name="vat-rate-add"),
    path("settings/vat/rates/<int:rate_id>/remove/", _removing(vat_settings.remove_item_rate), name="vat-rate-remove"),
    path("settings/vat/sites/<int:site_id>/", set_country, name="vat-site"),
]
