"""The ship-by board: what is late, must leave today, tomorrow or later, by site and courier service.

Late and today are those of `orders.sales_orders` and `orders.late`: one definition. All is counted by one statement,
from one index; those without a ship-by, which are few, by another, from its end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q

from wharfinger.db.models import ChannelOption, CourierCutOff, CourierService, SalesOrder, Site
from wharfinger.db.queries.courier_choice import KIND, chosen_service, read_rules
from wharfinger.db.queries.orders.sales_orders import (
    BOARD,
    Day,
    SalesOrderRow,
    ShipBy,
    channels_by_zone,
    due_of,
    orders_due,
    row_columns,
    with_units,
)
from wharfinger.domain.counts import counted
from wharfinger.domain.marketplaces import zone_of_country
from wharfinger.domain.orders.order import TO_SHIP
from wharfinger.domain.shipping.cut_offs import CutOff, next_collection, read_weekdays

CARDS_A_COLUMN = 20


@dataclass(frozen=True, slots=True)
class Collection:
    """Orders of one site with one courier service. `service_id` 0: the courier rules choose none.

    `leaves_at`: when the service collects next; None = no cut-off is set. `zone`: the site's.
    """

    site_id: int
    site: str
    service_id: int
    service: str
    zone: str
    leaves_at: datetime | None
    counts: Mapping[ShipBy, int]
    channel_id: int | None = None
    """Of the one channel that the board shows."""

    @property
    def query(self) -> str:
        """What finds its orders in a list."""
        found = {"site": self.site_id, "service": self.service_id, "channel": self.channel_id}
        return urlencode({name: value for name, value in found.items() if value is not None})

    @property
    def late(self) -> int:
        return self.counts.get(ShipBy.LATE, 0)

    @property
    def today(self) -> int:
        return self.counts.get(ShipBy.TODAY, 0)

    @property
    def tomorrow(self) -> int:
        return self.counts.get(ShipBy.TOMORROW, 0)

    @property
    def later(self) -> int:
        return self.counts.get(ShipBy.LATER, 0)

    @property
    def undated(self) -> int:
        return self.counts.get(ShipBy.UNDATED, 0)

    @property
    def urgent(self) -> int:
        return self.late + self.today


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """The most urgent rows of one column, and how many there are in all."""

    urgency: ShipBy
    orders: tuple[SalesOrderRow, ...]
    count: int

    @property
    def written_count(self) -> str:
        return counted(self.count, "order")


@dataclass(frozen=True, slots=True)
class Board:
    collections: tuple[Collection, ...]
    columns: tuple[BoardColumn, ...]

    @property
    def undated(self) -> int:
        """Orders without a ship-by: there is a column for them only where there are some."""
        return sum(column.count for column in self.columns if column.urgency is ShipBy.UNDATED)


def ship_by_board(day: Day, *, channel_id: int | None = None, with_customers: bool) -> Board:
    """FBM orders that must still leave. Collections: those with something late or for today first, by their cut-off."""
    zones = channels_by_zone()
    if channel_id is not None:
        zones = {zone: [channel_id] for zone, channels in zones.items() if channel_id in channels}
    counts = _counts(day, zones)
    totals = {each: sum(row.get(each, 0) for row in counts.values()) for each in (*BOARD, ShipBy.UNDATED)}
    if not totals[ShipBy.UNDATED]:
        del totals[ShipBy.UNDATED]
    return Board(_collections(counts, day.now, channel_id), _columns(day, totals, zones, with_customers=with_customers))


def _counts(day: Day, zones: Mapping[str, Sequence[int]]) -> dict[tuple[int, int], dict[ShipBy, int]]:
    """By (site, service): counted by what the rules look at, then each kind of order is given its service."""
    every = SalesOrder.objects.filter(state__in=TO_SHIP, channel__in=[pk for ids in zones.values() for pk in ids])
    rows = every.filter(ship_by__isnull=False).order_by()
    rules = read_rules()
    weighed = rules.groups_that_weigh
    light = rows.exclude(courier_group__in=weighed) if weighed else rows
    found: dict[tuple[int, int], dict[ShipBy, int]] = {}
    of_zones = {zone: day.ends(zone) for zone in zones}
    ends = {channel: of_zones[zone] for zone, channels in zones.items() for channel in channels}
    moments = sorted({day.now, *(end for of_zone in ends.values() for end in of_zone)})
    before = {f"before_{place}": Count("pk", filter=Q(ship_by__lt=at)) for place, at in enumerate(moments)}
    # Most orders are due later than every moment: only the others, a range of the index, are compared with each.
    soon = {
        tuple(kind): dict(zip(moments, numbers, strict=True))
        for kind, numbers in _split(light.filter(ship_by__lt=moments[-1]).values_list("site", *KIND).annotate(**before))
    }
    nothing = dict.fromkeys(moments, 0)
    for kind, (count,) in _split(light.values_list("site", *KIND).annotate(n=Count("pk"))):
        for due, of_due in _by_due(soon.get(kind, nothing), day.now, ends[kind[1]], count).items():
            _add(found, kind[0], rules.service_of(*kind[1:]), due, of_due)
    if weighed:
        heavy = rows.filter(courier_group__in=weighed).annotate(service=chosen_service())
        for site, due, service, count in heavy.values_list("site", due_of(day, zones), "service").annotate(
            n=Count("pk")
        ):
            _add(found, site, service, due, count)
    undated = every.filter(ship_by__isnull=True).order_by()
    light = undated.exclude(courier_group__in=weighed) if weighed else undated
    for kind, (count,) in _split(light.values_list("site", *KIND).annotate(n=Count("pk"))):
        _add(found, kind[0], rules.service_of(*kind[1:]), ShipBy.UNDATED, count)
    if weighed:
        heavy = undated.filter(courier_group__in=weighed).annotate(service=chosen_service())
        for site, service, count in heavy.values_list("site", "service").annotate(n=Count("pk")):
            _add(found, site, service, ShipBy.UNDATED, count)
    return found


def _split(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], tuple[int, ...]]]:
    """(site and kind, what was counted of it)."""
    for row in rows:
        yield row[: len(KIND) + 1], row[len(KIND) + 1 :]


def _by_due(
    due_before: Mapping[datetime, int], now: datetime, ends: tuple[datetime, datetime], count: int
) -> dict[ShipBy, int]:
    """As `due_of`, from how many are due before each moment: comparing moments costs a row half of what naming its
    column does (measured with 100,000 open orders)."""
    today, tomorrow = (due_before[end] for end in ends)
    late = due_before[now]
    found = {
        ShipBy.LATE: late,
        ShipBy.TODAY: today - late,
        ShipBy.TOMORROW: tomorrow - today,
        ShipBy.LATER: count - tomorrow,
    }
    return {due: of_due for due, of_due in found.items() if of_due}


def _add(found: dict[tuple[int, int], dict[ShipBy, int]], site: int, service: int | None, due: str, count: int) -> None:
    counts = found.setdefault((site, service or 0), {})
    counts[ShipBy(due)] = counts.get(ShipBy(due), 0) + count


def _collections(
    counts: Mapping[tuple[int, int], Mapping[ShipBy, int]], now: datetime, channel_id: int | None
) -> tuple[Collection, ...]:
    sites = {site.pk: site for site in Site.objects.filter(pk__in={site for site, _ in counts})}
    services = CourierService.objects.in_bulk([service for _, service in counts if service])
    zones = site_zones(sites.values())
    cut_offs = {
        (row.site_id, row.service_id): CutOff(row.at, read_weekdays(row.weekdays))
        for row in CourierCutOff.objects.filter(site__in=sites)
    }
    rows = []
    for (site, service), of_both in counts.items():
        cut_off = cut_offs.get((site, service))
        leaves_at = next_collection(cut_off, zones[site], now) if cut_off else None
        named = str(services[service]) if service in services else ""
        rows.append(Collection(site, sites[site].name, service, named, zones[site], leaves_at, of_both, channel_id))
    return tuple(sorted(rows, key=_place))


def _place(row: Collection) -> tuple[Any, ...]:
    far = row.leaves_at is None
    return (not row.urgent, far, row.leaves_at if row.leaves_at is not None else 0, row.site, row.service)


def site_zones(sites: Iterable[Site]) -> dict[int, str]:
    """The zone of each site's wall clock: its own, else its country's, else that of the first channel that uses it."""
    found = {site.pk: site.time_zone or zone_of_country(site.country) for site in sites}
    unknown = [pk for pk, zone in found.items() if not zone]
    if unknown:
        zone = "channel__marketplace__time_zone"
        rows = ChannelOption.objects.order_by("-channel")
        found |= dict(rows.filter(site_group__sites__in=unknown).values_list("site_group__sites", zone))
        found |= dict(rows.filter(site__in=unknown).values_list("site", zone))
    return {pk: zone or "UTC" for pk, zone in found.items()}


def _columns(
    day: Day, totals: Mapping[ShipBy, int], zones: Mapping[str, Sequence[int]], *, with_customers: bool
) -> tuple[BoardColumn, ...]:
    cards: dict[ShipBy, list[dict[str, Any]]] = {}
    channels = [pk for ids in zones.values() for pk in ids]
    for urgency in totals:
        rows = orders_due(urgency, day, zones).filter(channel__in=channels)
        found = rows.order_by("ship_by", "id").values(*row_columns(with_customers))
        cards[urgency] = list(found[:CARDS_A_COLUMN]) if totals[urgency] else []
    rows_by_id = {row.id: row for row in with_units([card for some in cards.values() for card in some], day)}
    return tuple(
        BoardColumn(urgency, tuple(rows_by_id[card["id"]] for card in cards[urgency]), totals[urgency])
        for urgency in totals
    )
