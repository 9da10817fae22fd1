"""Courier services as a dispatch offers them: the one that the order's courier group chooses comes first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    ChannelOption,
    CourierGroupRule,
    CourierMapping,
    CourierService,
    SalesOrder,
    SalesOrderLine,
)
from wharfinger.db.queries.courier_choice import group_rule, services_from_amazon, services_offered
from wharfinger.db.queries.option_rows import (
    row_of,
)
from wharfinger.domain.channels.options import OptionValues, resolve
from wharfinger.domain.orders.order import OrderType
from wharfinger.domain.shipping.connections import CAPABILITIES
from wharfinger.domain.shipping.couriers import Consignment, GroupRule, service_for, weight_of
from wharfinger.domain.shipping.number_lists import NamedService
from wharfinger.domain.shipping.prime import FIRST, in_force
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
    buys_labels: bool = False
    """Through a courier connection."""
    by_offers: bool = False
    """Its labels are chosen among offers."""


def services_for(order_id: int) -> tuple[Service, ...]:
    """The active services: the order's own first, then those that its channel has mapped, then the rest."""
    channel = SalesOrder.objects.values_list("channel_id", flat=True).get(pk=order_id)
    first, why = chosen_services([order_id])[order_id]
    mapped = set(CourierMapping.objects.filter(channel=channel).values_list("service_id", flat=True))
    services = [
        Service(
            row.pk,
            str(row),
            row.tracking,
            row.gives_number,
            row.pk in mapped,
            why if row.pk == first else "",
            _buys_labels(row),
            _buys_labels(row) and _by_offers(row),
        )
        for row in services_offered().select_related("label_service__connection").order_by("courier", "name")
    ]
    return tuple(sorted(services, key=lambda service: (service.id != first, not service.mapped, service.title)))


def _buys_labels(row: CourierService) -> bool:
    code = row.label_service
    return code is not None and code.active and code.connection.active


def _by_offers(row: CourierService) -> bool:
    code = row.label_service
    return code is not None and CAPABILITIES[code.connection.kind].quotes


def chosen_services(order_ids: Collection[int]) -> dict[int, tuple[int | None, str]]:
    """Of each order: by the lines of its courier group, else the courier service of its order type; and why. A Prime
    order gets a service that buys from Amazon before that, where its marketplace is set so.

    Four statements, however many orders; one more where there are such Prime orders.
    """
    orders = list(
        SalesOrder.objects.filter(any_of("pk", order_ids)).select_related("channel__marketplace", "courier_group")
    )
    options: dict[int, dict[str, ChannelOption]] = {}
    for row in ChannelOption.objects.filter(any_of("channel", {order.channel_id for order in orders})):
        options.setdefault(row.channel_id, {})[str(row.order_type)] = row
    of_groups = _of_groups([order for order in orders if order.courier_group_id is not None])
    primes = services_from_amazon({order.channel.account_id for order in orders if _is_prime(order)})
    found = {order.pk: _chosen(order, of_groups.get(order.pk), options.get(order.channel_id, {})) for order in orders}
    for order in orders:
        service = primes.get(order.channel.account_id) if _is_prime(order) else None
        if service is not None:
            found[order.pk] = (service, f"labels of Prime orders are bought from Amazon for {order.channel}")
    return found


def _is_prime(order: SalesOrder) -> bool:
    """Amazon's labels come first."""
    marketplace = order.channel.marketplace
    return order.order_type == OrderType.PRIME and in_force(marketplace.prime_labels, marketplace.country) in FIRST


def _chosen(order: SalesOrder, of_group: int | None, rows: Mapping[str, ChannelOption]) -> tuple[int | None, str]:
    if of_group is not None:
        return of_group, f"chosen by the courier group {order.courier_group}"
    everything = row_of(rows[""]).values if "" in rows else OptionValues()
    override = row_of(rows[order.order_type]).values if order.order_type in rows else None
    own = resolve(everything, override, OptionValues()).values.courier_service
    return own, f"the courier service of {order.channel}"


def _of_groups(orders: Sequence[SalesOrder]) -> dict[int, int | None]:
    if not orders:
        return {}
    rules: dict[int, list[GroupRule]] = {}
    groups = {order.courier_group_id or 0 for order in orders}
    for row in CourierGroupRule.objects.filter(any_of("group", groups), service__in=services_offered()):
        rules.setdefault(row.group_id, []).append(group_rule(row))
    lines: dict[int, list[SalesOrderLine]] = {order.pk: [] for order in orders}
    for line in SalesOrderLine.objects.filter(any_of("order", lines)).select_related("item"):
        lines[line.order_id].append(line)
    return {
        order.pk: service_for(rules.get(order.courier_group_id or 0, ()), _consignment(order, lines[order.pk]))
        for order in orders
    }


def _consignment(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> Consignment:
    delivery = order.own_delivery or order.delivery or {}
    return Consignment(
        channel=order.channel_id,
        service_level=order.service_level,
        country=delivery.get("country") or order.channel.marketplace.country,
        grams=weight_of((line.quantity_open, line.item.weight_grams if line.item else None) for line in lines),
    )


def named_services() -> tuple[NamedService, ...]:
    """Those that a row of a list may name."""
    rows = services_offered().order_by("courier", "name").values_list("pk", "courier", "name")
    return tuple(NamedService(*row) for row in rows)


def services_with_numbers() -> tuple[Service, ...]:
    """The active services that make the tracking number themselves: for dispatching many orders in one go."""
    rows = services_offered().filter(gives_number=True).order_by("courier", "name")
    return tuple(Service(row.pk, str(row), row.tracking, True, mapped=False) for row in rows)
