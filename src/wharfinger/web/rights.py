"""Who may open a page: signed in, and with the right that it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from wharfinger.db.models import User
from wharfinger.db.queries.people import who_may
from wharfinger.domain.people import Right, may

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Only for people who are signed in; others are led to the sign-in page and back."""

    @wraps(view)
    def open_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return open_page


def _whom_to_ask(right: Right) -> str:
    people = " or ".join(who_may(right))
    ask = f"Ask {people} to do it" if people else "Ask an administrator to do it"
    return f"Your role may not {right.value}. {ask}, or to have your role changed."


def needs(right: Right) -> Callable[[View], View]:
    """Only for people whose role has this right."""

    def guard(view: View) -> View:
        @signed_in
        @wraps(view)
        def open_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (isinstance(request.user, User) and may(request.user.role, right)):
                raise PermissionDenied(_whom_to_ask(right))
            return view(request, *args, **kwargs)

        return open_page

    return guard
