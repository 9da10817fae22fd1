"""Of who is signed in: the session ends a week after the sign-in, and no browser keeps a page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

from wharfinger.db.models import User
from wharfinger.db.queries.installation.sessions import SIGNED_IN
from wharfinger.domain.installation.access_log import Access
from wharfinger.web.access_log import note_sign_in

Answer = Callable[[HttpRequest], HttpResponseBase]
AT_MOST = timedelta(days=7)
"""However busy: a session that nobody uses ends sooner. Machine time."""


def sessions_bounded(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User) and _is_over(request):
            note_sign_in(request, Access.SIGNED_OUT, request.user.pk)
            logout(request)
        response = get_response(request)
        if isinstance(request.user, User) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"  # pages hold buyers' data
        return response

    return answer


def _is_over(request: HttpRequest) -> bool:
    since = request.session.get(SIGNED_IN, {}).get("at", "")
    return bool(since) and settings.CLOCK.machine_now() - datetime.fromisoformat(since) > AT_MOST
