"""Who is signed in to a live system has shown a second factor too; until then only the pages that lead there open.

A demo system wants none; whoever has set one up there needs it at the sign-in all the same.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from wharfinger.db.models import User
from wharfinger.db.queries.installation.second_factor import has_second_factor
from wharfinger.web.rights import View

Answer = Callable[[HttpRequest], HttpResponseBase]
PROVED = "second_factor_proved"
"""In the session: who is signed in here showed a second factor."""
PASSWORD_AT = "password_at"
"""In the session: when who is signed in here last typed the password. Machine time."""
PASSWORD_HOLDS = timedelta(minutes=15)
_ALWAYS_OPEN = (
    "sign-in", "sign-in-code", "sign-in-passkey", "sign-out", "second-factor-set-up", "recovery-codes",
    "password-link", "set-up",
)  # fmt: skip


def second_factor_required(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        if settings.WHARFINGER.system == "demo" or not isinstance(request.user, User) or request.session.get(PROVED):
            return get_response(request)
        if request.path.startswith(settings.STATIC_URL) or request.path in {reverse(name) for name in _ALWAYS_OPEN}:
            return get_response(request)
        way = "sign-in-code" if has_second_factor(request.user.pk) else "second-factor-set-up"
        address = f"{reverse(way)}?{urlencode({'next': _page(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address)

    return answer


def _page(request: HttpRequest) -> str:
    return request.get_full_path() if request.method in ("GET", "HEAD") else "/"


def note_password(request: HttpRequest) -> None:
    request.session[PASSWORD_AT] = settings.CLOCK.machine_now().isoformat()


def keep_session(request: HttpRequest, who: User) -> None:
    """After the password was checked, which may have hashed it anew: a session is bound to the hash, this one stays."""
    if request.session.get(HASH_SESSION_KEY) != who.get_session_auth_hash():
        update_session_auth_hash(request, who)


def password_is_fresh(request: HttpRequest) -> bool:
    typed: str = request.session.get(PASSWORD_AT, "")
    now: datetime = settings.CLOCK.machine_now()
    return bool(typed) and timedelta(0) <= now - datetime.fromisoformat(typed) < PASSWORD_HOLDS


def needs_password(view: View) -> View:
    """What is dangerous: the password was typed within a quarter of an hour. Below `needs`. Not in a demo system.

    A form that was sent is not kept: the page that has it is shown again, and the button is pressed once more.
    """

    @wraps(view)
    def open_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.WHARFINGER.system == "demo" or password_is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            return redirect(f"{reverse('confirm-password')}?{urlencode({'next': request.get_full_path()})}")
        messages.info(request, gettext("Nothing was changed yet: type your password, then press the button once more."))
        return redirect(f"{reverse('confirm-password')}?{urlencode({'next': _came_from(request)})}")

    return open_page


def needs_password_to_save(view: View) -> View:
    """The same for a page that renews a part of itself: such a renewal shows no form, and goes through."""
    guarded = needs_password(view)

    @wraps(view)
    def open_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        renews = request.method == "GET" and "HX-Request" in request.headers
        return view(request, *args, **kwargs) if renews else guarded(request, *args, **kwargs)

    return open_page


def _came_from(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
