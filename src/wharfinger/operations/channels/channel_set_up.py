"""Channels: make one, make more of the same seller, save. What happens to them afterwards: `channel_life`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from wharfinger.db.models import (
    Channel,
    ChannelOption,
    Marketplace,
    SellerAccount,
    User,
)
from wharfinger.domain.access.authorisation import MWS_EXPLAINED, expires_on, looks_like_mws_token
from wharfinger.domain.channels.channel import ActivatedFor, ImportFba, import_fba_for
from wharfinger.domain.channels.options import OptionRow
from wharfinger.domain.days import day_of
from wharfinger.domain.identity import NotAnIdentity, parse_seller_id
from wharfinger.domain.marketplaces import Region
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.orders.waits_for import ForChannel, ForNewChannel
from wharfinger.domain.sentences import N_
from wharfinger.operations import triggers
from wharfinger.operations.access._account_steps import application_for, link_before_checks, restart_failures
from wharfinger.operations.access._seller_steps import join_account
from wharfinger.operations.channels._channel_steps import channel_facts, refuse_twice
from wharfinger.operations.channels._option_steps import preset_values, rows_like, stored_rows, write_options
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.orders._reconsider_steps import reconsider
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._channel_notice_steps import notice_all
from wharfinger.operations.transaction import operation

NAME_AT_MOST = 60
FIRST_IMPORT_REACHES_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """What a person entered on a channel's Setup tab. `auth_token` empty = leave what is stored."""

    name: str
    enabled: bool
    start_date: date
    order_ref_format: str
    dont_import_orders: bool
    dont_upload_order_status: bool
    dont_upload_stock_levels: bool
    use_amazon_sku: bool
    import_fba_orders: str
    region: str
    marketplace_id: str
    seller_id: str
    auth_token: str
    token_expiry: date | None
    site_id: int | None
    courier_service_id: int | None
    late_courier_acknowledged: bool = False
    site_group_id: int | None = None
    """In place of a site."""
    options: tuple[OptionRow, ...] | None = None
    """The (Global) list, whose first row takes Site and Courier service from above; None = leave it as it is."""


@operation
def create_channel(
    kind: Fulfilment, entry: ChannelEntry, *, like: int | None = None, now: datetime, user: User | None = None
) -> Channel:
    """Make a channel; a seller already known in the region is shared, with its authorisation.

    `like`: a channel whose (Global) options list is taken along, where the entry brings none.
    """
    pattern = Channel.objects.select_related("marketplace").filter(pk=like or 0, kind=kind).first()
    if pattern is not None and entry.options is None:
        entry = replace(entry, options=rows_like(pattern, kind, _marketplace(entry).currency))
    return _create(kind, entry, now, user)


@dataclass(frozen=True, slots=True)
class OneMore:
    """A marketplace and kind that a seller account shall have a channel for."""

    marketplace_id: str
    kind: Fulfilment
    site_id: int | None
    site_group_id: int | None = None


@operation
def create_more(
    channel_id: int,
    wanted: Sequence[OneMore],
    *,
    courier_service_id: int | None,
    activate: bool = False,
    now: datetime,
    user: User,
) -> list[Channel]:
    """Make further channels of the same seller account, set up like this one; all of them or none.

    `activate`: demo systems, where an administrator has them speak to the same Amazon as this one at once.
    Refused names the marketplace that cannot be.
    """
    pattern = Channel.objects.select_related("account").get(pk=channel_id)
    if not pattern.account.seller_id:
        raise Refused("%(account)s is not authorised yet: press Authorise first.", account=pattern.account.name)
    if not wanted:
        raise Refused("Tick the channels to create.")
    like = pattern.activated_for if activate and pattern.activated else ""
    return [_create(one.kind, _like(pattern, one, courier_service_id, now), now, user, like) for one in wanted]


def _like(pattern: Channel, one: OneMore, courier_service_id: int | None, now: datetime) -> ChannelEntry:
    marketplace = Marketplace.objects.get(pk=one.marketplace_id)
    name = f"{marketplace.name} {one.kind}"
    if Channel.objects.filter(name__iexact=name).exists():
        name = f"{name} {pattern.account.seller_id}"[:NAME_AT_MOST]
    own = one.kind is Fulfilment.FBM
    options = ChannelOption.objects.filter(channel=pattern, order_type="", courier_service=courier_service_id)
    return ChannelEntry(
        name=name,
        enabled=True,
        start_date=first_start_date(now, marketplace.time_zone),
        order_ref_format=pattern.order_ref_format,
        dont_import_orders=True,  # each begins with a review of its own, whatever its pattern has behind it
        dont_upload_order_status=False,
        dont_upload_stock_levels=False,
        use_amazon_sku=pattern.use_amazon_sku,
        import_fba_orders=import_fba_for(one.kind),
        region=pattern.account.region,
        marketplace_id=marketplace.pk,
        seller_id=pattern.account.seller_id,
        auth_token="",
        token_expiry=None,
        site_id=one.site_id,
        site_group_id=one.site_group_id,
        courier_service_id=courier_service_id if own else None,
        late_courier_acknowledged=own and options.filter(late_courier_acknowledged=True).exists(),
        options=rows_like(pattern, one.kind, marketplace.currency),
    )


def _create(
    kind: Fulfilment,
    entry: ChannelEntry,
    now: datetime,
    user: User | None,
    activated_for: ActivatedFor | Literal[""] = "",
) -> Channel:
    checked = _checked(kind, entry)
    marketplace = _marketplace(checked)
    account = _account_for(checked, marketplace, now)
    refuse_twice(account, marketplace, kind, None)
    live = settings.WHARFINGER.system == "live"
    channel = Channel(
        kind=kind,
        account=account,
        marketplace=marketplace,
        activated=live or bool(activated_for),
        activated_for="" if live else activated_for,
        link_state=link_before_checks(account),
        made_at=now,
    )
    _write(channel, checked, account, now, user)
    record_activity(f"Channel {channel.name} created.", channel=channel, account=account, now=now, user=user)
    record_audit("create", "Channel", channel.pk, before=None, after=channel_facts(channel), now=now, user=user)
    reconsider(ForNewChannel(account.pk, marketplace.pk, kind), now=now)
    triggers.verify_channel(channel.pk)
    return channel


@dataclass(frozen=True, slots=True)
class AccountAsOpened:
    """What the seller account held when a person opened the channel in Edit: other channels change it too."""

    region: str
    seller_id: str
    token_expiry: date | None


class EditConflict(Refused):
    """Somebody else saved the channel, or its seller account, since the form was opened. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "Somebody else saved this channel while you were editing. Your changes are not saved yet: "
                "see below what changed, then save over it or cancel."
            )
        )


@operation
def save_channel(
    channel_id: int,
    entry: ChannelEntry,
    *,
    version: int,
    opened: AccountAsOpened | None = None,
    now: datetime,
    user: User | None = None,
) -> Channel:
    """Save Channel: everything or nothing; EditConflict when somebody else saved since it was opened."""
    channel = Channel.objects.select_for_update().select_related("account").get(pk=channel_id)
    if channel.version != version or (opened is not None and opened != _as_it_is(channel.account)):
        raise EditConflict()
    kind = channel.kind
    checked = _checked(kind, entry)
    marketplace = _marketplace(checked)
    before = channel_facts(channel)
    account = _retargeted(channel, checked, marketplace, now)
    refuse_twice(account, marketplace, kind, channel.pk)
    left = channel.account
    if (left.pk, channel.marketplace_id) != (account.pk, marketplace.pk):
        channel.link_state = link_before_checks(account)
    channel.account, channel.marketplace = account, marketplace
    if left.pk != account.pk:
        join_account(channel, left, account)
    channel.version += 1
    sold_from = _sells_from(channel)
    _write(channel, checked, account, now, user)
    if sold_from != _sells_from(channel):
        notice_all(channel, "its site changed", now)
    record_audit("save", "Channel", channel.pk, before=before, after=channel_facts(channel), now=now, user=user)
    record_activity(f"Channel {channel.name} saved.", channel=channel, account=account, now=now, user=user)
    reconsider(ForChannel(channel.pk), now=now)
    triggers.verify_channel(channel.pk)
    return channel


def _sells_from(channel: Channel) -> list[tuple[int | None, int | None]]:
    rows = ChannelOption.objects.filter(channel=channel, order_type="")
    return list(rows.values_list("site_id", "site_group_id"))


def _as_it_is(account: SellerAccount) -> AccountAsOpened:
    return AccountAsOpened(account.region, account.seller_id, account.token_expiry)


def check_general(entry: ChannelEntry, but: int | None = None) -> None:
    """The wizard's step General: Refused names the field. `but`: the channel that may bear the name."""
    checked = _general(entry)
    if Channel.objects.filter(name__iexact=checked.name).exclude(pk=but or 0).exists():
        raise _named_already(checked.name)


def check_specific(kind: Fulfilment, entry: ChannelEntry) -> None:
    """The wizard's step Channel Specific: Refused names the field."""
    checked = _specific(kind, entry)
    marketplace = _marketplace(checked)
    known = SellerAccount.objects.filter(region=checked.region, seller_id=checked.seller_id).first()
    if known is not None and checked.seller_id:
        refuse_twice(known, marketplace, kind, None)


def _named_already(name: str) -> Refused:
    return Refused("Another channel is already called “%(name)s”. Give this one a different name.", "name", name=name)


def _checked(kind: Fulfilment, entry: ChannelEntry) -> ChannelEntry:
    """Everything that is wrong by the entry alone, field by field."""
    return _specific(kind, _general(entry))


def _general(entry: ChannelEntry) -> ChannelEntry:
    name = " ".join(entry.name.split())
    if not name:
        raise Refused("Give the channel a name, such as “Amazon.co.uk FBM”.", "name")
    if len(name) > NAME_AT_MOST:
        raise Refused(
            "The name has %(count)s characters; at most %(at_most)s fit. Shorten it.",
            "name",
            count=len(name),
            at_most=NAME_AT_MOST,
        )
    if not name.isprintable():
        raise Refused("The name contains a control character. Remove it.", "name")
    if not entry.order_ref_format.isprintable():
        raise Refused("Order Ref. Format contains a control character. Remove it.", "order_ref_format")
    if "{0}" not in entry.order_ref_format:
        raise Refused("Order Ref. Format must contain {0}, where Amazon's order number goes.", "order_ref_format")
    if len(entry.order_ref_format) > 60:
        raise Refused("Order Ref. Format has at most 60 characters. Shorten it.", "order_ref_format")
    return replace(entry, name=name)


def _specific(kind: Fulfilment, entry: ChannelEntry) -> ChannelEntry:
    token = entry.auth_token.strip()
    if entry.import_fba_orders != import_fba_for(kind):
        needed = import_fba_for(kind).label
        raise Refused(
            "An Amazon %(kind)s channel needs “%(needed)s”: FBA and FBM orders have separate channels.",
            "import_fba_orders",
            kind=kind,
            needed=needed,
        )
    if looks_like_mws_token(token):
        raise Refused(MWS_EXPLAINED, "auth_token")
    if token and not token.startswith("Atzr|"):
        raise Refused("A refresh token begins with Atzr|. Copy all of it, or leave the field empty.", "auth_token")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise Refused("A refresh token has no spaces and no special characters. Copy it again.", "auth_token")
    if entry.region not in (Region.EU, Region.NA):
        raise Refused("Choose the region: UK and Europe, or US.", "region")
    return replace(entry, seller_id=_seller_id(entry), auth_token=token)


def _seller_id(entry: ChannelEntry) -> str:
    if not entry.seller_id.strip():
        if entry.auth_token.strip():
            raise Refused("With an Auth Token the Seller ID is needed too: see Account info.", "seller_id")
        return ""
    try:
        return parse_seller_id(entry.seller_id)
    except NotAnIdentity as error:
        raise Refused(str(error), "seller_id") from error


def _marketplace(entry: ChannelEntry) -> Marketplace:
    marketplace = Marketplace.objects.filter(pk=entry.marketplace_id.strip()).first()
    if marketplace is None:
        raise Refused(
            "“%(marketplace_id)s” is not a marketplace ID of Amazon. Choose one from the list.",
            "marketplace_id",
            marketplace_id=entry.marketplace_id.strip()[:40],
        )
    if marketplace.region != entry.region:
        raise Refused(
            "%(marketplace)s belongs to the region %(region)s, not to %(other)s. Choose the other region "
            "or another marketplace.",
            "marketplace_id",
            marketplace=marketplace.name,
            region=marketplace.region.title,
            other=Region(entry.region).title,
        )
    return marketplace


def _account_for(entry: ChannelEntry, marketplace: Marketplace, now: datetime) -> SellerAccount:
    if entry.seller_id:
        known = SellerAccount.objects.filter(region=entry.region, seller_id=entry.seller_id).first()
        if known is not None:
            return known
    region = Region(entry.region)
    return SellerAccount.objects.create(
        name=f"{entry.seller_id} ({region.title})" if entry.seller_id else f"{entry.name} ({region.title})",
        region=region,
        seller_id=entry.seller_id,
        application=application_for(entry.region),
        made_at=now,
    )


def _retargeted(channel: Channel, entry: ChannelEntry, marketplace: Marketplace, now: datetime) -> SellerAccount:
    """The account that the saved channel belongs to: the same one unless Seller ID or Region were changed."""
    account = channel.account
    moved = channel.marketplace_id != marketplace.pk or account.seller_id not in ("", entry.seller_id)
    if moved and channel.imported_orders.exists():
        raise Refused(
            "Orders were imported through this channel, so its seller and marketplace can no longer be changed. "
            "Create a new channel instead.",
            "seller_id" if account.seller_id != entry.seller_id else "marketplace_id",
        )
    if (account.region, account.seller_id) == (entry.region, entry.seller_id):
        return account
    if not account.seller_id and account.region == entry.region:
        twin = SellerAccount.objects.filter(region=entry.region, seller_id=entry.seller_id).first()
        if twin is None:
            account.seller_id = entry.seller_id
            account.save()
            return account
        return twin
    return _account_for(entry, marketplace, now)


def _write(channel: Channel, entry: ChannelEntry, account: SellerAccount, now: datetime, user: User | None) -> None:
    channel.name, channel.enabled = entry.name, entry.enabled
    channel.start_date, channel.order_ref_format = entry.start_date, entry.order_ref_format
    channel.dont_import_orders = entry.dont_import_orders
    channel.dont_upload_order_status = entry.dont_upload_order_status
    channel.dont_upload_stock_levels = entry.dont_upload_stock_levels
    channel.use_amazon_sku = entry.use_amazon_sku
    channel.import_fba_orders = ImportFba(entry.import_fba_orders)
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        if "channel_name_once" not in str(error):
            raise
        raise _named_already(entry.name) from error
    write_options(channel, _option_rows(channel, entry))
    _write_credentials(account, entry, now, user)


def _option_rows(channel: Channel, entry: ChannelEntry) -> tuple[OptionRow, ...]:
    """The whole (Global) list: as entered, else as it is stored, else a new channel's presets."""
    rows = entry.options
    if rows is None:
        rows = stored_rows(channel) or (OptionRow(None, preset_values(channel.kind)),)
    first = next(row.values for row in rows if row.order_type is None)
    first = replace(first, site=entry.site_id, site_group=entry.site_group_id, courier_service=entry.courier_service_id)
    others = (row for row in rows if row.order_type is not None)
    return (OptionRow(None, first, entry.late_courier_acknowledged), *others)


def _write_credentials(account: SellerAccount, entry: ChannelEntry, now: datetime, user: User | None) -> None:
    held = "set" if account.refresh_token else ""
    changed, before = False, {"token": held, "token expiry": str(account.token_expiry or "")}
    if entry.auth_token:
        account.refresh_token, account.token_last_four = entry.auth_token, entry.auth_token[-4:]
        account.token_set_at, account.participations_read_at = now, None
        account.token_expiry = entry.token_expiry or expires_on(now.date())
        changed = True
    elif entry.token_expiry is not None and entry.token_expiry != account.token_expiry:
        account.token_expiry = entry.token_expiry
        changed = True
    if entry.auth_token:
        restart_failures(account.pk, now=now)
    if changed:
        account.save()
        after = {
            "token": "changed" if entry.auth_token else held,
            "token expiry": str(account.token_expiry),
        }
        record_audit("save credentials", "SellerAccount", account.pk, before=before, after=after, now=now, user=user)
        triggers.run_periodic_task(triggers.REMIND)


def first_start_date(now: datetime, zone: str) -> date:
    """Start Date of a new channel: one week back, by the zone's calendar."""
    return day_of(now - FIRST_IMPORT_REACHES_BACK, zone)
