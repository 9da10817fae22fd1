"""Browsers in which a person signed in before: a signed cookie, so that a stranger's guesses do not stop them.

The cookie holds an id of the browser and, for each of its people, a part of the hash that sessions are bound
to: a new password makes every browser a strange one again.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare

from wharfinger.db.models import User
from wharfinger.db.queries.installation.people import person_named

COOKIE = f"{settings.COOKIE_PREFIX}wharfinger_browser"
_SALT = "wharfinger.known-browser"
_AGE = 180 * 24 * 60 * 60
_PEOPLE_AT_MOST = 10


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        cookie = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        cookie = None
    sound = isinstance(cookie, dict) and isinstance(cookie.get("id"), str) and isinstance(cookie.get("people"), dict)
    return cookie if sound else {"id": secrets.token_urlsafe(16), "people": {}}


def _proof(person: User) -> str:
    return person.get_session_auth_hash()[:24]


def known_browser(request: HttpRequest, username: str) -> str:
    """The browser's id if the person of this name signed in here before, else an empty text."""
    cookie = _read(request)
    person = person_named(username) if cookie["people"] else None
    if person is None:
        return ""
    proof = str(cookie["people"].get(str(person.pk), ""))
    return str(cookie["id"]) if constant_time_compare(proof, _proof(person)) else ""


def remember_browser(request: HttpRequest, response: HttpResponseBase, person: User) -> None:
    """After a good sign-in, or a new password: this browser is this person's from now on."""
    cookie = _read(request)
    others = {key: proof for key, proof in cookie["people"].items() if key != str(person.pk)}
    latest = dict(list(others.items())[-(_PEOPLE_AT_MOST - 1) :])
    value = signing.dumps({"id": cookie["id"], "people": {**latest, str(person.pk): _proof(person)}}, salt=_SALT)
    response.set_cookie(COOKIE, value, max_age=_AGE, httponly=True, samesite="Lax", secure=settings.WHARFINGER.is_https)
