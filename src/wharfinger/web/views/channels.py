"""Channels: the list, New Channel, the channel screen with its tabs, Edit, checks, activation."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.channel_options import options_list
from wharfinger.db.queries.channels import (
    ChannelPage,
    channel_activity,
    channel_page,
    feedback,
    list_channels,
    readiness,
    shipping_notifications,
)
from wharfinger.domain.channels import LinkState
from wharfinger.domain.orders import Fulfilment
from wharfinger.domain.people import Right
from wharfinger.operations import channels
from wharfinger.operations.channels import NAME_AT_MOST, first_start_date
from wharfinger.operations.refusals import Refused
from wharfinger.web.asked import allowed, numbers, person, show_refusal, trade_now
from wharfinger.web.channel_tabs import channel_tabs
from wharfinger.web.forms.channel_options import shown_rows
from wharfinger.web.forms.channels import ChannelForm, initial_of, preset
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.rights import needs, signed_in

FIELD_NAMES = {"site": "site_id", "courier_service": "courier_service_id"}
KINDS = {kind.value.lower(): kind for kind in Fulfilment}


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    context = {
        "channels": list_channels(),
        "archived": list_channels(archived=True),
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
    }
    return render(request, "wharfinger/channels/list.html", context)


@needs(Right.EDIT_CHANNELS)
@require_safe
def choose_type(request: HttpRequest) -> HttpResponse:
    """New Channel, first step: the type, and what must be there before."""
    return render(request, "wharfinger/channels/new.html", {"ready": readiness()})


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_channel(request: HttpRequest, kind: str) -> HttpResponse:
    """New Channel, second step: General, Channel Specific, (Global), Save Channel."""
    if kind not in KINDS:
        raise Http404
    fulfilment = KINDS[kind]
    first = preset(fulfilment, first_start_date(trade_now())) | _like(request, fulfilment)
    form = ChannelForm(fulfilment, request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            channel = channels.create_channel(fulfilment, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused, FIELD_NAMES)
        else:
            messages.success(request, f"{channel.name} is saved. Next: authorise it at Amazon.")
            return redirect("channel", channel_id=channel.pk)
    context = {"form": form, "kind": fulfilment.value, "ready": readiness(), "new": True}
    return render(request, "wharfinger/channels/edit.html", context, status=422 if request.method == "POST" else 200)


def _like(request: HttpRequest, kind: Fulfilment) -> dict[str, Any]:
    """Duplicate: another channel's settings, but its name, marketplace and Start Date."""
    asked = numbers([request.GET.get("like", "")])
    pattern = channel_page(asked[0]) if asked else None
    if pattern is None or pattern.kind != kind.value:
        return {}
    kept = initial_of(pattern)
    for name in ("version", "start_date", "marketplace_id", "token_expiry"):
        kept.pop(name)
    return {**kept, "name": f"{pattern.name} copy"[:NAME_AT_MOST], "enabled": True}


def channel_or_404(channel_id: int) -> ChannelPage:
    page = channel_page(channel_id)
    if page is None:
        raise Http404
    return page


def _frame(request: HttpRequest, channel: ChannelPage, tab: str) -> dict[str, Any]:
    return {
        "channel": channel,
        "tabs": channel_tabs(channel.id, tab),
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
        "may_administer": allowed(request, Right.ADMINISTER),
        "demo": settings.WHARFINGER.system == "demo",
    }


@signed_in
@require_safe
def show_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The Setup tab, read only until Edit; the verification's lines fill in by themselves."""
    channel = channel_or_404(channel_id)
    context = _frame(request, channel, "setup")
    state = live_part(
        request, "state", "wharfinger/channels/state.html", context, every="1s", settled=_settled(channel)
    )
    if asks_for(request, "state"):
        return answer_live(request, state)
    form = ChannelForm(Fulfilment(channel.kind), initial=initial_of(channel))
    context |= {"form": form, "live": state, "option_rows": shown_rows(options_list(channel_id))}
    return render(request, "wharfinger/channels/channel.html", context)


def _settled(channel: ChannelPage) -> bool:
    """Nothing on this part will change by itself soon."""
    return bool(channel.checks) and not channel.checking and channel.link != LinkState.WAITING.value


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    data = request.POST if request.method == "POST" else None
    form = ChannelForm(
        Fulfilment(channel.kind),
        data,
        initial=initial_of(channel),
        listed=options_list(channel_id),
        channel_id=channel_id,
    )
    if request.method == "POST" and form.is_valid() and _saved(request, channel, form):
        if request.POST.get("then") == "authorise":
            return redirect("channel-authorise", channel_id=channel_id)
        messages.success(request, "Saved. Amazon is asked now; the lines below fill in by themselves.")
        return redirect("channel", channel_id=channel_id)
    context = {**_frame(request, channel, "setup"), "form": form, "kind": channel.kind, "new": False}
    return render(request, "wharfinger/channels/edit.html", context, status=422 if form.is_bound else 200)


def _saved(request: HttpRequest, channel: ChannelPage, form: ChannelForm) -> bool:
    version = form.cleaned_data["version"] or 0
    try:
        channels.save_channel(channel.id, form.entry(), version=version, now=trade_now(), user=person(request))
    except Refused as refused:
        show_refusal(form, refused, FIELD_NAMES)
        return False
    return True


@needs(Right.EDIT_CHANNELS)
@require_POST
def check_again(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel_or_404(channel_id)
    channels.check_again(channel_id)
    messages.success(request, "Amazon is asked again.")
    return redirect("channel", channel_id=channel_id)


@needs(Right.ADMINISTER)
@require_POST
def activate(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Demo systems: an administrator activates the channel for the simulator."""
    channel = channel_or_404(channel_id)
    channels.activate_channel(channel_id, now=trade_now(), user=person(request))
    messages.success(request, f"{channel.name} is activated.")
    return redirect("channel", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_POST
def enable(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel_or_404(channel_id)
    wanted = request.POST.get("enabled") == "on"
    channels.enable_channel(channel_id, wanted, now=trade_now(), user=person(request))
    words = "enabled" if wanted else "disabled: nothing is sent or received, all queued work is kept"
    messages.success(request, f"The channel is {words}.")
    return redirect("channel", channel_id=channel_id)


@signed_in
@require_safe
def show_shipping(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    context = {**_frame(request, channel, "shipping"), "rows": shipping_notifications(channel_id)}
    return render(request, "wharfinger/channels/shipping.html", context)


@signed_in
@require_safe
def show_feedback(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    context = {**_frame(request, channel, "feedback"), "rows": feedback(channel_id)}
    return render(request, "wharfinger/channels/feedback.html", context)


@signed_in
@require_safe
def show_activity(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    context = {**_frame(request, channel, "activity"), "events": channel_activity(channel_id)}
    return render(request, "wharfinger/channels/activity.html", context)


routes = [
    path("channels/", show_list, name="channel-list"),
    path("channels/new/", choose_type, name="channel-new"),
    path("channels/new/<str:kind>/", new_channel, name="channel-new-kind"),
    path("channels/<int:channel_id>/", show_channel, name="channel"),
    path("channels/<int:channel_id>/edit/", edit_channel, name="channel-edit"),
    path("channels/<int:channel_id>/check/", check_again, name="channel-check"),
    path("channels/<int:channel_id>/activate/", activate, name="channel-activate"),
    path("channels/<int:channel_id>/enable/", enable, name="channel-enable"),
    path("channels/<int:channel_id>/shipping/", show_shipping, name="channel-shipping"),
    path("channels/<int:channel_id>/feedback/", show_feedback, name="channel-feedback"),
    path("channels/<int:channel_id>/activity/", show_activity, name="channel-activity"),
]
