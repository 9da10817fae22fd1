"""Who reads personal data, and who signs in: noted by the views, written once when the page is made.

A view that shows a buyer's data says so by `note_reading`. The entry is written before the page leaves, and never a
reason to refuse it: where the database cannot take it, the log says so.
"""

import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponseBase

from wharfinger.db.models import User
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.installation.sign_in import browser_of
from wharfinger.operations.installation import access_log, sign_in
from wharfinger.operations.installation.access_log import Reading
from wharfinger.operations.installation.sign_in import Attempt
from wharfinger.web.list_views.state import ListState
from wharfinger.web.request_context import trade_now

Answer = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger(__name__)
_notes: WeakKeyDictionary[HttpRequest, list[Reading]] = WeakKeyDictionary()


def accesses_recorded(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        noted = _notes.pop(request, None)
        if noted:
            _write(request, noted)
        return response

    return answer


def _write(request: HttpRequest, noted: list[Reading]) -> None:
    browser = browser_of(request.headers.get("User-Agent", ""))
    try:
        access_log.record(noted, address=request.META.get("REMOTE_ADDR", ""), browser=browser, now=trade_now())
    except Error as error:
        logger.error("The access log could not be written: %s", type(error).__name__)


def note_reading(
    request: HttpRequest,
    what: Access,
    subject: Subject | None = None,
    subject_id: int | None = None,
    *,
    details: str = "",
    rows: int | None = None,
    once_an_hour: bool = False,
) -> None:
    """The reader sees personal data on this page; of who may not see any, nothing is noted."""
    user = request.user
    if isinstance(user, User) and user.may(Right.SEE_PERSONAL_DATA):
        reading = Reading(what, user.pk, subject, subject_id, details, rows, once_an_hour)
        _notes.setdefault(request, []).append(reading)


def note_list(request: HttpRequest, shown: ListState[Any], *, rows: int, renewal: bool = False) -> None:
    """A list that shows buyers in one of its columns, or was searched, which tells of them too.

    `renewal`: the page renews itself; that is the same reading for an hour.
    """
    searched = "q" in shown.filters
    if searched or _shows_people(shown):
        what = Access.SEARCH if searched else Access.LIST
        note_reading(request, what, details=shown.code, rows=rows, once_an_hour=renewal)


def note_download(request: HttpRequest, shown: ListState[Any], kind: str) -> None:
    if _shows_people(shown):
        note_reading(request, Access.EXPORT, details=f"{shown.code}.{kind}")


def _shows_people(shown: ListState[Any]) -> bool:
    return any(column.personal for column in shown.columns)


def note_sign_in(request: HttpRequest, what: Access, user_id: int | None) -> None:
    """`user_id` None: the name that was typed is nobody's; it is kept nowhere."""
    _notes.setdefault(request, []).append(Reading(what, user_id))


def note_failure(request: HttpRequest, what: Access, attempt: Attempt, user_id: int | None) -> None:
    """An attempt that failed, and the lock-out where it began one."""
    note_sign_in(request, what, user_id)
    if sign_in.paused_until(attempt, now=settings.CLOCK.machine_now()) is not None:
        note_sign_in(request, Access.LOCKED_OUT, user_id)
