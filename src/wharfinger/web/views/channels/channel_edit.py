"""Edit, Save Channel, and what is switched on a channel: checked again, enabled, activated."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.access.applications import application_of_account
from wharfinger.db.queries.channels.channel_facts import ChannelPage
from wharfinger.db.queries.channels.channel_options import options_list
from wharfinger.db.queries.installation.audit import last_change
from wharfinger.db.queries.stock.conflicts import ConflictHint, new_conflicts, place_as_if
from wharfinger.db.queries.stock.rules import AsIf
from wharfinger.domain.channels.channel import ActivatedFor
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.channels import channel_life, channel_set_up
from wharfinger.operations.channels.channel_set_up import AccountAsOpened, EditConflict
from wharfinger.operations.refusals import Refused
from wharfinger.web.edit_conflict import OPENED, Merged, as_stored, merge, opened_with, sealed
from wharfinger.web.forms.channel_options import ROWS
from wharfinger.web.forms.channels import ChannelForm, initial_of
from wharfinger.web.request_context import message_of, next_page, person, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.setup_steps import is_setting_up
from wharfinger.web.token_first import token_first
from wharfinger.web.views.channels.channel_pages import channel_frame, channel_or_404

_ACTIVATED_FOR = {which.value: which for which in ActivatedFor}
_CONFLICT = 409


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Everything of the channel is saved at once or not at all; what somebody else saved meanwhile is shown."""
    channel = channel_or_404(channel_id)
    data = request.POST if request.method == "POST" else None
    form = _form(channel, data)
    opened = data.get(OPENED, "") if data is not None else sealed(as_stored(form))
    merged: Merged | None = None
    hint = _conflicts(channel, form, data) if data is not None and form.is_valid() else None
    if data is not None and hint is None and form.is_valid():
        try:
            _save(request, channel, form, data)
        except EditConflict as meanwhile:
            channel = channel_or_404(channel_id)
            merged, form, opened = _merged(channel, data)
            form.is_valid()
            form.add_error(None, message_of(meanwhile))
        except Refused as refused:
            form.say_no(refused)
        else:
            return _after_save(request, channel_id)
    context = {
        **channel_frame(request, channel, "setup"),
        "form": form,
        "opened": opened,
        "merged": merged,
        "hint": hint,
        "last_change": last_change("Channel", channel_id) if merged else None,
        "token_first": token_first(application_of_account(channel.account_id)),
    }
    status = _CONFLICT if merged else 422 if form.is_bound else 200
    return render(request, "wharfinger/channels/edit.html", context, status=status)


def _form(channel: ChannelPage, data: QueryDict | None) -> ChannelForm:
    return ChannelForm(
        Fulfilment(channel.kind),
        data,
        initial=initial_of(channel),
        listed=options_list(channel.id),
        channel_id=channel.id,
    )


def _conflicts(channel: ChannelPage, form: ChannelForm, data: QueryDict) -> ConflictHint | None:
    """SKUs that another Site would put in conflict with other channels of the account: said before it is saved."""
    if Fulfilment(channel.kind) is not Fulfilment.FBM:
        return None
    entry = form.entry()
    rows = [row.values for row in entry.options or () if row.order_type is None]
    place = (rows[0].site, rows[0].site_group) if rows else (entry.site_id, entry.site_group_id)
    if place == (None, None):
        return None
    hint = new_conflicts([channel.id], AsIf(places={channel.id: place_as_if(*place)}))
    return None if hint is None or data.get("conflicts") == str(hint.count) else hint


def _save(request: HttpRequest, channel: ChannelPage, form: ChannelForm, data: QueryDict) -> None:
    channel_set_up.save_channel(
        channel.id,
        form.entry(),
        version=form.cleaned_data["version"] or 0,
        opened=_account_as_opened(data),
        now=trade_now(),
        user=person(request),
    )


def _account_as_opened(data: QueryDict) -> AccountAsOpened | None:
    opened = opened_with(data)
    if not opened:
        return None
    expiry = opened.get("token_expiry", "")
    return AccountAsOpened(
        opened.get("region", ""), opened.get("seller_id", ""), date.fromisoformat(expiry) if expiry else None
    )


def _merged(channel: ChannelPage, data: QueryDict) -> tuple[Merged, ChannelForm, str]:
    """The page to go on with, upon what is stored now."""
    now = _form(channel, None)
    both = QueryDict(mutable=True)
    rows = [row.row.order_type.value for row in now.grid.listed.rows if row.row.order_type] if now.grid else []
    both.setlist(ROWS, list(dict.fromkeys([*rows, *data.getlist(ROWS)])))
    merged = merge(_form(channel, both), data, channel.version)
    return merged, _form(channel, merged.data), sealed(as_stored(now))


def _after_save(request: HttpRequest, channel_id: int) -> HttpResponse:
    if request.POST.get("then") == "authorise":
        return redirect("channel-authorise", channel_id=channel_id)
    messages.success(
        request, gettext("Saved. The checks with Amazon are running; the lines below are updated automatically.")
    )
    if is_setting_up(request, channel_id):
        return redirect("channel-set-up-authorise", channel_id=channel_id)
    return redirect("channel", channel_id=channel_id)


def _back(request: HttpRequest, channel_id: int) -> HttpResponse:
    return redirect(next_page(request, reverse("channel", args=[channel_id])))


@needs(Right.EDIT_CHANNELS)
@require_POST
def check_again(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel_or_404(channel_id)
    channel_life.check_again(channel_id)
    messages.success(request, gettext("The checks with Amazon are running again."))
    return _back(request, channel_id)


@needs(Right.ADMINISTER)
@require_POST
def activate(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Demo systems: an administrator activates it for the simulator or for Amazon's sandbox, or for neither."""
    channel = channel_or_404(channel_id)
    wanted = request.POST.get("for", "")
    try:
        if wanted in _ACTIVATED_FOR:
            channel_life.activate_channel(channel_id, _ACTIVATED_FOR[wanted], now=trade_now(), user=person(request))
            messages.success(
                request,
                gettext("%(channel)s is activated for %(backend)s.")
                % {"channel": channel.name, "backend": _ACTIVATED_FOR[wanted].backend},
            )
        else:
            channel_life.deactivate_channel(channel_id, now=trade_now(), user=person(request))
            messages.success(
                request,
                gettext("%(channel)s is deactivated: nothing is sent or received; all data is kept.")
                % {"channel": channel.name},
            )
    except Refused as refused:
        messages.error(request, message_of(refused))
    return _back(request, channel_id)


@needs(Right.EDIT_CHANNELS)
@require_POST
def enable(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel_or_404(channel_id)
    wanted = request.POST.get("enabled") == "on"
    channel_life.enable_channel(channel_id, wanted, now=trade_now(), user=person(request))
    enabled = gettext("The channel is enabled.")
    disabled = gettext("The channel is disabled: nothing is sent or received; queued work is kept.")
    messages.success(request, enabled if wanted else disabled)
    return _back(request, channel_id)


routes = [
    path("channels/<int:channel_id>/edit/", edit_channel, name="channel-edit"),
    path("channels/<int:channel_id>/check/", check_again, name="channel-check"),
    path("channels/<int:channel_id>/activate/", activate, name="channel-activate"),
    path("channels/<int:channel_id>/enable/", enable, name="channel-enable"),
]
