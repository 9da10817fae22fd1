"""Settings: where each of them is, and the reader's time zone."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.applications import list_applications
from wharfinger.domain.people import Right
from wharfinger.operations import users
from wharfinger.web.asked import allowed, person
from wharfinger.web.forms.house_settings import ZoneForm
from wharfinger.web.rights import signed_in
from wharfinger.web.views.mail import way_of_mail


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
        "applications": list_applications(),
        "may_see": allowed(request, Right.SEE_CREDENTIALS),
        "may_administer": allowed(request, Right.ADMINISTER),
        "may_audit": allowed(request, Right.SEE_AUDIT),
        "mail_way": way_of_mail().value,
        "house": settings.WHARFINGER,
    }
    return render(request, "wharfinger/settings/settings.html", context)


routes = [
    path("settings/", show_settings, name="settings"),
]
