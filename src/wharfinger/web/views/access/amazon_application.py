"""Settings: the Amazon applications, what is registered at Amazon, and the client secret's rotation."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.access.applications import ApplicationFacts, application_facts, list_applications
from wharfinger.db.queries.installation.alerts import alerts_of_application
from wharfinger.domain.access.authorisation import CONSENT_CODES
from wharfinger.domain.installation.people import Right
from wharfinger.operations.access import applications, rotation
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.amazon_application import ApplicationForm
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, message_of, next_page, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password, needs_password_to_save
from wharfinger.web.views.access.authorisations import login_uri, redirect_uri

AMAZONS_ACCOUNT = "arn:aws:iam::437568002678:root"
"""Who sends notifications. Source: set-up-notifications-amazon-sqs."""


def _policy(*actions: str, **more: Any) -> str:
    """An AWS policy as its console wants it; the queue's ARN is put in by its owner."""
    allowed = {"Effect": "Allow", **more, "Action": actions, "Resource": "arn:aws:sqs:REGION:ACCOUNT:QUEUE"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]}, indent=2)


QUEUE_POLICY = _policy("sqs:GetQueueAttributes", "sqs:SendMessage", Principal={"AWS": AMAZONS_ACCOUNT})
KEY_POLICY = _policy("sqs:ReceiveMessage", "sqs:DeleteMessage")


@needs(Right.SEE_CREDENTIALS)
@require_safe
def show_applications(request: HttpRequest) -> HttpResponse:
    """The list; with none yet, or one, its page."""
    found = list_applications()
    if not found:
        return redirect("amazon-application-new")
    if len(found) == 1:
        return redirect("amazon-application-edit", application_pk=found[0].id)
    return render(request, "wharfinger/settings/applications.html", {"applications": found})


@needs(Right.SEE_CREDENTIALS)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def add_application(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@needs(Right.SEE_CREDENTIALS)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def edit_application(request: HttpRequest, application_pk: int) -> HttpResponse:
    known = _application_or_404(application_pk)
    if asks_for(request, "secret"):
        return answer_live(request, _secret_part(request, known))
    return _edit(request, known)


def _application_or_404(application_pk: int) -> ApplicationFacts:
    known = application_facts(application_pk)
    if known is None:
        raise Http404
    return known


def _secret_part(request: HttpRequest, known: ApplicationFacts) -> dict[str, object]:
    """The secret's age and rotation; looks again by itself while a new one is waited for."""
    context = {
        "application": known,
        "now": trade_now(),
        "may_rotate": allowed(request, Right.ADMINISTER),
    }
    settled = known.rotation_requested_at is None
    return live_part(request, "secret", "wharfinger/settings/secret.html", context, every="2s", settled=settled)


def _edit(request: HttpRequest, known: ApplicationFacts | None) -> HttpResponse:
    form = ApplicationForm(request.POST if request.method == "POST" else None, known=known)
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form, known)
        if saved is not None:
            messages.success(
                request, gettext("The application is saved. Channels that use it are being checked with Amazon.")
            )
            return redirect(next_page(request, reverse("amazon-application-edit", args=[saved])))
    context = {
        "form": form,
        "application": known,
        "redirect_uri": (known.redirect_uri if known else "") or redirect_uri(),
        "login_uri": login_uri(),
        "codes": CONSENT_CODES,
        "queue_policy": QUEUE_POLICY,
        "key_policy": KEY_POLICY,
        "alerts": alerts_of_application(known.id) if known else (),
        "live": _secret_part(request, known) if known else None,
        "may_remove": allowed(request, Right.ADMINISTER),
        "several": len(list_applications()) > 1,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "wharfinger/settings/application.html", context, status=status)


def _save(request: HttpRequest, form: ApplicationForm, known: ApplicationFacts | None) -> int | None:
    try:
        row = applications.save_application(
            form.entry(),
            now=trade_now(),
            user=person(request),
            pk=known.id if known else None,
            beside=known is None,
        )
    except Refused as refused:
        show_refusal(form, refused)
        return None
    return row.pk


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def rotate(request: HttpRequest, application_pk: int) -> HttpResponse:
    """Have Amazon make a new client secret; the worker asks, and the page shows what comes."""
    _application_or_404(application_pk)
    try:
        rotation.ask_rotation(application_pk, user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(
            request, gettext("A new secret is requested from Amazon. The old one is used until it arrives.")
        )
    return redirect("amazon-application-edit", application_pk=application_pk)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def remove(request: HttpRequest, application_pk: int) -> HttpResponse:
    _application_or_404(application_pk)
    try:
        applications.remove_application(application_pk, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("amazon-application-edit", application_pk=application_pk)
    messages.success(request, gettext("The application is removed here. At Amazon it is unchanged."))
    return redirect("settings")


routes = [
    path("settings/amazon-application/", show_applications, name="amazon-application"),
    path("settings/amazon-application/new/", add_application, name="amazon-application-new"),
    path("settings/amazon-application/<int:application_pk>/", edit_application, name="amazon-application-edit"),
    path("settings/amazon-application/<int:application_pk>/rotate/", rotate, name="amazon-application-rotate"),
    path("settings/amazon-application/<int:application_pk>/remove/", remove, name="amazon-application-remove"),
]
