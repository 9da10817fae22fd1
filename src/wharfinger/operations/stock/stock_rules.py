"""What items, channels and the installation set of their stock rules, and which channel's a SKU follows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Activity,
    Channel,
    ChannelProduct,
    ChannelStockRule,
    InstallationStockRule,
    ItemStockRule,
    Listing,
    StockItem,
    User,
)
from wharfinger.db.queries.stock.rule_csv import plan_rules
from wharfinger.db.queries.stock.rules import InstallationRule, Setting, values_of
from wharfinger.db.queries.stock.stock_out import with_those_that_share
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.rules import RuleSubject
from wharfinger.operations._rows import insert
from wharfinger.operations.installation._history_steps import draft_activity, record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._rule_steps import checked, keep_changes, notice_channels, offered_profile, put
from wharfinger.operations.stock._stock_steps import notice_listings, raise_notices
from wharfinger.operations.transaction import operation

_ERRORS_SHOWN = 5


@operation
def set_item_rule(item_id: int, setting: Setting, *, now: datetime, user: User) -> None:
    """An item's profile and its own values, all of them. Its listings are worked out anew."""
    _set_rules({item_id: setting}, now=now, user=user)


@operation
def assign_profile(item_ids: Collection[int], profile_id: int | None, *, now: datetime, user: User) -> int:
    """The profile of many items, or none; what they set themselves stays. Returns how many changed."""
    held = {row.item_id: row for row in ItemStockRule.objects.filter(any_of("item", item_ids))}
    known = StockItem.objects.filter(any_of("pk", item_ids)).values_list("pk", flat=True)
    settings = {
        item: Setting(profile_id, values_of(held[item])) if item in held else Setting(profile_id) for item in known
    }
    return _set_rules(settings, now=now, user=user)


@operation
def apply_rule_csv(text: str, *, now: datetime, user: User) -> int:
    """Every row of a file of items' stock rules, or none: with one row with errors nothing is changed. Returns how
    many items change."""
    plan = plan_rules(text)
    errors = plan.csv.errors
    if errors:
        named = " ".join(str(error) for error in errors[:_ERRORS_SHOWN])
        if len(errors) <= _ERRORS_SHOWN:
            raise Refused("Nothing was changed. %(errors)s", "file", errors=named)
        more = len(errors) - _ERRORS_SHOWN
        raise Refused("Nothing was changed. %(errors)s And %(more)s more.", "file", errors=named, more=more)
    return _set_rules(plan.settings, now=now, user=user)


def _set_rules(settings: Mapping[int, Setting], *, now: datetime, user: User) -> int:
    """A step for many items at once; returns how many changed."""
    items = StockItem.objects.filter(any_of("pk", settings)).select_for_update(no_key=True).order_by("pk")
    codes = dict(items.values_list("pk", "code"))
    held = {row.item_id: row for row in ItemStockRule.objects.filter(any_of("item", codes))}
    profiles = {}
    for profile_id in {one.profile_id for one in settings.values()}:
        profiles[profile_id] = offered_profile(
            profile_id, profile_id if _held_by_all(profile_id, settings, held) else None
        )
    changed = [item for item in codes if _setting(held.get(item)) != settings[item]]
    _write([(item, settings[item], held.get(item)) for item in changed])
    name_of = {key: profile.name if profile else "" for key, profile in profiles.items()}
    insert(
        Activity,
        [
            draft_activity(
                _sentence(settings[item], name_of[settings[item].profile_id]), item_id=item, now=now, user=user
            )
            for item in changed
        ],
    )
    kept = {item: _kept(settings[item]) for item in changed}
    keep_changes(RuleSubject.ITEM, kept, now=now, user=user)
    raise_notices(changed, cause="Stock rule changed", now=now)
    return len(changed)


def _held_by_all(profile_id: int | None, settings: Mapping[int, Setting], held: Mapping[int, ItemStockRule]) -> bool:
    wanting = [item for item, setting in settings.items() if setting.profile_id == profile_id]
    return all(item in held and held[item].profile_id == profile_id for item in wanting)


def _setting(row: ItemStockRule | ChannelStockRule | None) -> Setting:
    return Setting() if row is None else Setting(row.profile_id, values_of(row))


def _write(wanted: list[tuple[int, Setting, ItemStockRule | None]]) -> None:
    gone: list[int] = []
    new: list[ItemStockRule] = []
    old: list[ItemStockRule] = []
    for item, setting, row in wanted:
        checked(setting.values)
        if setting == Setting():
            gone.append(item)
            continue
        kept = row or ItemStockRule(item_id=item)
        kept.profile_id = setting.profile_id
        put(kept, setting.values)
        (old if row else new).append(kept)
    ItemStockRule.objects.filter(any_of("item", gone)).delete()
    ItemStockRule.objects.bulk_create(new, batch_size=1000)
    columns = ["profile", *Setting().values.as_stored()]
    ItemStockRule.objects.bulk_update(old, columns, batch_size=1000)


def _kept(setting: Setting) -> dict[str, Any]:
    """As the history holds it."""
    return {"profile": setting.profile_id, **setting.values.as_stored()}


def _sentence(setting: Setting, profile: str) -> str:
    if setting == Setting():
        return "The item has no stock rule of its own any more: those of its channels hold."
    own = [f"{name} {value}" for name, value in setting.values.as_stored().items() if value not in (None, "")]
    parts = [f"profile {profile}" if profile else "", ", ".join(own)]
    return f"Stock rule of the item: {'; '.join(part for part in parts if part)}."


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """What a person entered. `leads`: where channels of the account differ for a SKU, this one's rule holds."""

    setting: Setting
    only_specified: bool = False
    leads: bool = False


@operation
def set_channel_rule(channel_id: int, entry: ChannelEntry, *, now: datetime, user: User) -> int:
    """Every listing that the channel sells is worked out anew; returns how many. One channel of an account leads."""
    channel = Channel.objects.select_for_update(of=("self",), no_key=True).get(pk=channel_id)
    if channel.kind is not Fulfilment.FBM:
        raise Refused("Amazon fulfils this channel's orders (FBA): no quantity is ever sent for it.")
    row = ChannelStockRule.objects.filter(channel=channel).first()
    offered_profile(entry.setting.profile_id, row.profile_id if row else None)
    checked(entry.setting.values)
    before = None if row is None else _facts(row)
    row = row or ChannelStockRule(channel=channel)
    led = row.leads
    row.profile_id = entry.setting.profile_id
    row.only_specified, row.leads = entry.only_specified, entry.leads
    put(row, entry.setting.values)
    if entry.leads:
        _follow(channel, now, user)
    row.save()
    after = _facts(row)
    if before == after:
        return 0
    keep_changes(RuleSubject.CHANNEL, {channel.pk: after}, now=now, user=user)
    record_audit("edit", "Stock rule of a channel", channel.pk, before=before, after=after, now=now, user=user)
    record_activity("The channel's stock rule was changed.", channel=channel, now=now, user=user)
    noticed = Q(account=channel.account_id) if entry.leads != led else Q(pk=channel.pk)
    return notice_channels(noticed, cause=f"{channel.name}: stock rule changed", now=now)


def _follow(leader: Channel, now: datetime, user: User) -> None:
    """No other channel of the account leads any more."""
    others = ChannelStockRule.objects.filter(channel__account=leader.account_id, leads=True).exclude(channel=leader)
    led = list(others.order_by("pk"))
    others.update(leads=False)
    kept = {row.channel_id: {**_facts(row), "leads": False} for row in led}
    keep_changes(RuleSubject.CHANNEL, kept, now=now, user=user)


@operation
def set_installation_rule(rule: InstallationRule, *, now: datetime, user: User) -> int:
    """What holds where no item and no channel sets it. Every listing is worked out anew; returns how many."""
    row = InstallationStockRule.objects.select_for_update().first() or InstallationStockRule()
    before = {**values_of(row).as_stored(), "shares": row.shares}
    after = {**checked(rule.values).as_stored(), "shares": rule.shares}
    if after == before:
        return 0
    put(row, rule.values)
    row.shares = rule.shares
    row.save()
    keep_changes(RuleSubject.INSTALLATION, {1: after}, now=now, user=user)
    record_audit("edit", "Stock rule of the installation", 1, before=before, after=after, now=now, user=user)
    return notice_channels(Q(), cause="Stock rule of the installation changed", now=now)


def _facts(row: ChannelStockRule) -> dict[str, Any]:
    own = values_of(row).as_stored()
    return {"profile": row.profile_id, "only_specified": row.only_specified, "leads": row.leads, **own}


@operation
def specify_products(
    channel_id: int, product_ids: Collection[int], specified: bool, *, now: datetime, user: User
) -> int:
    """Which products a channel that uploads specified items only uploads. Returns how many changed."""
    channel = Channel.objects.get(pk=channel_id)
    rows = ChannelProduct.objects.filter(
        any_of("pk", product_ids),
        listing__account_id=channel.account_id,
        marketplace=channel.marketplace_id,
        specified=not specified,
    )
    changed = dict(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "listing"))
    ChannelProduct.objects.filter(any_of("pk", changed)).update(specified=specified)
    merchant = Listing.objects.filter(any_of("pk", changed.values()), fulfilment=Fulfilment.FBM, gone_at=None)
    noticed = dict.fromkeys(merchant.values_list("pk", flat=True), channel.account_id)
    keep_changes(RuleSubject.PRODUCT, dict.fromkeys(changed, {"specified": specified}), now=now, user=user)
    if changed:
        said = "uploaded" if specified else "no longer uploaded"
        record_activity(f"{len(changed)} products are {said} as specified items.", channel=channel, now=now, user=user)
    notice_listings(with_those_that_share(noticed), cause=f"{channel.name}: specified items changed", now=now)
    return len(changed)


@operation
def choose_channel(listing_id: int, channel_id: int | None, *, now: datetime, user: User) -> str:
    """Whose site and stock rule hold for a SKU where channels differ; None = nobody's any more. Returns the SKU."""
    listing = Listing.objects.select_for_update(no_key=True, of=("self",)).filter(pk=listing_id).first()
    if listing is None:
        raise Refused("This listing no longer exists.")
    channel = Channel.objects.filter(pk=channel_id or 0, account=listing.account_id, kind=Fulfilment.FBM).first()
    if channel_id is not None and channel is None:
        raise Refused("Choose one of the channels that sell this SKU.", "channel")
    if listing.rule_channel_id != channel_id:
        listing.rule_channel = channel
        listing.save(update_fields=["rule_channel"])
        keep_changes(RuleSubject.LISTING, {listing.pk: {"channel": channel_id}}, now=now, user=user)
        whose = f"those of {channel.name} hold" if channel else "no channel is chosen any more"
        record_activity(
            f"Site and stock rule of SKU {listing.sku}: {whose}.", listing=listing, channel=channel, now=now, user=user
        )
        cause = f"Rule chosen: {channel.name}" if channel else "Rule no longer chosen"
        notice_listings({listing.pk: listing.account_id}, cause=cause, now=now)
    return listing.sku
