"""Settings: the Amazon application, marketplaces, the reader's time zone."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.channels import application_facts
from wharfinger.domain.people import Right
from wharfinger.operations import accounts, users
from wharfinger.operations.refusals import Refused
from wharfinger.web.asked import allowed, person, show_refusal, trade_now
from wharfinger.web.forms.house_settings import ApplicationForm, ZoneForm
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.authorisations import redirect_uri


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def show_settings(request: HttpRequest) -> HttpResponse:
    form = ZoneForm(request.POST or None, initial={"time_zone": person(request).time_zone})
    if request.method == "POST" and form.is_valid():
        users.set_time_zone(person(request).pk, form.cleaned_data["time_zone"])
        messages.success(request, "Times are shown in your zone now.")
        return redirect("settings")
    context = {
        "form": form,
        "application": application_facts(),
        "may_see": allowed(request, Right.SEE_CREDENTIALS),
        "house": settings.WHARFINGER,
    }
    return render(request, "wharfinger/settings/settings.html", context)


@needs(Right.SEE_CREDENTIALS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_application(request: HttpRequest) -> HttpResponse:
    known = application_facts()
    initial = {"application_id": known.application_id, "client_id": known.client_id} if known else {}
    draft = known.is_draft if known else True
    form = ApplicationForm(request.POST or None, initial={**initial, "is_draft": draft})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.save_application(**form.cleaned_data, now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "The application is saved. Press Check again on a channel to try it.")
            return redirect("amazon-application")
    context = {"form": form, "application": known, "redirect_uri": redirect_uri()}
    status = 422 if request.method == "POST" else 200
    return render(request, "wharfinger/settings/application.html", context, status=status)


routes = [
    path("settings/", show_settings, name="settings"),
    path("settings/amazon-application/", edit_application, name="amazon-application"),
]
