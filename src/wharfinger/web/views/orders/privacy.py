"""Settings, Privacy: how long personal data is kept, and the proof of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.orders.privacy.erasing import kept_days
from wharfinger.db.queries.orders.privacy.proof import privacy
from wharfinger.domain.installation.people import Right
from wharfinger.operations import triggers
from wharfinger.operations.orders.privacy import erasure, proofs
from wharfinger.web.forms.installation_settings import KeptDaysForm
from wharfinger.web.request_context import person, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password


@needs(Right.ADMINISTER)
@require_safe
def show_privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, KeptDaysForm(initial={"days": kept_days()}))


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def set_kept_days(request: HttpRequest) -> HttpResponse:
    form = KeptDaysForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    erasure.set_kept_days(form.cleaned_data["days"], now=trade_now(), user=person(request))
    messages.success(request, gettext("Saved. What is over by it is erased within the hour."))
    return redirect("privacy")


def _page(request: HttpRequest, form: KeptDaysForm) -> HttpResponse:
    context = {"form": form, "proof": privacy(task=triggers.ERASE)}
    return render(request, "wharfinger/settings/privacy.html", context, status=422 if form.errors else 200)


@needs(Right.ADMINISTER)
@require_POST
def count_now(request: HttpRequest) -> HttpResponse:
    proofs.want_count(now=trade_now())
    messages.success(request, gettext("Everything is being counted. This page shows it when it is done."))
    return redirect("privacy")


routes = [
    path("settings/privacy/", show_privacy, name="privacy"),
    path("settings/privacy/days/", set_kept_days, name="kept-days"),
    path("settings/privacy/count/", count_now, name="privacy-count"),
]
