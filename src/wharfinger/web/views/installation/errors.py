"""Error pages: inside the frame for who is signed in, plain for others, a line of text for htmx.

Whatever goes wrong while the frame is drawn (the database may be what broke) ends in the plain page.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from wharfinger.db.models import User
from wharfinger.domain.sentences import N_

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class ErrorText:
    title: str
    text: str
    remedy: str


BAD_REQUEST = ErrorText(
    N_("The request could not be read"),
    N_("Something in the address or the form is not what this page expects. Nothing was changed."),
    N_("Go back, load the page again, and send it once more."),
)
TOO_MANY = ErrorText(
    N_("The form has too many fields"),
    N_("More fields were sent than any page here has. Nothing was changed."),
    N_("Go back, tick fewer rows, and send the form in parts."),
)
TOO_LARGE = ErrorText(
    N_("Too large"),
    N_("The text or file is larger than this page accepts. Nothing was changed."),
    N_("Send less at once: split the text or the file, and import the parts one after the other."),
)
FORBIDDEN = ErrorText(
    N_("Your role does not allow this"),
    N_("The page, or what its button does, needs another role than yours. Nothing was changed."),
    N_("Ask an administrator to do it, or to give you a role that may."),
)
FORM_TOO_OLD = ErrorText(
    N_("This form is too old to be sent"),
    N_("You signed in or out since it was opened, or cookies are blocked. Nothing was changed."),
    N_("Go back, load the page again, and send the form once more."),
)
NOT_FOUND = ErrorText(
    N_("Page not found"),
    N_("There is no page at this address. What it showed may have been deleted, or the address has a typing error."),
    N_("Search for it above by its number, or start at the dashboard."),
)
NOT_FOUND_OUTSIDE = replace(NOT_FOUND, remedy=N_("Check the address; sign in if you have not."))
NOT_ALLOWED = ErrorText(
    N_("This address cannot be opened directly"),
    N_("It belongs to a button of another page, and is not a page of its own. Nothing was changed."),
    N_("Go back to the page that has the button, and press it there."),
)
BROKEN = ErrorText(
    N_("Something went wrong on our side"),
    N_("Unfinished changes were undone; nothing is left half done."),
    N_("Try again in a minute. If it happens again, give your administrator the time: the reason is in the log."),
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    match exception:
        case RequestDataTooBig():
            return answer(request, 413, TOO_LARGE)
        case TooManyFieldsSent() | TooManyFilesSent():
            return answer(request, 400, TOO_MANY)
        case _:
            return answer(request, 400, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The reason that was given names who may; it stands in the place of the remedy."""
    reason = str(exception or "")
    return answer(request, 403, replace(FORBIDDEN, remedy=reason) if reason else FORBIDDEN)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF check refused a form."""
    log.warning("A form was refused at %s: %s", request.path, reason)
    return answer(request, 403, FORM_TOO_OLD)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404, NOT_FOUND if _is_signed_in(request) else NOT_FOUND_OUTSIDE)


def broken(request: HttpRequest) -> HttpResponse:
    return answer(request, 500, BROKEN)


def answer(request: HttpRequest, status: int, words: ErrorText) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(
            f"{gettext(words.title)}. {gettext(words.remedy)}", status=status, content_type="text/plain; charset=utf-8"
        )
    try:
        framed = _is_signed_in(request)
        return HttpResponse(_page(request if framed else None, status, words, _back(request)), status=status)
    except Exception:  # the frame asks the database, which may be what broke
        log.exception("The frame of an error page could not be drawn.")
        return HttpResponse(_page(None, status, words, ""), status=status)


def _page(request: HttpRequest | None, status: int, words: ErrorText, back: str) -> str:
    framed = request is not None
    frame = "wharfinger/base.html" if framed else "wharfinger/plain.html"
    context = {"frame": frame, "framed": framed, "status": status, "words": words, "back": back}
    return render_to_string("wharfinger/error.html", context, request=request)


def _is_signed_in(request: HttpRequest) -> bool:
    """False too where the error came before anybody was looked up."""
    return isinstance(getattr(request, "user", None), User)


def _back(request: HttpRequest) -> str:
    """The page of ours that led here, unless it is the one that failed."""
    before = request.headers.get("Referer", "")
    ours = bool(before) and url_has_allowed_host_and_scheme(before, {request.get_host()})
    return before if ours and before != request.build_absolute_uri() else ""


def empty_errors(get_response: Answer) -> Answer:
    """Django's bare answers (405 has no page of its own) become pages too."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 405 and not getattr(response, "content", b"x"):
            page = answer(request, 405, NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response

    return respond
