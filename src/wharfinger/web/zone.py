"""The reader's time zone, and the decimal sign of their files, while the page is made."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from wharfinger.db.models import User
from wharfinger.web.csv_files import written_with

Answer = Callable[[HttpRequest], HttpResponseBase]


def readers_zone(get_response: Answer) -> Answer:
    """Times are shown, and days begin, where the one who is signed in lives; it ends with the page."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return get_response(request)
        sign = request.user.decimal_sign
        with timezone.override(request.user.time_zone), written_with(sign):
            return get_response(request)

    return answer
