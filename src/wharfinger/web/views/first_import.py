"""The first import of a channel: what was found, a proposal for each order, one button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.first_import import first_import
from wharfinger.domain.first_import import FirstImport
from wharfinger.domain.people import Right
from wharfinger.operations.first_import import start_importing
from wharfinger.operations.refusals import Refused
from wharfinger.web.asked import numbers, person, trade_now
from wharfinger.web.channel_tabs import channel_tabs
from wharfinger.web.rights import needs
from wharfinger.web.views.channels import channel_or_404

_CHOICES = {choice.value: choice for choice in FirstImport}


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    if request.method == "POST":
        try:
            done = start_importing(channel_id, _decisions(request), user=person(request), now=trade_now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            told = ", ".join(f"{number} {choice.value.lower()}" for choice, number in done.items())
            messages.success(request, f"The import begins: {told}. New orders are imported as they come.")
        return redirect("channel-orders", channel_id=channel_id)
    if not channel.dont_import_orders:
        messages.info(request, "Don't import orders is off: orders of this channel are imported as they come.")
        return redirect("channel-orders", channel_id=channel_id)
    context = {"channel": channel, "found": first_import(channel_id), "tabs": channel_tabs(channel_id, "orders")}
    return render(request, "wharfinger/channels/first_import.html", context)


def _decisions(request: HttpRequest) -> dict[int, FirstImport]:
    """`choice-ID`: what was chosen for that row; anything else takes the proposal."""
    told = {}
    for name, word in request.POST.items():
        ids = numbers([name.removeprefix("choice-")])
        if name.startswith("choice-") and ids and isinstance(word, str) and word in _CHOICES:
            told[ids[0]] = _CHOICES[word]
    return told


routes = [path("channels/<int:channel_id>/first-import/", decide, name="channel-first-import")]
