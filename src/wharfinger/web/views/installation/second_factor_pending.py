"""Between the password and the second factor: who is there, and how he gets in."""

import math
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext

from wharfinger.db.models import User
from wharfinger.db.queries.installation.sessions import SIGNED_IN
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.sign_in import browser_of
from wharfinger.operations.installation.sign_in import Attempt
from wharfinger.web.access_log import note_sign_in
from wharfinger.web.known_browser import remember_browser
from wharfinger.web.second_factor import PROVED, note_password

_PENDING = "pending_sign_in"
"""In the session: who typed the right password and is still to show the second factor."""
_PENDING_FOR = timedelta(minutes=10)
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def let_in(request: HttpRequest, who: User, address: str, *, proved: bool = False) -> HttpResponse:
    """Signed in, by the password, and by a second factor where it was `proved`."""
    login(request, who, backend=_BACKEND)
    request.session[PROVED] = proved
    request.session[SIGNED_IN] = {
        "at": settings.CLOCK.machine_now().isoformat(),
        "address": request.META.get("REMOTE_ADDR", "")[:60],
        "browser": browser_of(request.headers.get("User-Agent", "")),
    }
    note_password(request)
    if proved:
        note_sign_in(request, Access.FACTOR_SHOWN, who.pk)
    note_sign_in(request, Access.SIGNED_IN, who.pk)
    response = redirect(address)
    remember_browser(request, response, who)
    return response


def ask_second_factor(request: HttpRequest, who: User, address: str) -> HttpResponse:
    request.session[_PENDING] = {
        "user": who.pk,
        "hash": who.get_session_auth_hash(),
        "at": settings.CLOCK.machine_now().isoformat(),
    }
    return redirect(f"{reverse('sign-in-code')}?{urlencode({'next': address})}")


def next_of(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.GET.get("next", "")
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if ours else "/"


def pending(request: HttpRequest) -> User | None:
    """Who is to show a second factor: by a password typed in the last minutes, or signed in before it was wanted."""
    if isinstance(request.user, User):
        return None if request.session.get(PROVED) else request.user
    kept = request.session.get(_PENDING)
    if kept is None:
        return None
    age = settings.CLOCK.machine_now() - datetime.fromisoformat(kept["at"])
    who = User.objects.filter(pk=kept["user"], is_active=True).first()
    if who is None or not timedelta(0) <= age < _PENDING_FOR or who.get_session_auth_hash() != kept["hash"]:
        return None
    return who


def attempt_of(request: HttpRequest, who: User, what: str) -> Attempt:
    """Counted for the person alone: who comes here knows the password, or sits at an open browser."""
    return Attempt(who.username, request.META.get("REMOTE_ADDR", ""), browser=f"{what} {who.pk}")


def too_many(until: datetime) -> str:
    minutes = math.ceil((until - settings.CLOCK.machine_now()).total_seconds() / 60)
    text = ngettext(
        "Too many attempts. Try again in a minute.", "Too many attempts. Try again in %(minutes)s minutes.", minutes
    )
    return text % {"minutes": minutes}


def enter_proved(request: HttpRequest, who: User, address: str) -> HttpResponse:
    """By a second factor that was just shown."""
    request.session.pop(_PENDING, None)
    return let_in(request, who, address, proved=True)
