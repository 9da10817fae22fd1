"""The reader's language and time zone, and the decimal sign of their files, while the page is made."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from wharfinger.db.models import User
from wharfinger.web.csv_files import written_with

Answer = Callable[[HttpRequest], HttpResponseBase]


def readers_zone(get_response: Answer) -> Answer:
    """Sentences are in the language of who is signed in, times and days where they live, until the page ends."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return get_response(request)
        reader = request.user
        with (
            translation.override(reader.language),
            timezone.override(reader.time_zone),
            written_with(reader.decimal_sign),
        ):
            return get_response(request)

    return answer
