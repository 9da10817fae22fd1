"""Settings: where each of them is, and the reader's time zone."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.access.applications import list_applications
from wharfinger.db.queries.orders.waiting_orders import pending_days, preorders_reserve
from wharfinger.db.queries.shipping.prime import prime_rows
from wharfinger.db.queries.shipping.undo import undo_minutes
from wharfinger.domain.installation.people import Right
from wharfinger.operations.installation import users
from wharfinger.operations.orders import reservations
from wharfinger.operations.shipping import prime, undo
from wharfinger.web.forms.installation_settings import PendingForm, PrimeForm, UndoForm, ZoneForm
from wharfinger.web.request_context import allowed, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.installation.mail import way_of_mail


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def show_settings(request: HttpRequest) -> HttpResponse:
    form = ZoneForm(request.POST or None, initial=_own(request))
    if request.method == "POST" and form.is_valid():
        users.set_time_zone(person(request).pk, form.cleaned_data["time_zone"])
        if form.cleaned_data["decimal_sign"]:
            users.set_decimal_sign(person(request).pk, form.cleaned_data["decimal_sign"])
        if form.cleaned_data["language"]:
            users.set_language(person(request).pk, form.cleaned_data["language"])
        messages.success(
            request, gettext("Saved. Pages are in your language and zone, exported files have your decimal sign.")
        )
        return redirect("settings")
    return _page(request, form)


@needs(Right.ADMINISTER)
@require_POST
def set_pending_days(request: HttpRequest) -> HttpResponse:
    form = PendingForm(request.POST)
    if form.is_valid():
        days = form.cleaned_data["days"]
        preorders = form.cleaned_data["preorders"]
        reservations.set_pending_days(days, preorders_reserve=preorders, now=trade_now(), user=person(request))
        kept = ngettext(
            "A pending order now keeps its units for %(days)s day.",
            "A pending order now keeps its units for %(days)s days.",
            days,
        )
        messages.success(request, kept % {"days": days})
        return redirect("settings")
    return _page(request, pending_form=form)


@needs(Right.ADMINISTER)
@require_POST
def set_undo_minutes(request: HttpRequest) -> HttpResponse:
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, undo_form=form)
    minutes = form.cleaned_data["minutes"]
    undo.set_undo_minutes(minutes, now=trade_now(), user=person(request))
    if minutes:
        kept = ngettext(
            "A dispatch can now be undone for %(minutes)s minute.",
            "A dispatch can now be undone for %(minutes)s minutes.",
            minutes,
        )
        messages.success(request, kept % {"minutes": minutes})
    else:
        messages.success(request, gettext("A parcel is now sent to Amazon at once, and cannot be undone."))
    return redirect("settings")


@needs(Right.ADMINISTER)
@require_POST
def set_prime_labels(request: HttpRequest) -> HttpResponse:
    """For each marketplace on which we ship ourselves."""
    form = PrimeForm(prime_rows(), request.POST)
    if not form.is_valid():
        return _page(request, prime_form=form)
    for marketplace_id, setting in form.settings().items():
        prime.set_prime_labels(marketplace_id, setting, now=trade_now(), user=person(request))
    messages.success(request, gettext("Saved. It holds for parcels that leave from now on."))
    return redirect("settings")


def _own(request: HttpRequest) -> dict[str, str]:
    """What the reader has chosen."""
    reader = person(request)
    return {"time_zone": reader.time_zone, "language": reader.language, "decimal_sign": reader.decimal_sign}


def _page(
    request: HttpRequest,
    form: ZoneForm | None = None,
    pending_form: PendingForm | None = None,
    undo_form: UndoForm | None = None,
    prime_form: PrimeForm | None = None,
) -> HttpResponse:
    """A form that is not given shows what holds."""
    days = {"days": pending_days(), "preorders": preorders_reserve()}
    form = form or ZoneForm(initial=_own(request))
    pending_form = pending_form or PendingForm(initial=days)
    undo_form = undo_form or UndoForm(initial={"minutes": undo_minutes()})
    context: dict[str, Any] = {
        "form": form,
        "pending_form": pending_form,
        "undo_form": undo_form,
        "undo_minutes": undo_minutes(),
        "prime_form": prime_form or PrimeForm(prime_rows()),
        "primes": prime_rows(),
        "pending_days": pending_days(),
        "preorders_reserve": preorders_reserve(),
        "applications": list_applications(),
        "may_see": allowed(request, Right.SEE_CREDENTIALS),
        "may_administer": allowed(request, Right.ADMINISTER),
        "may_audit": allowed(request, Right.SEE_AUDIT),
        "mail_way": way_of_mail(),
        "installation": settings.WHARFINGER,
    }
    forms = (form, pending_form, undo_form, context["prime_form"])
    status = 422 if any(one.errors for one in forms) else 200
    return render(request, "wharfinger/settings/settings.html", context, status=status)


routes = [
    path("settings/", show_settings, name="settings"),
    path("settings/pending-orders/", set_pending_days, name="pending-days"),
    path("settings/undo/", set_undo_minutes, name="undo-minutes"),
    path("settings/prime-labels/", set_prime_labels, name="prime-labels"),
]
