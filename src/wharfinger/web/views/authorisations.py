"""Authorise: to Seller Central's consent page and back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.channels import ChannelPage, application_facts, attempt_facts
from wharfinger.domain.authorisation import ROLES, Consent, consent_address, seller_central_base
from wharfinger.domain.channels import AuthorisationState
from wharfinger.domain.people import Right
from wharfinger.operations import authorisation
from wharfinger.operations.authorisation import NotOurs, Returned
from wharfinger.operations.refusals import Refused
from wharfinger.web.asked import person
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.channels import channel_or_404

CONSENT_ERRORS = (
    (
        "MD1000",
        "The application is a draft, but Seller Central was not told so. Tick “draft” under Settings.",
    ),
    ("MD5100", "The address is not accepted: no redirect URI is registered, or the draft tick does not fit."),
    ("MD5101", "The redirect URI is none of the registered ones. Register the address shown here exactly."),
    ("MD9000", "The application has MWS credentials only. Make a Selling Partner API application."),
    ("SPDC8143", "You are not the primary user of the seller account. Ask the primary user to authorise."),
)


def redirect_uri() -> str:
    """The one address that Seller Central may send the browser back to; registered at Amazon."""
    return f"{settings.WHARFINGER.public_url}/amazon/callback"


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: HttpRequest, channel_id: int) -> HttpResponse:
    """A page of ours with the link to Seller Central: a redirect after a POST would break our form policy."""
    channel = channel_or_404(channel_id)
    try:
        address = _consent_address(request, channel)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("channel", channel_id=channel_id)
    context = {
        "channel": channel,
        "address": address,
        "roles": ROLES,
        "errors": CONSENT_ERRORS,
        "redirect_uri": redirect_uri(),
    }
    return render(request, "wharfinger/authorisations/leave.html", context)


def _consent_address(request: HttpRequest, channel: ChannelPage) -> str:
    state = authorisation.open_attempt(
        channel.id,
        user=person(request),
        session_key=request.session.session_key or "",
        redirect_uri=redirect_uri(),
        machine_now=settings.CLOCK.machine_now(),
    )
    application = application_facts()
    if application is None:
        raise Refused("No Amazon application is set up yet. Enter it under Settings, Amazon application.")
    return consent_address(
        Consent(
            seller_central=seller_central_base(channel.seller_central, settings.WHARFINGER.simulator_url),
            application_id=application.application_id,
            state=state,
            redirect_uri=redirect_uri(),
            draft=application.is_draft,
        )
    )


@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Seller Central sent the browser back; the code is in the address, so nobody is told where we came from."""
    told = request.GET
    returned = authorisation.take_return(
        state=told.get("state", ""),
        session_key=request.session.session_key or "",
        code=told.get("spapi_oauth_code", ""),
        seller_id=told.get("selling_partner_id", ""),
        error=told.get("error_description", "") or told.get("error", ""),
        machine_now=settings.CLOCK.machine_now(),
    )
    match returned:
        case Returned(attempt_id):
            response: HttpResponse = redirect("authorisation", attempt_id=attempt_id)
        case NotOurs(why):
            response = render(request, "wharfinger/authorisations/not_ours.html", {"why": why}, status=400)
    response["Referrer-Policy"] = "no-referrer"
    return response


ENDED = {AuthorisationState.DONE.value, AuthorisationState.REFUSED.value, AuthorisationState.FAILED.value}


@signed_in
@require_safe
def show_authorisation(request: HttpRequest, attempt_id: int) -> HttpResponse:
    """How the authorisation went; asks again until it has ended."""
    attempt = attempt_facts(attempt_id, person(request).pk)
    if attempt is None:
        raise Http404
    context: dict[str, Any] = {"attempt": attempt, "errors": CONSENT_ERRORS}
    result = live_part(
        request,
        "result",
        "wharfinger/authorisations/result.html",
        context,
        every="1s",
        settled=attempt.state in ENDED,
    )
    if asks_for(request, "result"):
        return answer_live(request, result)
    return render(request, "wharfinger/authorisations/authorisation.html", {**context, "live": result})


routes = [
    path("channels/<int:channel_id>/authorise/", authorise, name="channel-authorise"),
    path("amazon/callback", come_back, name="amazon-callback"),
    path("authorisations/<int:attempt_id>/", show_authorisation, name="authorisation"),
]
