"""A channel among others: more of the same seller, a copy, archived, restored, deleted."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.channel_offers import channel_offers
from wharfinger.domain.people import Right
from wharfinger.operations import channel_life, channels
from wharfinger.operations.refusals import Refused
from wharfinger.web.asked import person, show_refusal, trade_now
from wharfinger.web.forms.more_channels import MoreChannelsForm
from wharfinger.web.rights import needs
from wharfinger.web.views.channels import channel_or_404


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def make_more(request: HttpRequest, channel_id: int) -> HttpResponse:
    """All marketplaces of the account with ticks, FBM and FBA; made in one go."""
    channel, offers = channel_or_404(channel_id), channel_offers(channel_id)
    if offers is None:
        raise Http404
    own = channel.kind == "FBM"
    initial = {"site_id": channel.site_id, "courier_service_id": channel.courier_service_id} if own else {}
    form = MoreChannelsForm(offers, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = channels.create_more(
                channel_id,
                form.wanted(),
                courier_service_id=form.cleaned_data.get("courier_service_id"),
                now=trade_now(),
                user=person(request),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            count = f"{len(made)} channels are" if len(made) > 1 else f"{made[0].name} is"
            messages.success(request, f"{count} made. They share the authorisation; Amazon is asked about each.")
            return redirect("channel-list")
    context = {"channel": channel, "offers": offers, "form": form}
    return render(request, "wharfinger/channels/more.html", context, status=422 if request.method == "POST" else 200)


@needs(Right.EDIT_CHANNELS)
@require_POST
def archive(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    channel_life.archive_channel(channel_id, now=trade_now(), user=person(request))
    messages.success(request, f"{channel.name} is archived: nothing is sent or received, everything is kept.")
    return redirect("channel-list")


@needs(Right.EDIT_CHANNELS)
@require_POST
def restore(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    try:
        channel_life.restore_channel(channel_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"{channel.name} is restored.")
    return redirect("channel", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Asks first; a channel on which something hangs can only be archived."""
    channel = channel_or_404(channel_id)
    if request.method == "POST":
        try:
            name = channel_life.delete_channel(channel_id, now=trade_now(), user=person(request))
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("channel", channel_id=channel_id)
        messages.success(request, f"{name} is deleted.")
        return redirect("channel-list")
    return render(request, "wharfinger/channels/delete.html", {"channel": channel})


routes = [
    path("channels/<int:channel_id>/more/", make_more, name="channel-more"),
    path("channels/<int:channel_id>/archive/", archive, name="channel-archive"),
    path("channels/<int:channel_id>/restore/", restore, name="channel-restore"),
    path("channels/<int:channel_id>/delete/", delete, name="channel-delete"),
]
