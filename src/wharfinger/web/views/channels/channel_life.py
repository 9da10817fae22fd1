"""A channel among others: more of the same seller, a copy, archived, restored, deleted."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.channels.channel_facts import ChannelPage
from wharfinger.db.queries.channels.channel_offers import Offers, channel_offers
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.channels import channel_life, channel_set_up, marketplaces
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.more_channels import MoreChannelsForm
from wharfinger.web.request_context import allowed, message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.setup_steps import is_setting_up, place, steps_after
from wharfinger.web.views.channels.channel_pages import channel_or_404


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def make_more(request: HttpRequest, channel_id: int) -> HttpResponse:
    """All marketplaces of the account with ticks, FBM and FBA; made in one go. A step of New Channel too."""
    channel, offers = channel_or_404(channel_id), channel_offers(channel_id)
    if offers is None:
        raise Http404
    form = _more_form(request, channel, offers)
    if request.method == "POST" and form.is_valid():
        try:
            made = channel_set_up.create_more(
                channel_id,
                form.wanted(),
                courier_service_id=form.cleaned_data.get("courier_service_id"),
                activate=form.cleaned_data.get("activate", False),
                now=trade_now(),
                user=person(request),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            count = len(made)
            created = ngettext(
                "%(name)s is created. It shares the authorisation, and is being checked with Amazon.",
                "%(count)s channels are created. They share the authorisation; each is being checked with Amazon.",
                count,
            )
            messages.success(request, created % {"count": count, "name": made[0].name})
            if is_setting_up(request, channel_id):
                return redirect("channel-set-up-first-import", channel_id=channel_id)
            return redirect("channel-list")
    steps = steps_after("more", channel) if is_setting_up(request, channel_id) else []
    context = {"channel": channel, "offers": offers, "form": form, "steps": steps, "place": place(steps)}
    return render(request, "wharfinger/channels/more.html", context, status=422 if form.errors else 200)


def _more_form(request: HttpRequest, channel: ChannelPage, offers: Offers) -> MoreChannelsForm:
    own = channel.kind == Fulfilment.FBM
    initial = {"site_id": channel.site_id, "courier_service_id": channel.courier_service_id} if own else {}
    may_activate = bool(channel.activated_for) and allowed(request, Right.ADMINISTER)
    return MoreChannelsForm(
        offers,
        request.POST if request.method == "POST" else None,
        initial={**initial, "activate": may_activate},
        may_activate=may_activate,
    )


@needs(Right.EDIT_CHANNELS)
@require_POST
def archive(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    channel_life.archive_channel(channel_id, now=trade_now(), user=person(request))
    messages.success(
        request,
        gettext("%(channel)s is archived: nothing is sent or received; all data is kept.") % {"channel": channel.name},
    )
    return redirect("channel-list")


@needs(Right.EDIT_CHANNELS)
@require_POST
def restore(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = channel_or_404(channel_id)
    try:
        channel_life.restore_channel(channel_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("%(channel)s is restored.") % {"channel": channel.name})
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
            messages.error(request, message_of(refused))
            return redirect("channel", channel_id=channel_id)
        messages.success(request, gettext("%(name)s is deleted.") % {"name": name})
        return redirect("channel-list")
    return render(request, "wharfinger/channels/delete.html", {"channel": channel})


@needs(Right.EDIT_CHANNELS)
@require_POST
def accept_zone(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Use the zone that the orders' ship-by times speak of."""
    channel = channel_or_404(channel_id)
    try:
        zone = marketplaces.accept_zone(channel_id, request.POST.get("zone", ""), now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(
            request,
            gettext("%(marketplace)s uses the time zone %(zone)s from now on.")
            % {"marketplace": channel.marketplace, "zone": zone},
        )
    return redirect("channel", channel_id=channel_id)


@needs(Right.EDIT_CHANNELS)
@require_POST
def active_again(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Amazon's own word that the account is active again did not come, and a person has seen that it is."""
    channel = channel_or_404(channel_id)
    try:
        channel_life.note_active_again(channel_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("Quantities of %(channel)s are sent again.") % {"channel": channel.name})
    return redirect("channel", channel_id=channel_id)


routes = [
    path("channels/<int:channel_id>/active-again/", active_again, name="channel-active-again"),
    path("channels/<int:channel_id>/zone/", accept_zone, name="channel-zone"),
    path("channels/<int:channel_id>/more/", make_more, name="channel-more"),
    path("channels/<int:channel_id>/archive/", archive, name="channel-archive"),
    path("channels/<int:channel_id>/restore/", restore, name="channel-restore"),
    path("channels/<int:channel_id>/delete/", delete, name="channel-delete"),
]
