"""Stock profiles and stock rules as their pages show them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, ChannelProduct, ChannelStockRule, ItemStockRule, StockItem, StockProfile
from wharfinger.db.queries.stock.rules import Setting, installation_rule, values_of
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.rules import Origin, Resolved, RuleSource, RuleValues, resolve

_USERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ProfileRow:
    id: int
    name: str
    archived: bool
    version: int
    values: RuleValues
    items: int
    channels: int

    @property
    def used(self) -> bool:
        return bool(self.items or self.channels)


def list_profiles() -> tuple[ProfileRow, ...]:
    """All of them, archived ones last. One query."""
    return tuple(map(_row, _profiles().order_by("archived", "name")))


def profile_row(profile_id: int) -> ProfileRow | None:
    row = _profiles().filter(pk=profile_id).first()
    return None if row is None else _row(row)


def _profiles() -> QuerySet[StockProfile]:
    return StockProfile.objects.annotate(
        item_count=Count("items", distinct=True), channel_count=Count("channels", distinct=True)
    )


def _row(row: StockProfile) -> ProfileRow:
    return ProfileRow(
        id=row.pk,
        name=row.name,
        archived=row.archived,
        version=row.version,
        values=values_of(row),
        items=getattr(row, "item_count", 0),
        channels=getattr(row, "channel_count", 0),
    )


@dataclass(frozen=True, slots=True)
class ProfileUsers:
    """Where a profile is used: the first items by code, and every channel."""

    items: tuple[tuple[int, str], ...]
    channels: tuple[tuple[int, str], ...]


def profile_users(profile_id: int) -> ProfileUsers:
    items = ItemStockRule.objects.filter(profile=profile_id).order_by("item__code")
    channels = ChannelStockRule.objects.filter(profile=profile_id).order_by("channel__name")
    return ProfileUsers(
        tuple(items.values_list("item", "item__code")[:_USERS_SHOWN]),
        tuple(channels.values_list("channel", "channel__name")),
    )


def profile_choices(held: int | None = None) -> tuple[tuple[int, str], ...]:
    """What can be chosen, and the archived one that is held already."""
    rows = StockProfile.objects.filter(Q(archived=False) | Q(pk=held or 0))
    return tuple(rows.order_by("name").values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class ItemRule:
    """An item with what it sets."""

    id: int
    code: str
    name: str
    setting: Setting


def item_rule(item_id: int) -> ItemRule | None:
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        return None
    row = ItemStockRule.objects.filter(item=item_id).first()
    return ItemRule(item.pk, item.code, item.name, _setting(row))


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """What a channel sets, and what comes of it and the installation for an item that sets nothing."""

    setting: Setting
    only_specified: bool
    leads: bool
    resolved: Resolved
    profile: str


def channel_rule(channel_id: int) -> ChannelRule:
    row = ChannelStockRule.objects.filter(channel=channel_id).select_related("profile").first()
    installation = (Origin(RuleSource.INSTALLATION), installation_rule().values)
    if row is None:
        return ChannelRule(Setting(), False, False, resolve([installation]), "")
    layers = [(Origin(RuleSource.CHANNEL), values_of(row))]
    if row.profile is not None:
        layers.append((Origin(RuleSource.CHANNEL_PROFILE, row.profile.name), values_of(row.profile)))
    name = row.profile.name if row.profile else ""
    return ChannelRule(_setting(row), row.only_specified, row.leads, resolve([*layers, installation]), name)


def _setting(row: ItemStockRule | ChannelStockRule | None) -> Setting:
    return Setting() if row is None else Setting(row.profile_id, values_of(row))


def fbm_channels_of(account_id: int) -> int:
    """How many FBM channels an account has: with one alone, no rule of another can differ."""
    return Channel.objects.filter(account=account_id, kind=Fulfilment.FBM, archived=False).count()


def items_of_products(channel_id: int, product_ids: Collection[int]) -> frozenset[int]:
    """The stock items that these products of a channel are linked to."""
    channel = Channel.objects.get(pk=channel_id)
    rows = ChannelProduct.objects.filter(
        any_of("pk", product_ids),
        listing__account=channel.account_id,
        marketplace=channel.marketplace_id,
        item__isnull=False,
    )
    return frozenset(item for item in rows.values_list("item", flat=True) if item is not None)
