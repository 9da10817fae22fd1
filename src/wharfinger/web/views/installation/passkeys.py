"""A person's passkeys: added, removed, and shown in place of a code at the second step of a sign-in."""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.installation.second_factor import has_second_factor
from wharfinger.domain.installation.access_log import Access
from wharfinger.operations.installation import sign_in
from wharfinger.operations.installation.factors import passkeys
from wharfinger.operations.installation.factors.passkeys import Challenge, Place
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_failure, note_sign_in
from wharfinger.web.forms.sign_in import PasskeyAnswerForm, PasskeyForm, PasskeyRemovalForm
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import signed_in
from wharfinger.web.second_factor import needs_password
from wharfinger.web.views.installation.second_factor_pending import attempt_of, enter_proved, next_of, pending, too_many

_MAKING, _SHOWING = "passkey_making", "passkey_showing"
"""In the session: what a browser has to sign. Each is good for one answer."""


def place_of(request: HttpRequest) -> Place | None:
    """None where browsers make no passkeys: at an address without a name, and at a name without https."""
    netloc = request.get_host()
    host = netloc.rsplit(":", 1)[0] if not netloc.endswith("]") else netloc
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        secure = request.is_secure() or host == "localhost" or host.endswith(".localhost")
        return Place(host, f"{request.scheme}://{netloc}") if secure else None
    return None


def offer(request: HttpRequest, user_id: int) -> str:
    """For the page of the second step: what a browser shows a passkey with, as JSON; empty where there is none."""
    place = place_of(request)
    challenge = passkeys.ask_for_one(user_id, place) if place else None
    return _kept(request, _SHOWING, challenge) if challenge else ""


def _kept(request: HttpRequest, name: str, challenge: Challenge) -> str:
    request.session[name] = dict(challenge.state)
    return json.dumps(challenge.options)


def _answer(text: str) -> Mapping[str, Any]:
    """What the browser sent; an empty one where it is no object: nobody accepts that."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


@never_cache
@signed_in
@needs_password
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    me, place = person(request), place_of(request)
    if not has_second_factor(me.pk):
        return redirect("second-factor-set-up")
    if place is None:
        messages.error(request, gettext("Passkeys need https and a host name: open Wharfinger at its public address."))
        return redirect("second-factor")
    form = PasskeyForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        state, name = request.session.pop(_MAKING, {}), form.cleaned_data["name"]
        answer = _answer(form.cleaned_data["answer"])
        try:
            passkeys.add(me.pk, name=name, answer=answer, state=state, place=place, now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            note_sign_in(request, Access.FACTOR_SET_UP, me.pk)
            messages.success(request, gettext("The passkey “%(name)s” is added.") % {"name": name})
            return redirect("second-factor")
    context = {"form": form, "options": _kept(request, _MAKING, passkeys.ask_for_new(me, place))}
    return render(request, "wharfinger/users/passkey_add.html", context, status=status)


@signed_in
@needs_password
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    form = PasskeyRemovalForm(request.POST)
    try:
        if form.is_valid():
            passkeys.remove(person(request).pk, form.cleaned_data["passkey"], now=trade_now())
            messages.success(request, gettext("The passkey is removed."))
    except Refused as refused:
        messages.error(request, message_of(refused))
    return redirect("second-factor")


@never_cache
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """The second step by a passkey, counted and slowed down like codes."""
    who, place, form = pending(request), place_of(request), PasskeyAnswerForm(request.POST)
    if who is None or place is None or not form.is_valid():
        return redirect("sign-in")
    attempt = attempt_of(request, who, "second factor")
    until = sign_in.begin_attempt(attempt, now=settings.CLOCK.machine_now())
    if until is not None:
        messages.error(request, too_many(until))
        return redirect("sign-in-code")
    state, answer = request.session.pop(_SHOWING, {}), _answer(form.cleaned_data["answer"])
    if passkeys.prove(who.pk, answer=answer, state=state, place=place):
        sign_in.note_success(attempt)
        return enter_proved(request, who, next_of(request))
    note_failure(request, Access.FACTOR_FAILED, attempt, who.pk)
    messages.error(request, gettext("This passkey was not accepted. Try again, or type a code."))
    return redirect("sign-in-code")


routes = [
    path("sign-in/passkey/", show, name="sign-in-passkey"),
    path("account/second-factor/passkey/", add, name="passkey-add"),
    path("account/second-factor/passkey/remove/", remove, name="passkey-remove"),
]
