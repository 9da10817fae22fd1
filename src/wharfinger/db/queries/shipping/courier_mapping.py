"""A channel's courier mapping as its page shows it: Amazon's levels in, our services out."""

from collections import Counter
from dataclasses import dataclass

from wharfinger.db.models import (
    Channel,
    ChannelOption,
    CourierGroup,
    CourierLevelMapping,
    CourierMapping,
    CourierService,
    SalesOrder,
)
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.shipping.carriers import is_listed

ORDERS_LOOKED_AT = 5_000
"""The newest of the channel: their service levels are offered for mapping."""


@dataclass(frozen=True, slots=True)
class LevelRow:
    """`orders`: how many of the newest orders have the level. `group_id` None = not mapped."""

    service_level: str
    orders: int
    group_id: int | None
    group: str
    invoice_priority: int | None


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """`code` empty = not mapped for this channel: the service's own code is sent."""

    service_id: int
    service: str
    in_use: bool
    chosen: bool
    """The channel's options name the service."""
    code: str
    name: str
    method: str
    own_code: str
    own_name: str

    @property
    def sent_code(self) -> str:
        return self.code or self.own_code

    @property
    def sent_name(self) -> str:
        return self.name if self.code else self.own_name

    @property
    def listed(self) -> bool:
        return is_listed(self.sent_code)


@dataclass(frozen=True, slots=True)
class MappingPage:
    id: int
    name: str
    version: int
    kind: Fulfilment
    marketplace: str
    country: str
    levels: tuple[LevelRow, ...]
    carriers: tuple[CarrierRow, ...]


def mapping_page(channel_id: int) -> MappingPage | None:
    """Five queries besides the channel's own, however much is mapped."""
    channel = Channel.objects.select_related("marketplace").filter(pk=channel_id).first()
    if channel is None:
        return None
    return MappingPage(
        id=channel.pk,
        name=channel.name,
        version=channel.version,
        kind=channel.kind,
        marketplace=channel.marketplace.name,
        country=channel.marketplace.country,
        levels=_levels(channel_id),
        carriers=_carriers(channel_id),
    )


def _levels(channel_id: int) -> tuple[LevelRow, ...]:
    """Mapped levels, and those seen on orders; the most frequent first."""
    newest = (
        SalesOrder.objects.filter(channel=channel_id).order_by("-placed_at").values_list("service_level", flat=True)
    )
    seen = Counter(level for level in newest[:ORDERS_LOOKED_AT] if level)
    mapped = {
        row.service_level.casefold(): row
        for row in CourierLevelMapping.objects.filter(channel=channel_id).select_related("group")
    }
    folded = {level.casefold() for level in seen}
    levels = [*seen, *(row.service_level for key, row in mapped.items() if key not in folded)]
    rows = [_level(level, seen[level], mapped.get(level.casefold())) for level in levels]
    return tuple(sorted(rows, key=lambda row: (-row.orders, row.service_level)))


def _level(level: str, orders: int, row: CourierLevelMapping | None) -> LevelRow:
    if row is None:
        return LevelRow(level, orders, None, "", None)
    return LevelRow(level, orders, row.group_id, str(row.group), row.invoice_priority)


def _carriers(channel_id: int) -> tuple[CarrierRow, ...]:
    """The services that are in use or mapped; the channel's own first, then what is mapped."""
    mapped = {row.service_id: row for row in CourierMapping.objects.filter(channel=channel_id)}
    chosen = set(ChannelOption.objects.filter(channel=channel_id).values_list("courier_service_id", flat=True))
    rows = [
        _carrier(service, mapped.get(service.pk), chosen=service.pk in chosen)
        for service in CourierService.objects.order_by("courier", "name")
        if service.active or service.pk in mapped
    ]
    return tuple(sorted(rows, key=lambda row: (not row.chosen, not row.code)))


def _carrier(service: CourierService, row: CourierMapping | None, *, chosen: bool) -> CarrierRow:
    return CarrierRow(
        service_id=service.pk,
        service=str(service),
        in_use=service.active,
        chosen=chosen,
        code=row.carrier_code if row else "",
        name=row.carrier_name if row else "",
        method=row.shipping_method if row else "",
        own_code=service.amazon_carrier_code,
        own_name=service.amazon_carrier_name,
    )


def group_choices(channel_id: int) -> list[tuple[int, str]]:
    """Groups that a level may be mapped to: nothing archived, but for what is mapped already."""
    held = set(CourierLevelMapping.objects.filter(channel=channel_id).values_list("group_id", flat=True))
    rows = CourierGroup.objects.order_by("name").values_list("pk", "name", "archived")
    return [
        (pk, f"{name} (archived)" if archived else name) for pk, name, archived in rows if not archived or pk in held
    ]
