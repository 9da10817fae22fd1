"""The first import of a channel: what was found, a proposal for each order, one button.

There may be hundreds of orders: a choice for all orders of a status, exceptions order by order, page by page. What was
chosen is kept in the session until the button is pressed.
"""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.channels.channel_facts import ChannelHead
from wharfinger.db.queries.channels.first_import import Decisions, Found, every_found, first_import
from wharfinger.db.queries.channels.setup_checks import first_imports_of
from wharfinger.domain.channels.first_import import FirstImport
from wharfinger.domain.installation.people import Right
from wharfinger.operations.channels.first_import import start_importing
from wharfinger.operations.refusals import Refused
from wharfinger.web.csv_files import csv_file
from wharfinger.web.request_context import message_of, numbers, person, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.setup_steps import is_setting_up
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame

_CHOICES = {choice.value: choice for choice in FirstImport}
KEPT = "first_import"


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, channel_id: int) -> HttpResponse:
    head = head_or_404(channel_id)
    if not head.dont_import_orders:
        messages.info(
            request, gettext("Don't import orders is off: orders of this channel are imported as they arrive.")
        )
        return redirect("channel-orders", channel_id=channel_id)
    cursor = request.GET.get("at", "")
    decisions = kept_decisions(request, channel_id)
    if request.method == "POST":
        decisions = _with_posted(request, decisions, first_import(channel_id, decisions, cursor=cursor))
        _keep(request, channel_id, decisions)
        go = request.POST.get("go", "start")
        if go == "start":
            return _start(request, head, decisions)
        return redirect(_address(channel_id, go.removeprefix("at:") if go.startswith("at:") else cursor))
    found = first_import(channel_id, decisions, cursor=cursor)
    context = {**tab_frame(request, head, "orders"), "found": found, "cursor": cursor}
    return render(request, "wharfinger/channels/first_import.html", context)


def _start(request: HttpRequest, head: ChannelHead, decisions: Decisions) -> HttpResponse:
    try:
        done = start_importing(head.id, decisions, user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("channel-orders", channel_id=head.id)
    forget_decisions(request, head.id)
    messages.success(request, _started(done))
    if not is_setting_up(request, head.id):
        return redirect("channel-orders", channel_id=head.id)
    if any(row.paused for row in first_imports_of(head.account_id)):
        return redirect("channel-set-up-first-import", channel_id=head.id)
    return redirect("channel-set-up-done", channel_id=head.id)


def _started(done: Mapping[FirstImport, int]) -> str:
    """With what became of the orders that were found, where there were any."""
    counts = "; ".join(f"{choice.label}: {number}" for choice, number in done.items() if number)
    if not counts:
        return gettext("The import has started. New orders are imported as they arrive.")
    return gettext("The import has started (%(counts)s). New orders are imported as they arrive.") % {"counts": counts}


def _address(channel_id: int, cursor: str) -> str:
    page = reverse("channel-first-import", args=[channel_id])
    return f"{page}?{urlencode({'at': cursor})}" if cursor else page


def kept_decisions(request: HttpRequest, channel_id: int) -> Decisions:
    kept = request.session.get(KEPT, {}).get(str(channel_id), {})
    groups, orders = kept.get("groups", {}), kept.get("orders", {})
    return Decisions(
        groups={key: choice for key, code in groups.items() if (choice := FirstImport.named(code))},
        orders={int(key): choice for key, code in orders.items() if (choice := FirstImport.named(code))},
    )


def _keep(request: HttpRequest, channel_id: int, decisions: Decisions) -> None:
    kept = dict(request.session.get(KEPT, {}))
    kept[str(channel_id)] = {
        "groups": {key: choice.value for key, choice in decisions.groups.items()},
        "orders": {str(key): choice.value for key, choice in decisions.orders.items()},
    }
    request.session[KEPT] = kept


def forget_decisions(request: HttpRequest, channel_id: int) -> None:
    _keep(request, channel_id, Decisions())


def _with_posted(request: HttpRequest, before: Decisions, shown: Found) -> Decisions:
    """`all-STATUS:KIND` is for a group, `choice-ID` for one order. What was left as it was shown is no decision."""
    groups, orders = dict(before.groups), dict(before.orders)
    for group in shown.groups:
        chosen = _CHOICES.get(request.POST.get(f"all-{group.key}", ""))
        if chosen in group.choices:
            groups[group.key] = chosen
    as_shown = {row.id: row.choice for row in shown.rows}
    for name, word in request.POST.items():
        ids = numbers([name.removeprefix("choice-")])
        if not (name.startswith("choice-") and ids and isinstance(word, str) and word in _CHOICES):
            continue
        if as_shown.get(ids[0]) is not _CHOICES[word]:
            orders[ids[0]] = _CHOICES[word]
    return Decisions(groups, orders)


@needs(Right.EDIT_CHANNELS)
@require_safe
def export(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    head_or_404(channel_id)
    rows = (
        (row.order_ref, row.placed_at, row.summary, row.total, row.currency, row.amazon_status, row.choice,
         row.proposal.why)
        for row in every_found(channel_id, kept_decisions(request, channel_id))
    )  # fmt: skip
    headings = ["order ref", "placed", "summary", "total", "currency", "at Amazon", "what to do", "why proposed"]
    return csv_file(f"first-import-{channel_id}", headings, rows)


routes = [
    path("channels/<int:channel_id>/first-import/", decide, name="channel-first-import"),
    path("channels/<int:channel_id>/first-import/export.csv", export, name="channel-first-import-export"),
]
