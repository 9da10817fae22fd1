"""Channels: the list, and the channel screen with its tabs, read only until Edit."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.channels import channel_history
from wharfinger.db.queries.channels.channel_facts import ChannelHead, ChannelPage, channel_head, channel_page
from wharfinger.db.queries.channels.channel_list import ChannelFilter, find_channels
from wharfinger.db.queries.channels.channel_options import options_list
from wharfinger.db.queries.installation.alerts import alerts_of_channel
from wharfinger.db.queries.orders.order_days import orders_of_today
from wharfinger.domain.channels.channel import ActivatedFor, LinkState
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.web.channel_tabs import channel_tabs
from wharfinger.web.csv_files import csv_file
from wharfinger.web.forms.channel_filters import (
    ActivityFilterForm,
    ChannelListForm,
    FeedbackFilterForm,
    NotificationFilterForm,
)
from wharfinger.web.forms.channel_options import shown_rows
from wharfinger.web.forms.channels import ChannelForm, initial_of
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, trade_now
from wharfinger.web.rights import signed_in
from wharfinger.web.setup_steps import is_setting_up

ROWS_A_PAGE = 50
HIDDEN = ("seller_id", "auth_token", "token_expiry")
"""Credentials: shown to those who may see them."""


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    form = ChannelListForm(request.GET)
    wanted = _list_filter(request, form)
    rows = find_channels(wanted, today=orders_of_today(trade_now()))
    context = {
        "form": form,
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "filtered": any(request.GET.get(key) for key in form.fields),
        "archived": wanted.archived,
        "demo": settings.WHARFINGER.system == "demo",
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
    }
    return render(request, "wharfinger/channels/list.html", context)


def _list_filter(request: HttpRequest, form: ChannelListForm) -> ChannelFilter:
    form.is_valid()
    cleaned = form.cleaned_data
    return ChannelFilter(
        search=cleaned.get("q", ""),
        kind=cleaned.get("kind", ""),
        runs=cleaned.get("runs", ""),
        archived=cleaned.get("shelf", "") == "archived",
        sort=request.GET.get("sort", ""),
    )


@signed_in
@require_safe
def export_list(request: HttpRequest) -> HttpResponseBase:
    wanted = _list_filter(request, ChannelListForm(request.GET))
    rows = find_channels(wanted, today=orders_of_today(trade_now()))
    headings = ["name", "type", "marketplace", "seller account", "seller ID", "enabled", "linked", "activated",
                "activated for", "runs", "missing", "orders today", "open problems"]  # fmt: skip
    sees = allowed(request, Right.SEE_CREDENTIALS)
    return csv_file(
        "channels",
        headings,
        (
            (
                row.head.name, f"Amazon {row.head.kind}", row.head.marketplace, row.head.account,
                row.head.seller_id if sees else "", row.head.enabled, row.head.link, row.head.activated,
                row.head.activated_for, row.head.runs, " ".join(missing.what for missing in row.head.missing),
                row.orders, row.problems,
            )
            for row in rows
        ),
    )  # fmt: skip


def channel_or_404(channel_id: int) -> ChannelPage:
    page = channel_page(channel_id)
    if page is None:
        raise Http404
    return page


def head_or_404(channel_id: int) -> ChannelHead:
    head = channel_head(channel_id)
    if head is None:
        raise Http404
    return head


def tab_frame(request: HttpRequest, head: ChannelHead, tab: str) -> dict[str, Any]:
    """What `channels/header.html` and the tabs need, on every page of a channel."""
    demo = settings.WHARFINGER.system == "demo"
    activations = []
    if demo and allowed(request, Right.ADMINISTER):
        can = [each for each in ActivatedFor if each is not ActivatedFor.SIMULATOR or settings.WHARFINGER.simulator_url]
        activations = [each for each in can if not (head.activated and head.activated_for == each)]
    return {
        "head": head,
        "tabs": channel_tabs(head.id, tab),
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
        "may_see_credentials": allowed(request, Right.SEE_CREDENTIALS),
        "may_administer": allowed(request, Right.ADMINISTER),
        "demo": demo,
        "activations": activations,
        "setting_up": is_setting_up(request, head.id),
    }


def channel_frame(request: HttpRequest, channel: ChannelPage, tab: str) -> dict[str, Any]:
    return {**tab_frame(request, head_or_404(channel.id), tab), "channel": channel}


@signed_in
@require_safe
def show_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The Setup tab, read only until Edit; the verification's lines fill in by themselves."""
    channel = channel_or_404(channel_id)
    context = channel_frame(request, channel, "setup")
    context |= {"hidden_fields": HIDDEN, "facts_live": asks_for(request, "state")}
    state = live_part(request, "state", "wharfinger/channels/state.html", context, every="1s", settled=settled(channel))
    if asks_for(request, "state"):
        return answer_live(request, state)
    form = ChannelForm(Fulfilment(channel.kind), initial=initial_of(channel))
    context |= {"form": form, "live": state, "option_rows": shown_rows(options_list(channel_id))}
    context["alerts"] = alerts_of_channel(channel_id)
    return render(request, "wharfinger/channels/channel.html", context)


def settled(channel: ChannelPage) -> bool:
    """Nothing on the live part will change by itself soon."""
    return bool(channel.checks) and not channel.checking and channel.link != LinkState.WAITING


@signed_in
@require_safe
def show_shipping(request: HttpRequest, channel_id: int) -> HttpResponse:
    head, form = head_or_404(channel_id), NotificationFilterForm(request.GET)
    filters = _notification_filter(form)
    context = tab_frame(request, head, "shipping") | _filtered(request, form)
    context["page"] = channel_history.shipping_notifications(channel_id, **filters, cursor=request.GET.get("at", ""))
    return render(request, "wharfinger/channels/shipping.html", context)


def _notification_filter(form: NotificationFilterForm) -> dict[str, str]:
    form.is_valid()
    return {"state": form.cleaned_data.get("state", ""), "search": form.cleaned_data.get("q", "").strip()}


def _filtered(request: HttpRequest, form: Any) -> dict[str, Any]:
    return {"form": form, "filtered": any(request.GET.get(key) for key in form.fields)}


@signed_in
@require_safe
def export_shipping(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    head_or_404(channel_id)
    filters = _notification_filter(NotificationFilterForm(request.GET))
    headings = ["sales order", "Amazon order", "parcel", "courier service", "tracking number", "shipped", "state",
                "accepted by Amazon", "seen at Amazon", "error"]  # fmt: skip
    rows = (
        (row.order, row.amazon_order_id, row.package, row.service, row.tracking_number, row.shipped_at, row.state,
         row.accepted_at, row.confirmed_at, row.error)
        for row in channel_history.every_notification(channel_id, **filters)
    )  # fmt: skip
    return csv_file(f"shipping-notifications-{channel_id}", headings, rows)


@signed_in
@require_safe
def show_feedback(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Orders that are never imported: before the Start Date, over three months old, others; each with its reason."""
    head, form = head_or_404(channel_id), FeedbackFilterForm(request.GET)
    filters = _feedback_filter(form)
    context = tab_frame(request, head, "feedback") | _filtered(request, form)
    context["page"] = channel_history.feedback(channel_id, **filters, cursor=request.GET.get("at", ""))
    return render(request, "wharfinger/channels/feedback.html", context)


def _feedback_filter(form: FeedbackFilterForm) -> dict[str, str]:
    form.is_valid()
    return {"about": form.cleaned_data.get("about", ""), "search": form.cleaned_data.get("q", "").strip()}


@signed_in
@require_safe
def export_feedback(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    head_or_404(channel_id)
    filters = _feedback_filter(FeedbackFilterForm(request.GET))
    headings = ["Amazon order", "placed", "status at Amazon", "state", "why", "what to do"]
    rows = (
        (row.amazon_order_id, row.placed_at, row.amazon_status, row.state, row.reason, row.remedy)
        for row in channel_history.every_feedback(channel_id, **filters)
    )
    return csv_file(f"feedback-{channel_id}", headings, rows)


@signed_in
@require_safe
def show_activity(request: HttpRequest, channel_id: int) -> HttpResponse:
    head, form = head_or_404(channel_id), ActivityFilterForm(request.GET)
    search, by_people = _activity_filter(form)
    context = tab_frame(request, head, "activity") | _filtered(request, form)
    context["may_audit"] = allowed(request, Right.SEE_AUDIT)
    context["page"] = channel_history.channel_activity(
        channel_id, search=search, by_people=by_people, cursor=request.GET.get("at", "")
    )
    return render(request, "wharfinger/channels/activity.html", context)


def _activity_filter(form: ActivityFilterForm) -> tuple[str, bool]:
    form.is_valid()
    return form.cleaned_data.get("q", "").strip(), form.cleaned_data.get("by") == "people"


@signed_in
@require_safe
def export_activity(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    head_or_404(channel_id)
    search, by_people = _activity_filter(ActivityFilterForm(request.GET))
    rows = (
        (event.at, event.title, event.who)
        for event in channel_history.every_activity(channel_id, search=search, by_people=by_people)
    )
    return csv_file(f"activity-{channel_id}", ["when", "what", "who"], rows)


routes = [
    path("channels/", show_list, name="channel-list"),
    path("channels/export.csv", export_list, name="channel-list-export"),
    path("channels/<int:channel_id>/", show_channel, name="channel"),
    path("channels/<int:channel_id>/shipping/", show_shipping, name="channel-shipping"),
    path("channels/<int:channel_id>/shipping/export.csv", export_shipping, name="channel-shipping-export"),
    path("channels/<int:channel_id>/feedback/", show_feedback, name="channel-feedback"),
    path("channels/<int:channel_id>/feedback/export.csv", export_feedback, name="channel-feedback-export"),
    path("channels/<int:channel_id>/activity/", show_activity, name="channel-activity"),
    path("channels/<int:channel_id>/activity/export.csv", export_activity, name="channel-activity-export"),
]
