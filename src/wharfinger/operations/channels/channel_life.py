"""The life of a channel after it is made: activated, enabled, approved, checked, archived, restored, deleted."""

from datetime import datetime

from django.conf import settings

from wharfinger.db.models import Activity, AuthorisationAttempt, Channel, CourierMapping, Problem, SellerAccount, User
from wharfinger.db.queries.channels.channel_facts import hangs_on
from wharfinger.domain.channels.channel import ActivatedFor
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.orders.waits_for import ForChannel, ForNewChannel
from wharfinger.domain.sentences import N_
from wharfinger.operations import triggers
from wharfinger.operations.access._seller_steps import forget_account
from wharfinger.operations.channels._channel_steps import (
    channel_facts,
    refuse_twice,
)
from wharfinger.operations.channels._upload_steps import approve_uploads
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.orders._reconsider_steps import reconsider
from wharfinger.operations.orders._reserve_steps import reserve_elsewhere
from wharfinger.operations.orders._status_steps import go_on
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._channel_notice_steps import (
    notice_all,
)
from wharfinger.operations.transaction import operation


def _held(channel_id: int) -> Channel:
    rows = Channel.objects.select_for_update(of=("self",)).select_related("account", "marketplace")
    return rows.get(pk=channel_id)


@operation
def activate_channel(channel_id: int, activated_for: ActivatedFor, *, now: datetime, user: User) -> None:
    """Demo systems: an administrator says which stand-in for Amazon a channel may speak to.

    The channels of one seller account share its token, so all of them speak to the same Amazon.
    """
    channel = _held(channel_id)
    if settings.WHARFINGER.system == "live":
        raise Refused("In a live system every channel is active; there is nothing to activate.")
    if activated_for is ActivatedFor.SIMULATOR and settings.WHARFINGER.simulator_url is None:
        raise Refused("This demo system has no simulator. Start it with “wharfinger demo”, or choose the sandbox.")
    _refuse_another_amazon(channel, activated_for)
    _set_activated(channel, activated_for, now, user)
    reconsider(ForChannel(channel_id), now=now)
    notice_all(channel, "activated", now)
    triggers.verify_channel(channel_id)


@operation
def deactivate_channel(channel_id: int, *, now: datetime, user: User) -> None:
    """Demo systems: nothing is sent or received, all queued work is kept, until it is activated again."""
    if settings.WHARFINGER.system == "live":
        raise Refused("In a live system every channel is active. Switch Channel Enabled off instead.")
    _set_activated(_held(channel_id), None, now, user)


def _refuse_another_amazon(channel: Channel, activated_for: str) -> None:
    others = Channel.objects.filter(account_id=channel.account_id, archived=False, activated=True)
    other = others.exclude(pk=channel.pk).exclude(activated_for=activated_for).order_by("name").first()
    if other is not None:
        its = ActivatedFor(other.activated_for).backend if other.activated_for else N_("an unnamed Amazon")
        raise Refused(
            "%(other)s of the same seller account is activated for %(amazon)s, and one token cannot be used for "
            "both. Deactivate it first, or activate this channel for %(amazon)s too.",
            other=other.name,
            amazon=its,
        )


def _set_activated(channel: Channel, activated_for: ActivatedFor | None, now: datetime, user: User) -> None:
    before = channel_facts(channel)
    channel.activated = activated_for is not None
    channel.activated_for = activated_for if activated_for else ""
    channel.save(update_fields=["activated", "activated_for"])
    verb = "activate" if activated_for else "deactivate"
    record_audit(verb, "Channel", channel.pk, before=before, after=channel_facts(channel), now=now, user=user)
    whom = f" for {activated_for.backend}" if activated_for else ""
    record_activity(f"Channel {channel.name} {verb}d{whom}.", channel=channel, now=now, user=user)


@operation
def enable_channel(channel_id: int, enabled: bool, *, now: datetime, user: User) -> None:
    """Enabled off: nothing is sent or received, and all queued work is kept."""
    channel = _held(channel_id)
    if channel.enabled == enabled:
        return
    before = channel_facts(channel)
    channel.enabled = enabled
    channel.version += 1  # who edits the channel meanwhile gets an edit conflict
    channel.save(update_fields=["enabled", "version"])
    verb = "enable" if enabled else "disable"
    record_audit(verb, "Channel", channel_id, before=before, after=channel_facts(channel), now=now, user=user)
    record_activity(f"Channel {channel.name} {verb}d.", channel=channel, now=now, user=user)
    if enabled:
        reconsider(ForChannel(channel_id), now=now)
        notice_all(channel, "enabled", now)


@operation
def approve_stock_upload(channel_id: int, *, now: datetime, user: User) -> None:
    """The first upload's plan was seen by a person: from now on quantities go to Amazon."""
    approve_uploads([channel_id], now, user)


@operation
def approve_stock_uploads(account_id: int, *, now: datetime, user: User) -> int:
    """The same for every channel of a seller account that waits for it, all or none; returns how many."""
    waiting = Channel.objects.filter(
        account_id=account_id, kind=Fulfilment.FBM, archived=False, stock_upload_approved_at=None
    )
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    approve_uploads(ids, now, user)
    return len(ids)


@operation
def note_active_again(channel_id: int, *, now: datetime, user: User) -> None:
    """A person saw in Seller Central that the account is active again; Amazon's own word of it may be lost."""
    channel = _held(channel_id)
    if channel.amazon_deactivated_at is None:
        raise Refused("Quantities of %(channel)s are sent already. Nothing is needed.", channel=channel.name)
    before = {"deactivated at Amazon": channel.amazon_deactivated_at.isoformat()}
    channel.amazon_deactivated_at = None
    channel.save(update_fields=["amazon_deactivated_at"])
    record_audit("active again", "Channel", channel.pk, before=before, after={}, now=now, user=user)
    go_on(channel, now)


@operation
def check_again(channel_id: int) -> None:
    """Verify the channel with Amazon once more; the marketplaces, which are kept ten minutes, are read anew."""
    SellerAccount.objects.filter(channels=channel_id).update(participations_read_at=None)
    triggers.verify_channel(channel_id)


@operation
def delete_channel(channel_id: int, *, now: datetime, user: User) -> str:
    """Delete a channel on which nothing hangs; its seller account goes with it when no other channel shares it and
    it was never authorised. Returns its name."""
    channel = _held(channel_id)
    why = hangs_on(channel_id)
    if why:
        raise Refused(
            "%(channel)s cannot be deleted: %(why)s Archive it instead; all its data is kept.",
            channel=channel.name,
            why=why,
        )
    record_audit("delete", "Channel", channel_id, before=channel_facts(channel), after=None, now=now, user=user)
    account, name = channel.account, channel.name
    AuthorisationAttempt.objects.filter(channel=channel).delete()
    CourierMapping.objects.filter(channel=channel).delete()
    Problem.objects.filter(channel=channel).delete()
    Activity.objects.filter(channel=channel).update(channel=None)
    channel.delete()
    if not account.seller_id and not account.channels.exists():
        forget_account(account)
    return name


@operation
def archive_channel(channel_id: int, *, now: datetime, user: User) -> None:
    """Out of the way: nothing is sent or received, everything is kept, and its place is free for another channel.

    What its site keeps for orders without an import passes to a channel that sells the article still, if there is
    one; a quantity that waited for two channels to agree may be sent now.
    """
    channel = _held(channel_id)
    _set_archived(channel, True, now, user)
    reserve_elsewhere(channel.account_id, now=now)
    notice_all(channel, "archived", now)


@operation
def restore_channel(channel_id: int, *, now: datetime, user: User) -> None:
    """Take an archived channel up again; Refused when another has its marketplace and kind meanwhile.

    It begins like a new one, with a review of its own: what was sold meanwhile somebody sent by other means.
    """
    channel = _held(channel_id)
    refuse_twice(channel.account, channel.marketplace, channel.kind, channel.pk)
    if channel.activated:
        _refuse_another_amazon(channel, channel.activated_for)
    _set_archived(channel, False, now, user)
    reconsider(ForNewChannel(channel.account_id, channel.marketplace_id, channel.kind), now=now)
    reconsider(ForChannel(channel_id), now=now)
    notice_all(channel, "restored", now)
    triggers.verify_channel(channel_id)


def _set_archived(channel: Channel, archived: bool, now: datetime, user: User) -> None:
    if channel.archived == archived:
        return
    before = channel_facts(channel)
    channel.archived = archived
    channel.dont_import_orders = channel.dont_import_orders or not archived
    channel.version += 1
    channel.save(update_fields=["archived", "dont_import_orders", "version"])
    verb = "archive" if archived else "restore"
    record_audit(verb, "Channel", channel.pk, before=before, after=channel_facts(channel), now=now, user=user)
    record_activity(f"Channel {channel.name} {verb}d.", channel=channel, now=now, user=user)
