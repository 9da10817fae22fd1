"""The second step of a sign-in, a person's own second factor, and the password that dangerous things want again."""

import base64

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.encryption import decrypt, encrypt
from wharfinger.db.models import User
from wharfinger.db.queries.installation.second_factor import has_second_factor, passkeys_of, second_factor_of
from wharfinger.db.second_factor import EncryptedSecrets
from wharfinger.domain.installation.access_log import Access
from wharfinger.operations.installation import sign_in
from wharfinger.operations.installation.factors import second_factor
from wharfinger.operations.installation.factors.second_factor import Proof, SetUp
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_failure, note_sign_in
from wharfinger.web.forms.sign_in import FactorForm, PasswordAgainForm
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import signed_in
from wharfinger.web.second_factor import PROVED, keep_session, needs_password, note_password
from wharfinger.web.views.installation.passkeys import offer
from wharfinger.web.views.installation.second_factor_pending import attempt_of, enter_proved, next_of, pending, too_many

_SECRET, _CODES = "second_factor_secret", "recovery_codes"
"""In the session, encrypted: until a code was shown, and until the codes were shown."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_code(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app, or a recovery code."""
    who = pending(request)
    if who is None or not has_second_factor(who.pk):
        return redirect("sign-in")
    form = FactorForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        attempt = attempt_of(request, who, "second factor")
        until = sign_in.begin_attempt(attempt, now=settings.CLOCK.machine_now())
        if until is not None:
            form.add_error(None, too_many(until))
            status = 429
        else:
            proof = second_factor.prove(who.pk, form.cleaned_data["code"], now=trade_now())
            if proof is not None:
                sign_in.note_success(attempt)
                return _let_in_proved(request, who, proof)
            note_failure(request, Access.FACTOR_FAILED, attempt, who.pk)
            form.add_error("code", gettext("Wrong code, or one that was used already. Wait for the next one."))
    context = {"form": form, "next": next_of(request), "options": offer(request, who.pk)}
    return render(request, "wharfinger/sign_in/code.html", context, status=status)


def _let_in_proved(request: HttpRequest, who: User, proof: Proof) -> HttpResponse:
    response = enter_proved(request, who, next_of(request))
    if proof is Proof.RECOVERY_CODE:
        held = second_factor_of(who.pk)
        left = held.codes_left if held else 0
        said = ngettext("%(count)s recovery code is left.", "%(count)s recovery codes are left.", left)
        messages.warning(request, said % {"count": left})
    return response


@signed_in
@require_safe
def show_own(request: HttpRequest) -> HttpResponse:
    """The reader's own second factor."""
    me = person(request)
    context = {
        "factor": second_factor_of(me.pk),
        "passkeys": passkeys_of(me.pk),
        "required": settings.WHARFINGER.system == "live",
    }
    return render(request, "wharfinger/users/second_factor.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """An authenticator app, the first one or another; the first is wanted before anything else of a live system."""
    if has_second_factor(person(request).pk):
        if not request.session.get(PROVED):
            return redirect("sign-in-code")
        again: HttpResponse = needs_password(_set_up)(request)  # type: ignore[assignment]
        return again
    return _set_up(request)


def _set_up(request: HttpRequest) -> HttpResponse:
    form = FactorForm(request.POST or None)
    kept = request.session.get(_SECRET)
    secret = decrypt(kept).decode() if kept else second_factor.new_secret()
    if kept is None:
        request.session[_SECRET] = encrypt(secret.encode())
    if request.method == "POST" and form.is_valid():
        try:
            code = form.cleaned_data["code"]
            made = second_factor.set_up_app(person(request).pk, secret=secret, code=code, now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            request.session.pop(_SECRET)
            request.session[PROVED] = True
            note_sign_in(request, Access.FACTOR_SET_UP, person(request).pk)
            return _show_codes_once(request, made)
    adapter = EncryptedSecrets()
    picture = adapter.build_totp_svg(adapter.build_totp_url(person(request), secret))
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": base64.b64encode(picture.encode()).decode(),
        "required": settings.WHARFINGER.system == "live",
        "next": next_of(request),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "wharfinger/users/second_factor_set_up.html", context, status=status)


def _show_codes_once(request: HttpRequest, made: SetUp) -> HttpResponse:
    request.session[_CODES] = encrypt(" ".join(made.codes).encode())
    return redirect("recovery-codes")


@never_cache
@signed_in
@require_safe
def show_codes(request: HttpRequest) -> HttpResponse:
    """Shown once: a page that is opened again says how to make others."""
    kept = request.session.pop(_CODES, None)
    if kept is None:
        return redirect("second-factor")
    codes = decrypt(kept).decode().split()
    return render(request, "wharfinger/users/recovery_codes.html", {"codes": codes})


@signed_in
@needs_password
@require_POST
def make_codes(request: HttpRequest) -> HttpResponse:
    try:
        made = second_factor.make_codes_anew(person(request).pk, now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("second-factor")
    return _show_codes_once(request, made)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_password(request: HttpRequest) -> HttpResponse:
    """The password again, for a quarter of an hour."""
    form = PasswordAgainForm(request.POST or None)
    me = person(request)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        attempt = attempt_of(request, me, "own password")
        until = sign_in.begin_attempt(attempt, now=settings.CLOCK.machine_now())
        if until is not None:
            form.add_error(None, too_many(until))
            status = 429
        elif (checked := authenticate(request, username=me.username, password=form.cleaned_data["password"])) == me:
            keep_session(request, checked)
            sign_in.note_success(attempt)
            note_password(request)
            note_sign_in(request, Access.PASSWORD_AGAIN, me.pk)
            return redirect(next_of(request))
        else:
            note_failure(request, Access.SIGN_IN_FAILED, attempt, me.pk)
            form.add_error("password", gettext("This is not your password."))
    context = {"form": form, "next": next_of(request)}
    return render(request, "wharfinger/users/confirm_password.html", context, status=status)


routes = [
    path("sign-in/code/", ask_code, name="sign-in-code"),
    path("account/second-factor/", show_own, name="second-factor"),
    path("account/second-factor/app/", set_up, name="second-factor-set-up"),
    path("account/second-factor/codes/", show_codes, name="recovery-codes"),
    path("account/second-factor/codes/new/", make_codes, name="recovery-codes-new"),
    path("account/confirm/", confirm_password, name="confirm-password"),
]
