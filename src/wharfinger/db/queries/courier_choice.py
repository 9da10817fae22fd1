"""Which courier service the courier rules choose, as SQL: what counts and filters orders by service.

By the lines of an order's courier group, the first that fits; else the courier service of its order type. Before all
that, a Prime order gets a service that buys from Amazon, where its marketplace is set so. So does
`shipping.dispatch_services.chosen_services`, order by order, whose word counts when a parcel leaves: it reads the
address itself. Here its country is a column, which orders of an earlier version do not have: they count as domestic.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When

from wharfinger.db.models import Channel, ChannelOption, CourierGroupRule, CourierService, SalesOrderLine
from wharfinger.db.queries.option_rows import row_of
from wharfinger.domain.channels.options import OptionValues, resolve
from wharfinger.domain.orders.order import OrderType
from wharfinger.domain.shipping.couriers import Consignment, GroupRule, service_for
from wharfinger.domain.shipping.prime import FIRST, PrimeLabels, in_force
from wharfinger.domain.shipping.shipments import Tracking


def services_offered() -> QuerySet[CourierService]:
    """Those that can be chosen: in use, and no exchange of files, which is not available yet."""
    return CourierService.objects.filter(active=True).exclude(tracking=Tracking.LATER)


def group_rule(row: CourierGroupRule) -> GroupRule:
    """A stored line as a value."""
    return GroupRule(row.service_id, row.channel_id, row.service_level, row.country, row.grams_at_most)


KIND = ("channel", "courier_group", "order_type", "service_level", "goes_to")
"""The columns of an order that the rules look at, besides its weight."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`options`: the courier service of (channel, order type); of "" for the types without options of their own."""

    of_groups: Mapping[int, Sequence[GroupRule]]
    options: Mapping[tuple[int, str], int | None]
    countries: Mapping[int, str]
    """Of the marketplace of each channel."""
    primes: Mapping[int, int] = field(default_factory=dict)
    """By channel the service that its Prime orders get before all that."""

    @property
    def groups_that_weigh(self) -> tuple[int, ...]:
        return tuple(
            group for group, rules in self.of_groups.items() if any(rule.grams_at_most is not None for rule in rules)
        )

    def service_of(self, channel: int, group: int | None, order_type: str, level: str, country: str) -> int | None:
        """Of orders whose group weighs nothing."""
        if order_type == OrderType.PRIME and channel in self.primes:
            return self.primes[channel]
        sent = Consignment(channel, level, country or self.countries.get(channel, ""))
        of_group = service_for(self.of_groups.get(group or 0, ()), sent)
        if of_group is not None:
            return of_group
        own = (channel, order_type)
        return self.options[own] if own in self.options else self.options.get((channel, ""))


def read_rules() -> Rules:
    """Three statements; a fourth where a marketplace wants Amazon's labels for its Prime orders."""
    of_groups: dict[int, list[GroupRule]] = {}
    for row in _rows_in_use():
        of_groups.setdefault(row.group_id, []).append(group_rule(row))
    channels = _channels()
    countries = {pk: country for pk, country, _, _ in channels}
    return Rules(of_groups, _options(), countries, _primes(channels))


_Channels = Sequence[tuple[int, str, PrimeLabels, int]]
"""(id, country, how labels of Prime orders are wanted, seller account)."""


def _channels() -> _Channels:
    rows = Channel.objects.values_list("pk", "marketplace__country", "marketplace__prime_labels", "account")
    return [(pk, country, PrimeLabels(wanted), account) for pk, country, wanted, account in rows]


def _primes(channels: _Channels) -> dict[int, int]:
    """By channel the first service that buys from Amazon for its account, where the marketplace wants it."""
    accounts = {pk: account for pk, country, wanted, account in channels if in_force(wanted, country) in FIRST}
    services = services_from_amazon(set(accounts.values()))
    return {pk: services[account] for pk, account in accounts.items() if account in services}


def services_from_amazon(accounts: Collection[int]) -> dict[int, int]:
    """By seller account the first of its services, by name, that buys labels from Amazon. One statement; none for no
    accounts."""
    if not accounts:
        return {}
    rows = services_offered().filter(
        label_service__active=True,
        label_service__connection__active=True,
        label_service__connection__account__in=accounts,
    )
    found: dict[int, int] = {}
    for pk, account in rows.order_by("courier", "name").values_list("pk", "label_service__connection__account"):
        found.setdefault(account or 0, pk)
    return found


def _rows_in_use() -> QuerySet[CourierGroupRule]:
    return CourierGroupRule.objects.filter(service__in=services_offered()).order_by("group", "position")


def _options() -> dict[tuple[int, str], int | None]:
    """The courier service of an order type's own options, else of the channel's (Global) ones."""
    rows: dict[int, dict[str, OptionValues]] = {}
    for row in ChannelOption.objects.all():
        rows.setdefault(row.channel_id, {})[str(row.order_type)] = row_of(row).values
    found: dict[tuple[int, str], int | None] = {}
    for channel_id, of_types in rows.items():
        everything = of_types.get("", OptionValues())
        for order_type, own in of_types.items():
            service = resolve(everything, own, OptionValues()).values.courier_service
            found[channel_id, order_type] = service
        found.setdefault((channel_id, ""), None)
    return found


def chosen_service() -> Case:
    """The id of an order's courier service, NULL where none is chosen; for a query of sales orders.

    Three statements read the rules; a fourth where a marketplace wants Amazon's labels for its Prime orders.
    """
    channels = _channels()
    at_home = _by_country(channels)
    primes: dict[int, list[int]] = {}
    for channel_id, service_id in _primes(channels).items():
        primes.setdefault(service_id, []).append(channel_id)
    whens = [
        When(order_type=OrderType.PRIME, channel__in=of_service, then=Value(service_id))
        for service_id, of_service in sorted(primes.items())
    ]
    whens += [When(_fits(row, at_home), then=Value(row.service_id)) for row in _rows_in_use()]
    options = sorted(_options().items(), key=lambda each: (each[0][0], not each[0][1]))
    for (channel_id, order_type), service in options:
        only = {"order_type": order_type} if order_type else {}
        whens.append(When(channel=channel_id, **only, then=Value(service)))
    return Case(*whens, default=Value(None), output_field=IntegerField())


def _by_country(channels: _Channels) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for pk, country, _, _ in channels:
        found.setdefault(country.upper(), []).append(pk)
    return found


def _fits(row: CourierGroupRule, at_home: Mapping[str, list[int]]) -> Q:
    """As `domain.shipping.couriers.fits`. What costs most is looked at last, and only where the rest holds."""
    fits = Q(courier_group=row.group_id)
    if row.channel_id is not None:
        fits &= Q(channel=row.channel_id)
    if row.service_level:
        fits &= Q(service_level__iexact=row.service_level)
    if row.country:
        country = row.country.upper()
        fits &= Q(goes_to=country) | Q(goes_to="", channel__in=at_home.get(country, []))
    if row.grams_at_most is not None:
        fits &= ~Exists(_open_lines().filter(item__weight_grams=None)) & ~Exists(_heavier_than(row.grams_at_most))
    return fits


def _open_lines() -> QuerySet[SalesOrderLine]:
    """Of the order that is looked at: those with units still to be sent."""
    sent = F("quantity_cancelled") + F("quantity_shipped")
    return SalesOrderLine.objects.filter(order=OuterRef("pk"), service="", quantity_ordered__gt=sent)


def _heavier_than(grams: int) -> QuerySet[SalesOrderLine, Any]:
    units = F("quantity_ordered") - F("quantity_cancelled") - F("quantity_shipped")
    weight = Sum(units * F("item__weight_grams"), output_field=IntegerField())
    return _open_lines().order_by().values("order").annotate(weight=weight).filter(weight__gt=grams)
