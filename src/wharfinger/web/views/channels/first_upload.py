"""The plan of a channel's first stock upload: worked out, looked at, started or put off, and compared afterwards."""

from math import ceil
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.channels.channel_facts import ChannelHead
from wharfinger.db.queries.channels.first_upload import (
    UploadPlanFacts,
    every_planned_sku,
    largest_changes,
    newest_plan,
    planned_skus,
    waiting_channels,
)
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.first_upload import PlannedChange, UploadPlanState
from wharfinger.operations.channels import first_upload
from wharfinger.operations.refusals import Refused
from wharfinger.web.csv_files import csv_file
from wharfinger.web.forms.choices import labelled
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, message_of, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame


class PlanFilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Amazon SKU"), required=False, max_length=100)
    change = forms.ChoiceField(
        label=gettext_lazy("Change"), required=False, choices=labelled(PlannedChange, gettext_lazy("All"))
    )


def _head_or_404(channel_id: int) -> ChannelHead:
    head = head_or_404(channel_id)
    if Fulfilment(head.kind) is not Fulfilment.FBM:
        raise Http404
    return head


@signed_in
@require_safe
def show_plan(request: HttpRequest, channel_id: int) -> HttpResponse:
    head = _head_or_404(channel_id)
    plan = newest_plan(channel_id)
    live = None if plan is None else _live(request, plan)
    if live is not None and asks_for(request, "plan"):
        answer = answer_live(request, live)
        if live["settled"]:  # worked out: its tables and buttons are the page's
            answer["HX-Refresh"] = "true"
        return answer
    form = PlanFilterForm(request.GET)
    form.is_valid()
    wanted = {"change": form.cleaned_data.get("change", ""), "search": form.cleaned_data.get("q", "")}
    worked_out = plan is not None and plan.state is not UploadPlanState.WANTED
    context: dict[str, Any] = {
        **tab_frame(request, head, "stock"),
        "plan": plan,
        "live": live,
        "form": form,
        "filtered": any(wanted.values()),
        "waits": channel_id in waiting_channels(head.account_id),
        "may_start": allowed(request, Right.EDIT_CHANNELS),
        "page": planned_skus(plan.id, cursor=request.GET.get("at", ""), **wanted) if plan and worked_out else None,
        "largest": largest_changes(plan.id) if plan and worked_out else (),
        "worked_out": worked_out,
    }
    return render(request, "wharfinger/first_upload/page.html", context)


def _live(request: HttpRequest, plan: UploadPlanFacts) -> dict[str, Any]:
    settled = plan.state in (UploadPlanState.READY, UploadPlanState.NOT_YET)
    context = {"plan": plan, **_minutes(plan)}
    return live_part(request, "plan", "wharfinger/first_upload/progress.html", context, every="4s", settled=settled)


def _minutes(plan: UploadPlanFacts) -> dict[str, int | None]:
    """How long the sending takes, in whole minutes; None = nothing can be sent now."""
    found = (plan.totals.seconds_by_calls, plan.totals.seconds)
    minutes = [None if seconds is None else max(1, ceil(seconds / 60)) for seconds in found]
    return {"minutes_by_calls": minutes[0], "minutes": minutes[1]}


@signed_in
@require_safe
def export_plan(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    _head_or_404(channel_id)
    plan = _plan_or_404(channel_id)
    form = PlanFilterForm(request.GET)
    form.is_valid()
    rows = every_planned_sku(plan.id, change=form.cleaned_data.get("change", ""), search=form.cleaned_data.get("q", ""))
    headings = ["Amazon SKU", "title", "stock code", "change", "at Amazon then", "planned", "sent last", "why not"]
    lines = (
        (row.sku, row.title, row.item_code, row.change.msgid, row.now, row.would_be, row.sent, row.why_not)
        for row in rows
    )
    return csv_file(f"first-upload-{channel_id}", headings, lines)


def _plan_or_404(channel_id: int) -> UploadPlanFacts:
    plan = newest_plan(channel_id)
    if plan is None:
        raise Http404
    return plan


@needs(Right.EDIT_CHANNELS)
@require_POST
def ask(request: HttpRequest, channel_id: int) -> HttpResponse:
    _head_or_404(channel_id)
    try:
        first_upload.request_plan(channel_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    return redirect("channel-first-upload", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_POST
def start(request: HttpRequest, channel_id: int) -> HttpResponse:
    _head_or_404(channel_id)
    try:
        started = first_upload.start(_plan_or_404(channel_id).id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("channel-first-upload", channel_id=channel_id)
    said = ngettext(
        "Started. The quantities are being sent; see the progress below.",
        "Started for %(channels)s channels. The quantities are being sent; see the progress below.",
        started,
    )
    messages.success(request, said % {"channels": started})
    return redirect("channel-stock", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_POST
def put_off(request: HttpRequest, channel_id: int) -> HttpResponse:
    _head_or_404(channel_id)
    try:
        first_upload.put_off(_plan_or_404(channel_id).id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("Not yet: nothing is sent. The plan stays here."))
    return redirect("channel-first-upload", channel_id=channel_id)


routes = [
    path("channels/<int:channel_id>/stock/first-upload/", show_plan, name="channel-first-upload"),
    path("channels/<int:channel_id>/stock/first-upload/export.csv", export_plan, name="channel-first-upload-export"),
    path("channels/<int:channel_id>/stock/first-upload/ask/", ask, name="channel-first-upload-ask"),
    path("channels/<int:channel_id>/stock/first-upload/start/", start, name="channel-first-upload-start"),
    path("channels/<int:channel_id>/stock/first-upload/not-yet/", put_off, name="channel-first-upload-not-yet"),
]
