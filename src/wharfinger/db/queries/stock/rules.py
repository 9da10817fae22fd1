"""Which stock rule holds for an item on a channel: read for many at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Channel,
    ChannelStockRule,
    InstallationStockRule,
    ItemStockRule,
    StockProfile,
)
from wharfinger.domain.stock.rules import NO_RULE, Layer, Origin, Resolved, RuleSource, RuleValues, resolve

RuleRow = StockProfile | ItemStockRule | ChannelStockRule | InstallationStockRule


@dataclass(frozen=True, slots=True)
class InstallationRule:
    """What holds where no item and no channel sets it; `shares`: the percents of an item's listings share its stock."""

    values: RuleValues = RuleValues()
    shares: bool = False


def installation_rule() -> InstallationRule:
    row = InstallationStockRule.objects.first()
    return InstallationRule() if row is None else InstallationRule(values_of(row), row.shares)


def values_of(row: RuleRow) -> RuleValues:
    return RuleValues(row.percent, row.rounding or None, row.buffer, row.send_zero_at, row.cap)


def profile_values(profiles: Iterable[StockProfile]) -> dict[int, tuple[str, RuleValues]]:
    return {row.pk: (row.name, values_of(row)) for row in profiles}


@dataclass(frozen=True, slots=True)
class Setting:
    """What an item or a channel sets: a profile, and values of its own that beat it."""

    profile_id: int | None = None
    values: RuleValues = RuleValues()


@dataclass(frozen=True, slots=True)
class PlaceAsIf:
    """Sites, (id, name) by priority, and the name of the site or group."""

    sites: tuple[tuple[int, str], ...]
    name: str


@dataclass(frozen=True, slots=True)
class AsIf:
    """What a form holds that is not saved yet, for a preview: by profile, item or channel, what it would set.

    `only_specified`: by channel, whether it would upload specified items only; `leads`: whether its rule would hold
    where channels differ; `places`: where it would sell from.
    """

    profiles: Mapping[int, tuple[str, RuleValues]] = field(default_factory=dict)
    items: Mapping[int, Setting] = field(default_factory=dict)
    channels: Mapping[int, Setting] = field(default_factory=dict)
    only_specified: Mapping[int, bool] = field(default_factory=dict)
    leads: Mapping[int, bool] = field(default_factory=dict)
    places: Mapping[int, PlaceAsIf] = field(default_factory=dict)
    installation: InstallationRule | None = None


AS_IT_IS = AsIf()


class Rules:
    """The rules of these items on these channels, in one query; the channels come with their `stock_rule`.

    The profiles that these name are read by a second one, where there are any.
    """

    def __init__(
        self, item_ids: Collection[int], channels: Iterable[Channel], installation: InstallationRule, as_if: AsIf
    ) -> None:
        rows = ItemStockRule.objects.filter(any_of("item", item_ids))
        self._items = {row.item_id: Setting(row.profile_id, values_of(row)) for row in rows} | dict(as_if.items)
        self._channels = {channel.pk: setting_of(channel) for channel in channels} | dict(as_if.channels)
        self._installation = installation.values
        settings = [*self._items.values(), *self._channels.values()]
        named = {one.profile_id for one in settings if one.profile_id is not None} - set(as_if.profiles)
        read = profile_values(StockProfile.objects.filter(pk__in=named)) if named else {}
        self._profiles = read | dict(as_if.profiles)
        self._known: dict[tuple[int | None, int], Resolved] = {}

    def of(self, item_id: int, channel_id: int) -> Resolved:
        key = (item_id if item_id in self._items else None, channel_id)
        if key not in self._known:
            self._known[key] = self._resolved(*key)
        return self._known[key]

    def profile_of(self, item_id: int, channel_id: int) -> int | None:
        """The item's stock profile, else the channel's."""
        own = self._items.get(item_id)
        if own is not None and own.profile_id is not None:
            return own.profile_id
        channel = self._channels.get(channel_id)
        return None if channel is None else channel.profile_id

    def _resolved(self, item_id: int | None, channel_id: int) -> Resolved:
        layers: list[Layer] = []
        if item_id is not None:
            layers += self._layers(self._items[item_id], RuleSource.ITEM, RuleSource.ITEM_PROFILE)
        if channel_id in self._channels:
            layers += self._layers(self._channels[channel_id], RuleSource.CHANNEL, RuleSource.CHANNEL_PROFILE)
        if not self._installation.empty:
            layers.append((Origin(RuleSource.INSTALLATION), self._installation))
        return resolve(layers) if layers else NO_RULE

    def _layers(self, setting: Setting, own: RuleSource, by_profile: RuleSource) -> list[Layer]:
        layers: list[Layer] = [(Origin(own), setting.values)]
        if setting.profile_id is not None:
            name, values = self._profiles[setting.profile_id]
            layers.append((Origin(by_profile, name), values))
        return layers


def setting_of(channel: Channel) -> Setting:
    """Of a channel with its `stock_rule`, which need not be there."""
    row = stock_rule_of(channel)
    return Setting() if row is None else Setting(row.profile_id, values_of(row))


def stock_rule_of(channel: Channel) -> ChannelStockRule | None:
    found: ChannelStockRule | None = getattr(channel, "stock_rule", None)
    return found
