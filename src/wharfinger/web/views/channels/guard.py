"""A channel's write guard: what is held, a person's decision, and the limits."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.channels.channel_facts import ChannelHead
from wharfinger.db.queries.stock.guard import (
    every_held_row,
    guard_state,
    held_rows,
    held_totals,
    in_safe_mode,
    safe_mode_of,
)
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.access import safe_mode
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import guard
from wharfinger.web.csv_files import csv_file
from wharfinger.web.forms.stock.rules import GuardForm, SafeModeForm, initial_of_limits, initial_of_safe_mode
from wharfinger.web.request_context import person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame


def _head_or_404(channel_id: int) -> ChannelHead:
    """Amazon holds the stock of an FBA channel: nothing is sent that a guard could hold."""
    head = head_or_404(channel_id)
    if Fulfilment(head.kind) is not Fulfilment.FBM:
        raise Http404
    return head


def guard_context(channel_id: int) -> dict[str, Any]:
    """What pages say of the guard beside everything else."""
    state = guard_state(channel_id)
    totals = held_totals(channel_id, state.limits.factor) if state.held_at else None
    return {"guard": state, "totals": totals if totals and totals.listings else None, "in_safe_mode": in_safe_mode()}


@signed_in
@require_safe
def show_guard(request: HttpRequest, channel_id: int) -> HttpResponse:
    head = _head_or_404(channel_id)
    context = {**tab_frame(request, head, "stock"), **guard_context(channel_id)}
    context["safe"] = safe_mode_of(head.account_id, head.account)
    context["rows"] = held_rows(channel_id) if context["totals"] else ()
    return render(request, "wharfinger/stock_guard/page.html", context)


@signed_in
@require_safe
def export_held(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    _head_or_404(channel_id)
    rows = (
        (row.sku, row.title, row.item_code, row.was, row.wanted, row.cause, row.since)
        for row in every_held_row(channel_id)
    )
    headings = ["Amazon SKU", "title", "stock code", "now at Amazon", "would be", "because", "since"]
    return csv_file(f"held-quantities-{channel_id}", headings, rows)


@needs(Right.EDIT_CHANNELS)
@require_POST
def send(request: HttpRequest, channel_id: int) -> HttpResponse:
    _head_or_404(channel_id)
    sent = guard.send_held(channel_id, now=trade_now(), user=person(request))
    if sent:
        said = ngettext(
            "The quantity of %(listings)s listing is being sent to Amazon.",
            "The quantities of %(listings)s listings are being sent to Amazon.",
            sent,
        )
        messages.success(request, said % {"listings": sent})
    else:
        messages.info(request, gettext("Nothing is held any more."))
    return redirect("channel-stock", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_POST
def keep(request: HttpRequest, channel_id: int) -> HttpResponse:
    _head_or_404(channel_id)
    if guard.keep_held(channel_id, now=trade_now(), user=person(request)):
        messages.success(request, gettext("Amazon keeps what it has until the figures change, or until you send them."))
    else:
        messages.info(request, gettext("Nothing waits for a decision any more."))
    return redirect("channel-guard", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_limits(request: HttpRequest, channel_id: int) -> HttpResponse:
    head = _head_or_404(channel_id)
    initial = initial_of_limits(guard_state(channel_id).limits)
    form = GuardForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            sent = guard.set_limits(channel_id, form.limits(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _saved(sent))
            return redirect("channel-guard", channel_id=channel_id)
    context = {**tab_frame(request, head, "stock"), "form": form}
    return render(request, "wharfinger/stock_guard/limits.html", context, status=422 if form.errors else 200)


def _saved(sent: int) -> str:
    if not sent:
        return gettext("Saved.")
    said = ngettext(
        "Saved. %(listings)s quantity that was held is being sent to Amazon.",
        "Saved. %(listings)s quantities that were held are being sent to Amazon.",
        sent,
    )
    return said % {"listings": sent}


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_safe_mode(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Of the channel's seller account: Amazon holds one number for a SKU in all of its channels."""
    head = _head_or_404(channel_id)
    state = safe_mode_of(head.account_id, head.account)
    form = SafeModeForm(request.POST if request.method == "POST" else None, initial=initial_of_safe_mode(state.setting))
    if request.method == "POST" and form.is_valid():
        try:
            safe_mode.set_safe_mode(head.account_id, form.setting(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("channel-guard", channel_id=channel_id)
    context = {**tab_frame(request, head, "stock"), "form": form}
    return render(request, "wharfinger/stock_guard/safe_mode_form.html", context, status=422 if form.errors else 200)


routes = [
    path("channels/<int:channel_id>/stock/guard/", show_guard, name="channel-guard"),
    path("channels/<int:channel_id>/stock/guard/export.csv", export_held, name="channel-guard-export"),
    path("channels/<int:channel_id>/stock/guard/send/", send, name="channel-guard-send"),
    path("channels/<int:channel_id>/stock/guard/keep/", keep, name="channel-guard-keep"),
    path("channels/<int:channel_id>/stock/guard/limits/", edit_limits, name="channel-guard-limits"),
    path("channels/<int:channel_id>/stock/guard/safe-mode/", edit_safe_mode, name="channel-safe-mode"),
]
