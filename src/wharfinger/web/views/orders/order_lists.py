"""After an action on many rows of Sales Orders: back to the list, with the reasons of those that were refused."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import ngettext

from wharfinger.operations.refusals import Refused
from wharfinger.web.request_context import message_of

_REASONS_SHOWN = 10


def back_to_list(request: HttpRequest) -> HttpResponse:
    """To the list as it was filtered."""
    kept = {key: value for key, value in request.GET.items() if key != "seen"}
    return redirect(f"{reverse('sales-order-list')}?{urlencode(kept)}")


def reason_of(code: str, refused: Refused) -> str:
    """With the order's code in front, where the reason does not name it."""
    said = message_of(refused)
    return said if not code or code in said else f"{code}: {said}"


def tell_reasons(request: HttpRequest, reasons: list[str]) -> None:
    for reason in reasons[:_REASONS_SHOWN]:
        messages.error(request, reason)
    if len(reasons) > _REASONS_SHOWN:
        more = len(reasons) - _REASONS_SHOWN
        others = ngettext(
            "%(orders)s more order was refused for its own reason.",
            "%(orders)s more orders were refused for their own reasons.",
            more,
        )
        messages.error(request, others % {"orders": more})
