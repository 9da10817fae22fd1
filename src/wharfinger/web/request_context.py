"""Who asks, what for, and when: what a page takes from its request."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from wharfinger.db.models import User
from wharfinger.db.queries.orders.sales_orders import Day
from wharfinger.domain.installation.people import Right
from wharfinger.domain.sentences import Sentence
from wharfinger.operations.refusals import Refused


def trade_now() -> datetime:
    now: datetime = settings.CLOCK.now()
    return now


def person(request: HttpRequest) -> User:
    """The one who is signed in; every view of the installation but the entrance has one."""
    if not isinstance(request.user, User):
        raise Http404("Nobody is signed in.")
    return request.user


def allowed(request: HttpRequest, right: Right) -> bool:
    return person(request).may(right)


def midnight(day: date) -> datetime:
    """The beginning of a day in the reader's time zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def day_after(day: date) -> datetime:
    """The end of a day in the reader's time zone; of the calendar's last day, its own beginning."""
    return midnight(day + timedelta(days=1) if day < date.max else day)


def today() -> Day:
    """Trade time now, by which lists tell what is late, due today or later."""
    return Day(now=trade_now())


def readers_date() -> date:
    """The date on the reader's calendar."""
    return timezone.localtime(trade_now()).date()


def next_page(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, when `next` names a page of ours."""
    address = request.GET.get("next", "")
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if ours else otherwise


def numbers(texts: list[str]) -> list[int]:
    """The whole numbers among them; what is none was not ticked on a page of ours."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def message_of(refused: Refused) -> str:
    """In the reader's language."""
    if not refused.sentence:
        return ""
    said = gettext(refused.sentence)
    values = {name: _in_readers_language(each) for name, each in refused.values.items()}
    return said % values if values else said


def _in_readers_language(value: object) -> object:
    if isinstance(value, Refused):
        return message_of(value)
    return gettext(value) if isinstance(value, Sentence) else value


def show_refusal(form: forms.BaseForm, refused: Refused, names: Mapping[str, str] | None = None) -> None:
    """Put an operation's no beside the field that it names, or above the form.

    `names`: the form's names of fields that the operation calls otherwise.
    """
    field = (names or {}).get(refused.field, refused.field)
    form.add_error(field if field in form.fields else None, message_of(refused))
