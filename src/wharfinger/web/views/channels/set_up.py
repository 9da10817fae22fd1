"""New Channel after Save Channel: authorise, more channels of the seller, the first import, done."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.access.applications import application_of_account
from wharfinger.db.queries.channels.channel_facts import ChannelPage
from wharfinger.db.queries.channels.channel_offers import channel_offers
from wharfinger.db.queries.channels.setup_checks import FirstImportRow, first_imports_of
from wharfinger.db.queries.installation.people import who_may
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.people import Right
from wharfinger.operations import triggers
from wharfinger.operations.channels.first_import import start_first_imports
from wharfinger.operations.refusals import Refused
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import message_of, numbers, person, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.setup_steps import begin_set_up, end_set_up, place, steps_after
from wharfinger.web.token_first import token_first
from wharfinger.web.views.channels.channel_pages import channel_frame, channel_or_404, settled
from wharfinger.web.views.channels.first_import import forget_decisions, kept_decisions


def _frame(request: HttpRequest, channel: ChannelPage, step: str) -> dict[str, Any]:
    steps = steps_after(step, channel)
    return {**channel_frame(request, channel, "setup"), "steps": steps, "place": place(steps), "step": step}


@needs(Right.EDIT_CHANNELS)
@require_safe
def go_on(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The first step that is not done."""
    channel = channel_or_404(channel_id)
    begin_set_up(request, channel_id)
    linked = channel.link == LinkState.LINKED
    step = "authorise" if not linked else "first-import" if channel.dont_import_orders else "done"
    return redirect(f"channel-set-up-{step}", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_safe
def authorise(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Activate (demo systems), Authorise, and the verification's lines as they fill in."""
    channel = channel_or_404(channel_id)
    context = _frame(request, channel, "authorise")
    state = live_part(request, "state", "wharfinger/channels/state.html", context, every="1s", settled=settled(channel))
    if asks_for(request, "state"):
        return answer_live(request, state)
    context |= {
        "live": state,
        "linked": channel.link == LinkState.LINKED,
        "token_first": token_first(application_of_account(channel.account_id)),
        "here": reverse("channel-set-up-authorise", args=[channel_id]),
        "administrators": who_may(Right.ADMINISTER),
    }
    return render(request, "wharfinger/channels/setup/authorise.html", context)


@needs(Right.EDIT_CHANNELS)
@require_safe
def more(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Passed over where there is nothing to offer."""
    channel_or_404(channel_id)
    begin_set_up(request, channel_id)
    offers = channel_offers(channel_id)
    if offers is not None and offers.read_at is not None and not offers.possible:
        return redirect("channel-set-up-first-import", channel_id=channel_id)
    return redirect("channel-more", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def first_import(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Every channel of the seller account whose import is paused; several are started in one go."""
    channel = channel_or_404(channel_id)
    rows = first_imports_of(channel.account_id)
    if request.method == "POST":
        return _start_imports(request, channel, rows)
    for row in rows:
        if row.paused:  # so that each one's page leads back here
            begin_set_up(request, row.id)
    context = _frame(request, channel, "first-import")
    context |= {
        "rows": rows,
        "paused": sum(row.paused for row in rows),
        "here": reverse("channel-set-up-first-import", args=[channel_id]),
    }
    part = live_part(request, "found", "wharfinger/channels/setup/found.html", context)
    if asks_for(request, "found"):
        return answer_live(request, part)
    return render(request, "wharfinger/channels/setup/first_import.html", {**context, "live": part})


def _start_imports(request: HttpRequest, channel: ChannelPage, rows: tuple[FirstImportRow, ...]) -> HttpResponse:
    """Those that are ticked, as proposed or as was chosen on their own pages; FBA levels are loaded along with them."""
    ticked = set(numbers(request.POST.getlist("channels"))) & {row.id for row in rows}
    decisions = {each: kept_decisions(request, each) for each in ticked}
    try:
        done = start_first_imports(ticked, decisions=decisions, user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("channel-set-up-first-import", channel_id=channel.id)
    for each in done:
        forget_decisions(request, each)
    if any(row.site_id for row in rows if row.id in done):
        triggers.run_flow(channel.account_id, "fba_stock_in", soon=True)
    started = ngettext(
        "The import has started. New orders are imported as they arrive.",
        "%(imports)s imports have started. New orders are imported as they arrive.",
        len(done),
    )
    messages.success(request, started % {"imports": len(done)})
    if any(row.paused for row in first_imports_of(channel.account_id)):
        return redirect("channel-set-up-first-import", channel_id=channel.id)
    return redirect("channel-set-up-done", channel_id=channel.id)


@needs(Right.EDIT_CHANNELS)
@require_safe
def done(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    end_set_up(request, channel_id)
    return render(request, "wharfinger/channels/setup/done.html", _frame(request, channel, "done"))


routes = [
    path("channels/<int:channel_id>/set-up/", go_on, name="channel-set-up"),
    path("channels/<int:channel_id>/set-up/authorise/", authorise, name="channel-set-up-authorise"),
    path("channels/<int:channel_id>/set-up/more/", more, name="channel-set-up-more"),
    path("channels/<int:channel_id>/set-up/first-import/", first_import, name="channel-set-up-first-import"),
    path("channels/<int:channel_id>/set-up/done/", done, name="channel-set-up-done"),
]
