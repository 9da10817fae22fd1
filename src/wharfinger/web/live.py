"""Parts of a page that keep themselves up to date: requested again, sent only when they changed."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

STOP_POLLING = 286
"""htmx swaps the answer in and asks no more."""


def live_part(
    request: HttpRequest, name: str, template: str, context: dict[str, Any], *, every: str = "2s", settled: bool = False
) -> dict[str, Any]:
    """What `wharfinger/live.html` needs: the rendered part with a stamp of its text.

    The part must hold nothing that changes by itself (a CSRF token): it would be sent every time.
    """
    body = render_to_string(template, context, request=request)
    stamp = hashlib.blake2s(body.encode(), digest_size=8).hexdigest()
    kept = request.GET.copy()
    kept.pop("seen", None)
    return {
        "id": name,
        "url": f"{request.path}?{kept.urlencode()}",
        # Rendered by Django's templates a line above, hence already escaped.
        "body": mark_safe(body),
        "stamp": stamp,
        "every": every,
        "settled": settled,
    }


def asks_for(request: HttpRequest, name: str) -> bool:
    """Whether htmx asks for this part alone."""
    return request.headers.get("HX-Target") == name


def answer_live(request: HttpRequest, part: dict[str, Any]) -> HttpResponse:
    """The part alone; 204 when the reader has it already, 286 when it will not change any more."""
    if request.GET.get("seen") == part["stamp"] and not part["settled"]:
        return HttpResponse(status=204)
    text = render_to_string("wharfinger/live.html", {"live": part}, request=request)
    return HttpResponse(text, status=STOP_POLLING if part["settled"] else 200)
