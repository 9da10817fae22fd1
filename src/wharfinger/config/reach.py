"""What the pages saw of a call: `wharfinger doctor` calls the public address and compares, to judge the proxy between.

The question is signed with the installation's own key and a minute old at most: nobody else learns anything by it.
"""

from dataclasses import dataclass

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

QUESTION_HEADER = "X-Wharfinger-Doctor"
ANSWER_HEADER = "X-Wharfinger-Arrival"
_WORD = "reach"
_SALT = "wharfinger.reach"
_LIVES_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Arrival:
    """`address`: who called, as far as the pages know; `scheme`: http or https; `host`: as the call named it."""

    address: str
    scheme: str
    host: str


def question() -> str:
    return TimestampSigner(salt=_SALT).sign(_WORD)


def arrival_headers(request: HttpRequest) -> dict[str, str]:
    """Headers for the answer; none for who is not ours."""
    try:
        TimestampSigner(salt=_SALT).unsign(request.headers.get(QUESTION_HEADER, ""), max_age=_LIVES_SECONDS)
    except BadSignature:
        return {}
    arrival = (request.META.get("REMOTE_ADDR", ""), request.scheme or "", request.META.get("HTTP_HOST", ""))
    return {ANSWER_HEADER: " ".join(part.replace(" ", "") or "-" for part in arrival)}


def read_arrival(header: str) -> Arrival | None:
    parts = header.split(" ")
    return Arrival(*parts) if len(parts) == 3 else None
