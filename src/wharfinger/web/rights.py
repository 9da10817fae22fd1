"""Who may open a page: signed in, and with the right that it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext

from wharfinger.db.models import User
from wharfinger.db.queries.installation.people import who_may
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.raw_messages import Reader

View = Callable[..., HttpResponseBase]
_needed: dict[View, Right] = {}


def signed_in(view: View) -> View:
    """Only for people who are signed in; others are led to the sign-in page and back."""

    @wraps(view)
    def open_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return open_page


def _refusal(right: Right) -> str:
    whom = gettext("You may not %(do_this)s. %(whom_to_ask)s, or to give you that right.")
    return whom % {"do_this": gettext(right.value), "whom_to_ask": whom_to_ask(right)}


def needs(right: Right) -> Callable[[View], View]:
    """Only for people who have this right, by their role or beside it."""

    def guard(view: View) -> View:
        @signed_in
        @wraps(view)
        def open_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (isinstance(request.user, User) and request.user.may(right)):
                raise PermissionDenied(_refusal(right))
            return view(request, *args, **kwargs)

        _needed[open_page] = right
        return open_page

    return guard


def needed_right(view: View) -> Right | None:
    """What a view of ours demands; None where it is enough to be signed in, or not even that."""
    return _needed.get(view)


def may_open(user: User, address: str) -> bool:
    """Whether a page of ours lets this person in: for a link or a button that is shown only to those whom it serves."""
    try:
        right = needed_right(resolve(urlsplit(address).path).func)
    except Resolver404:
        return False
    return right is None or user.may(right)


def reader_of(request: HttpRequest) -> Reader:
    """What of a raw message who asks may see."""
    user = request.user
    if not isinstance(user, User):
        return Reader(people=False, contact=False)
    return Reader(people=user.may(Right.SEE_PERSONAL_DATA), contact=user.may(Right.SEE_BUYER_CONTACT))


def whom_to_ask(right: Right) -> str:
    """Those who may do what the reader may not, as a sentence."""
    people = gettext(" or ").join(who_may(right))
    return (
        gettext("Ask %(people)s to do it") % {"people": people} if people else gettext("Ask an administrator to do it")
    )
