"""Authorise: to Seller Central's consent page and back; begun here or in Seller Central; revoked here."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.access.applications import ApplicationFacts, application_by_id, application_of_account
from wharfinger.db.queries.access.authorisations import (
    AccessFacts,
    access_facts,
    attempt_facts,
    channels_for_seller,
    is_known_seller,
)
from wharfinger.db.queries.access.budgets import budgets_of
from wharfinger.db.queries.installation.alerts import alerts_of_channel
from wharfinger.domain.access.authorisation import (
    CONSENT_CODES,
    ROLES,
    Callback,
    Consent,
    NotAmazons,
    confirm_address,
    consent_address,
    develop_apps_address,
    parse_callback,
    seller_central_base,
)
from wharfinger.domain.channels.channel import AuthorisationState, LinkState
from wharfinger.domain.installation.people import Right
from wharfinger.operations.access import authorisation
from wharfinger.operations.access.authorisation import NotOurs, Returned
from wharfinger.operations.refusals import Refused
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.outcomes import NOT_OURS, OUTCOMES
from wharfinger.web.request_context import allowed, message_of, numbers, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.setup_steps import is_setting_up

CONSENT_ERRORS = tuple(
    (consent_code.code, f"{consent_code.meaning} {consent_code.remedy}") for consent_code in CONSENT_CODES
)


def redirect_uri() -> str:
    """The one address that Seller Central may send the browser back to; registered at Amazon."""
    return f"{settings.WHARFINGER.public_url}/amazon/callback"


def login_uri() -> str:
    """Where Seller Central sends a seller who begins there; registered at Amazon."""
    return f"{settings.WHARFINGER.public_url}/amazon/authorise"


def _registered(application: ApplicationFacts) -> str:
    return application.redirect_uri or redirect_uri()


def no_referrer(response: HttpResponse) -> HttpResponse:
    """A state or a code is in the page or its address: no referrer is sent."""
    response["Referrer-Policy"] = "no-referrer"
    return response


# --- begun here


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: HttpRequest, channel_id: int) -> HttpResponse:
    """A page of ours with the link to Seller Central: a redirect after a POST would break our form policy.

    A private application has no consent page at Amazon: the page says so, and how its token is had.
    """
    access = _access_or_404(channel_id)
    try:
        application = _application_of(access)
        if not application.kind.has_consent_page:
            return _explain_private(request, access, channel_id, application)
        state = _open(request, channel_id, application)
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("channel", channel_id=channel_id)
    address = consent_address(
        Consent(
            seller_central=seller_central_base(access.seller_central, settings.WHARFINGER.simulator_url),
            application_id=application.application_id,
            state=state,
            redirect_uri=_registered(application),
            draft=application.is_draft,
        )
    )
    return _leave(request, access, channel_id, application, address)


def _access_or_404(channel_id: int) -> AccessFacts:
    access = access_facts(channel_id)
    if access is None:
        raise Http404
    return access


def _application_of(access: AccessFacts) -> ApplicationFacts:
    application = application_of_account(access.account_id)
    if application is None:
        raise Refused(
            gettext("No Amazon application is set up for %(region)s yet. Enter it under Settings, Amazon application.")
            % {"region": access.region}
        )
    return application


def _open(request: HttpRequest, channel_id: int, application: ApplicationFacts) -> str:
    return authorisation.open_attempt(
        channel_id,
        user=person(request),
        session_key=request.session.session_key or "",
        redirect_uri=_registered(application),
        machine_now=settings.CLOCK.machine_now(),
    )


def _explain_private(
    request: HttpRequest, access: AccessFacts, channel_id: int, application: ApplicationFacts
) -> HttpResponse:
    context = {
        "channel_id": channel_id,
        "access": access,
        "application": application,
        "develop_apps": develop_apps_address(access.seller_central, settings.WHARFINGER.simulator_url),
        "may_see": allowed(request, Right.SEE_CREDENTIALS),
    }
    return render(request, "wharfinger/authorisations/private.html", context)


def _leave(
    request: HttpRequest, access: AccessFacts, channel_id: int, application: ApplicationFacts, address: str
) -> HttpResponse:
    installation = settings.WHARFINGER
    context = {
        "channel_id": channel_id,
        "access": access,
        "application": application,
        "address": address,
        "roles": [(role, not application.roles or role.name in application.roles) for role in ROLES],
        "codes": CONSENT_CODES,
        "redirect_uri": _registered(application),
        "paste_first": installation.system == "live" and not _registered(application).startswith("https://"),
        "may_see": allowed(request, Right.SEE_CREDENTIALS),
    }
    return render(request, "wharfinger/authorisations/leave.html", context)


# --- begun in Seller Central


_CONSENT_REQUEST = "seller_central_asks"


@needs(Right.EDIT_CHANNELS)
@require_safe
def authorise_from_seller_central(request: HttpRequest) -> HttpResponse:
    """Seller Central opened our log-in address. Its parameters are kept in the session, out of the address bar."""
    params = request.GET
    try:
        callback = parse_callback(params.get("amazon_callback_uri", ""), settings.WHARFINGER.simulator_url)
        _requesting_application(callback)
        if not params.get("amazon_state"):
            raise NotAmazons("amazon_state is missing.")
    except NotAmazons as error:
        return no_referrer(_cannot_begin(request, str(error)))
    request.session[_CONSENT_REQUEST] = {
        "callback": callback.address,
        "amazon_state": params["amazon_state"][:2000],
        "seller_id": params.get("selling_partner_id", "").strip()[:30],
        "beta": params.get("version") == "beta",
    }
    return no_referrer(redirect("amazon-authorise-begin"))


@needs(Right.EDIT_CHANNELS)
@require_safe
def begin_from_seller_central(request: HttpRequest) -> HttpResponse:
    """Who is signed in is sent back to Seller Central, to give the consent anew."""
    consent_request = request.session.get(_CONSENT_REQUEST)
    if consent_request is None:
        return _cannot_begin(request, gettext("Seller Central requested nothing in this browser session."))
    chosen = _chosen(request, consent_request["seller_id"])
    if chosen is None:
        return _choose(request, consent_request["seller_id"])
    access = _access_or_404(chosen)
    try:
        callback = parse_callback(consent_request["callback"], settings.WHARFINGER.simulator_url)
        application = _requesting_application(callback)
        state = _open(request, chosen, application)
    except NotAmazons as error:
        return _cannot_begin(request, str(error))
    except Refused as refused:
        return _cannot_begin(request, message_of(refused))
    address = confirm_address(
        callback,
        redirect_uri=_registered(application),
        amazon_state=consent_request["amazon_state"],
        state=state,
        draft=application.is_draft or consent_request["beta"],
    )
    return _leave(request, access, chosen, application, address)


def _choose(request: HttpRequest, seller_id: str) -> HttpResponse:
    context = {
        "seller_id": seller_id,
        "known": is_known_seller(seller_id),
        "channels": channels_for_seller(seller_id),
    }
    return render(request, "wharfinger/authorisations/choose.html", context)


def _requesting_application(callback: Callback) -> ApplicationFacts:
    application = application_by_id(callback.application_id)
    if application is None:
        raise NotAmazons(
            gettext("Seller Central requests the application %(id)s, which is not entered here.")
            % {"id": callback.application_id[:80]}
        )
    return application


def _chosen(request: HttpRequest, seller_id: str) -> int | None:
    """The channel that is meant: the one that was picked, or the only one that can be."""
    fitting = [channel.id for channel in channels_for_seller(seller_id)]
    picked = [number for number in numbers([request.GET.get("channel", "")]) if number in fitting]
    if picked:
        return picked[0]
    return fitting[0] if len(fitting) == 1 and is_known_seller(seller_id) else None


def _cannot_begin(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "wharfinger/authorisations/cannot_begin.html", {"why": why}, status=400)


# --- the way back


@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Seller Central sent the browser back; the code is in the address, so no referrer is sent."""
    params = request.GET
    returned = authorisation.take_return(
        state=params.get("state", ""),
        session_key=request.session.session_key or "",
        code=params.get("spapi_oauth_code", ""),
        seller_id=params.get("selling_partner_id", ""),
        error=params.get("error_description", "") or params.get("error", ""),
        machine_now=settings.CLOCK.machine_now(),
    )
    match returned:
        case Returned(attempt_id):
            return no_referrer(redirect("authorisation", attempt_id=attempt_id))
        case NotOurs(why, attempt_id):
            context = {"words": NOT_OURS[why], "attempt_id": attempt_id}
            return no_referrer(render(request, "wharfinger/authorisations/not_ours.html", context, status=400))


ENDED = {AuthorisationState.DONE, AuthorisationState.REFUSED, AuthorisationState.FAILED}


@signed_in
@require_safe
def show_authorisation(request: HttpRequest, attempt_id: int) -> HttpResponse:
    """How the authorisation went; asks again until it has ended."""
    attempt = attempt_facts(attempt_id, person(request).pk)
    if attempt is None:
        raise Http404
    words = OUTCOMES[attempt.outcome] if attempt.outcome else None
    context: dict[str, Any] = {
        "attempt": attempt,
        "words": words,
        "may_see": allowed(request, Right.SEE_CREDENTIALS),
        "setting_up": is_setting_up(request, attempt.channel_id),
    }
    ended = attempt.state in ENDED
    result = live_part(request, "result", "wharfinger/authorisations/result.html", context, every="1s", settled=ended)
    if asks_for(request, "result"):
        return answer_live(request, result)
    return render(request, "wharfinger/authorisations/authorisation.html", {**context, "live": result})


# --- the access that is held


@needs(Right.SEE_CREDENTIALS)
@require_safe
def show_access(request: HttpRequest, channel_id: int) -> HttpResponse:
    """What the channel's seller account holds of its seller's consent, and how it came."""
    access = _access_or_404(channel_id)
    context = {
        "access": access,
        "channel_id": channel_id,
        "alerts": alerts_of_channel(channel_id),
        "lost": access.link == LinkState.LOST,
        "budgets": budgets_of(access.account_id, now=trade_now()),
    }
    return render(request, "wharfinger/authorisations/access.html", context)


@needs(Right.SEE_CREDENTIALS)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Revoke here: first what it means, then the button."""
    access = _access_or_404(channel_id)
    if request.method == "POST":
        try:
            authorisation.revoke(access.account_id, user=person(request), now=trade_now())
        except Refused as refused:
            messages.error(request, message_of(refused))
        else:
            messages.success(
                request,
                gettext("%(account)s: the access is removed here. All queued work is kept.")
                % {"account": access.account},
            )
        return redirect("channel-access", channel_id=channel_id)
    base = seller_central_base(access.seller_central, settings.WHARFINGER.simulator_url)
    context = {"access": access, "channel_id": channel_id, "manage": f"{base}/apps/manage"}
    return render(request, "wharfinger/authorisations/revoke.html", context)


routes = [
    path("channels/<int:channel_id>/authorise/", authorise, name="channel-authorise"),
    path("channels/<int:channel_id>/access/", show_access, name="channel-access"),
    path("channels/<int:channel_id>/revoke/", revoke, name="channel-revoke"),
    path("amazon/authorise", authorise_from_seller_central, name="amazon-authorise"),
    path("amazon/authorise/begin/", begin_from_seller_central, name="amazon-authorise-begin"),
    path("amazon/callback", come_back, name="amazon-callback"),
    path("authorisations/<int:attempt_id>/", show_authorisation, name="authorisation"),
]
