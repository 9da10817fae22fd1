"""Courier services as a dispatch offers them: the one that the order's courier group chooses comes first."""

from dataclasses import dataclass

from wharfinger.db.models import (
    ChannelOption,
    CourierGroupRule,
    CourierMapping,
    SalesOrder,
    SalesOrderLine,
)
from wharfinger.db.queries.option_rows import (
    row_of,
)
from wharfinger.db.queries.shipping.courier_groups import group_rule
from wharfinger.db.queries.shipping.couriers import services_offered
from wharfinger.domain.channels.options import OptionValues, resolve
from wharfinger.domain.shipping.couriers import Consignment, service_for, weight_of
from wharfinger.domain.shipping.shipments import Tracking


@dataclass(frozen=True, slots=True)
class Service:
    """A courier service as the dispatch form offers it. `why` it comes first; empty for the others."""

    id: int
    title: str
    tracking: Tracking
    gives_number: bool
    mapped: bool
    why: str = ""


def services_for(order_id: int) -> tuple[Service, ...]:
    """The active services: the order's own first, then those that its channel has mapped, then the rest."""
    order = SalesOrder.objects.select_related("channel__marketplace", "courier_group").get(pk=order_id)
    first, why = _chosen(order)
    mapped = set(CourierMapping.objects.filter(channel=order.channel_id).values_list("service_id", flat=True))
    services = [
        Service(
            row.pk,
            str(row),
            row.tracking,
            row.gives_number,
            row.pk in mapped,
            why if row.pk == first else "",
        )
        for row in services_offered().order_by("courier", "name")
    ]
    return tuple(sorted(services, key=lambda service: (service.id != first, not service.mapped, service.title)))


def _chosen(order: SalesOrder) -> tuple[int | None, str]:
    """By the lines of the order's courier group, else the courier service of its order type; and why."""
    if order.courier_group_id is not None:
        chosen = _of_group(order, order.courier_group_id)
        if chosen is not None:
            return chosen, f"chosen by the courier group {order.courier_group}"
    rows = {row.order_type: row for row in ChannelOption.objects.filter(channel=order.channel_id)}
    everything = row_of(rows[""]).values if "" in rows else OptionValues()
    override = row_of(rows[order.order_type]).values if order.order_type in rows else None
    own = resolve(everything, override, OptionValues()).values.courier_service
    return own, f"the courier service of {order.channel}"


def _of_group(order: SalesOrder, group_id: int) -> int | None:
    rules = CourierGroupRule.objects.filter(group=group_id, service__in=services_offered())
    delivery = order.own_delivery or order.delivery or {}
    lines = SalesOrderLine.objects.filter(order=order.pk).select_related("item")
    sent = Consignment(
        channel=order.channel_id,
        service_level=order.service_level,
        country=delivery.get("country") or order.channel.marketplace.country,
        grams=weight_of((line.quantity_open, line.item.weight_grams if line.item else None) for line in lines),
    )
    return service_for([group_rule(rule) for rule in rules], sent)


def services_with_numbers() -> tuple[Service, ...]:
    """The active services that make the tracking number themselves: for dispatching many orders in one go."""
    rows = services_offered().filter(gives_number=True).order_by("courier", "name")
    return tuple(Service(row.pk, str(row), row.tracking, True, mapped=False) for row in rows)
