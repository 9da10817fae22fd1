"""Sales orders for lists, the ship-by board and the search."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When

from wharfinger.db.models import Channel, Confirmation, OrderTag, SalesOrder, SalesOrderLine
from wharfinger.db.queries.courier_choice import chosen_service
from wharfinger.db.queries.list_groups import channels_by_name, sites_by_name
from wharfinger.db.queries.orders.code_search import orders_by_code
from wharfinger.db.queries.orders.vat import NO_VAT, OrderVat, vat_of_orders
from wharfinger.db.queries.orders.word_search import orders_by_buyer
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, batched, every_row, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, ByGroup, Sorting, Sorts, runs_of
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.channels.options import PRIORITY_FIRST, PRIORITY_LAST
from wharfinger.domain.days import day_of, ends
from wharfinger.domain.orders.order import TO_SHIP, Fulfilment, OrderType, SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState

_DISPATCHABLE = (SalesOrderState.READY, SalesOrderState.READY_IN_PART, SalesOrderState.PART_SHIPPED)


class ShipBy(StrEnum):
    """How urgent an order is that must still leave."""

    LATE = "late"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"
    UNDATED = "undated"
    """It must leave, and Amazon has not said by when."""
    NONE = ""


BOARD = (ShipBy.LATE, ShipBy.TODAY, ShipBy.TOMORROW, ShipBy.LATER)
"""The columns of the ship-by board; `ShipBy.UNDATED` is one too where there are such orders."""


@dataclass(frozen=True, slots=True)
class Day:
    """Trade time now. Today is the day that it is now at an order's marketplace: Amazon's ship-by ends such a day."""

    now: datetime

    def urgency(self, ship_by: datetime | None, state: SalesOrderState, fulfilment: str, zone: str) -> ShipBy:
        """The same definition as `orders_due`, for one order that is read already."""
        if state not in TO_SHIP or fulfilment == Fulfilment.FBA:
            return ShipBy.NONE
        if ship_by is None:
            return ShipBy.UNDATED
        if ship_by < self.now:
            return ShipBy.LATE
        ends_today, ends_tomorrow = self.ends(zone)
        if ship_by < ends_today:
            return ShipBy.TODAY
        return ShipBy.TOMORROW if ship_by < ends_tomorrow else ShipBy.LATER

    def ends(self, zone: str) -> tuple[datetime, datetime]:
        """When the day ends that it is now in the zone, and when the next one does."""
        today = day_of(self.now, zone)
        return ends(today, zone), ends(today + timedelta(days=1), zone)


@dataclass(frozen=True, slots=True)
class SalesOrderFilter:
    """Empty values filter nothing. `search_people`: the search is for buyers too."""

    state: str = ""
    channel_id: int | None = None
    ship_by: str = ""
    site_id: int | None = None
    service_id: int | None = None
    """The courier service that the courier rules choose; 0 = they choose none."""
    unconfirmed: bool = False
    on_hold: bool = False
    tag_id: int | None = None
    invoice_priority: int | None = None
    search: str = ""
    search_people: bool = False


@dataclass(frozen=True, slots=True)
class SalesOrderRow:
    id: int
    code: str
    order_ref: str
    amazon_order_id: str
    channel_id: int
    channel: str
    fulfilment: str
    order_type: OrderType
    state: SalesOrderState
    zone: str
    """Of its marketplace: what ship-by and deliver-by are shown in."""
    urgency: ShipBy
    placed_at: datetime
    ship_by: datetime | None
    shipped_at: datetime | None
    currency: str
    total: Decimal | None
    customer: str
    cancel_requested: bool
    cancel_answered: bool
    summary: str
    units: int
    lines_held: int
    confirmations: tuple[ConfirmationState, ...]
    confirmed: bool
    invoice_priority: int | None
    site: str
    on_hold: bool
    """A person holds it; of a closed order nothing is held."""
    tags: tuple[str, ...]
    cancelling: bool
    """Its cancellation at Amazon is under way."""
    vat: OrderVat | None = None
    """For the seller's own books; None where it was not requested."""

    @property
    def dispatchable(self) -> bool:
        shippable = self.state in _DISPATCHABLE and not self.cancel_unanswered and not self.on_hold
        free = self.confirmed and not self.cancelling
        return shippable and self.fulfilment == Fulfilment.FBM and free

    @property
    def cancel_unanswered(self) -> bool:
        """The buyer requested cancellation, and nobody has said yet what becomes of it."""
        return self.cancel_requested and not self.cancel_answered and self.state.open

    @property
    def waits_for_word(self) -> bool:
        return not self.confirmed and self.state not in (SalesOrderState.CANCELLED, SalesOrderState.MERGED)


_COLUMNS = (
    "id", "code", "order_ref", "imported__amazon_order_id", "imported__summary", "channel_id", "channel__name",
    "channel__kind", "order_type", "state", "placed_at", "ship_by", "shipped_at", "currency", "total",
    "cancel_requested", "cancel_answered_at",
    "channel__marketplace__time_zone", "confirmed", "invoice_priority", "site__name", "on_hold_at",
    "cancelling_at", "divided",
)  # fmt: skip


SALES_ORDER_SORTS: Sorts = {
    "code": ByColumn("code"),
    "order": ByColumn("order_ref"),
    "placed": ByColumn("placed_at"),
    "state": ByGroup("state", lambda: tuple(SalesOrderState)),
    "ship_by": ByColumn("ship_by", nullable=True),
    "channel": ByGroup("channel", channels_by_name),
    "site": ByGroup("site", sites_by_name),
    "type": ByGroup("order_type", lambda: tuple(OrderType)),
    "priority": ByGroup("invoice_priority", lambda: (*range(PRIORITY_FIRST, PRIORITY_LAST + 1), None)),
    "shipped": ByColumn("shipped_at", nullable=True),
    "total": ByColumn("total", nullable=True),
}
_NEWEST_FIRST = (Run(("-placed_at", "-id")),)
_OLDEST_FIRST = (Run(("placed_at", "id")),)
_MOST_URGENT_FIRST = (Run(("ship_by", "id")),)


def list_sales_orders(
    wanted: SalesOrderFilter,
    day: Day,
    *,
    cursor: str = "",
    with_customers: bool,
    sorting: Sorting = UNSORTED,
    size: int = ROWS_A_PAGE,
    with_vat: bool = False,
) -> Page[SalesOrderRow]:
    """Newest first, by ship-by the most urgent or oldest first, unless they are sorted. Customers only by right."""
    rows = _filtered(wanted, day)
    columns, runs = rows.values(*row_columns(with_customers)), _runs(wanted, sorting)
    chosen = bool(sorting.key) and wanted != SalesOrderFilter()
    found = read_runs(columns, runs, cursor, size, light=rows, chosen=chosen)
    return Page(with_units(found.rows, day, with_vat=with_vat), found.earlier, found.later)


def every_sales_order(
    wanted: SalesOrderFilter,
    day: Day,
    *,
    with_customers: bool,
    sorting: Sorting = UNSORTED,
    with_vat: bool = False,
) -> Iterator[SalesOrderRow]:
    """All that `list_sales_orders` pages through, for files."""
    rows = _filtered(wanted, day)
    every = every_row(rows.values(*row_columns(with_customers)), _runs(wanted, sorting), light=rows)
    for some in batched(every, 1000):
        yield from with_units(some, day, with_vat=with_vat)


def add_up_sales_orders(wanted: SalesOrderFilter, day: Day, *, everything: bool = False) -> Totals:
    """Units are those ordered and not cancelled; a service is none."""
    goods = SalesOrderLine.objects.filter(service="")
    return add_up(_filtered(wanted, day), ((goods, "order"),), everything=everything)


def _runs(wanted: SalesOrderFilter, sorting: Sorting) -> Sequence[Run]:
    usual = {ShipBy.NONE: _NEWEST_FIRST, ShipBy.UNDATED: _OLDEST_FIRST}.get(ShipBy(wanted.ship_by), _MOST_URGENT_FIRST)
    return runs_of(SALES_ORDER_SORTS, sorting, usual)


def row_columns(with_customers: bool) -> tuple[str, ...]:
    return (*_COLUMNS, "customer__name") if with_customers else _COLUMNS


def _filtered(wanted: SalesOrderFilter, day: Day) -> QuerySet[SalesOrder]:
    rows = SalesOrder.objects.all()
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.channel_id:
        rows = rows.filter(channel_id=wanted.channel_id)
    if wanted.site_id:
        rows = rows.filter(site_id=wanted.site_id)
    if wanted.service_id is not None:
        chosen = Q(chosen=wanted.service_id) if wanted.service_id else Q(chosen=None)
        rows = rows.alias(chosen=chosen_service()).filter(chosen)
    if wanted.unconfirmed:
        rows = rows.filter(confirmed=False).exclude(state__in=(SalesOrderState.CANCELLED, SalesOrderState.MERGED))
    if wanted.on_hold:
        rows = rows.filter(on_hold_at__isnull=False, state__in=[state for state in SalesOrderState if state.open])
    if wanted.tag_id:
        rows = rows.filter(pk__in=OrderTag.objects.filter(tag=wanted.tag_id).values("order"))
    if wanted.invoice_priority:
        rows = rows.filter(invoice_priority=wanted.invoice_priority)
    if wanted.ship_by:
        rows = rows.filter(_due(ShipBy(wanted.ship_by), day))
    if wanted.search:
        rows = rows.filter(_found_by(wanted))
    return rows


def orders_due(ship_by: ShipBy, day: Day, zones: Mapping[str, Sequence[int]] | None = None) -> QuerySet[SalesOrder]:
    """The one definition of late, today, tomorrow, later and undated: FBM orders that must still leave, held ones too.

    The board, the list's filter and every count are made of it.
    """
    return SalesOrder.objects.filter(_due(ship_by, day, zones))


def count_due(day: Day) -> dict[ShipBy, int]:
    """How many are late, must leave today, tomorrow, have time."""
    rows = SalesOrder.objects.filter(state__in=TO_SHIP, channel__kind=Fulfilment.FBM, ship_by__isnull=False)
    counts = dict(rows.order_by().values_list(due_of(day)).annotate(n=Count("pk")))
    return {each: counts.get(each.value, 0) for each in BOARD}


def channels_by_zone() -> dict[str, list[int]]:
    """FBM channels by the zone of their marketplace's days."""
    zones: dict[str, list[int]] = {}
    for pk, zone in Channel.objects.filter(kind=Fulfilment.FBM).values_list("pk", "marketplace__time_zone"):
        zones.setdefault(zone, []).append(pk)
    return zones


def due_of(day: Day, zones: Mapping[str, Sequence[int]] | None = None) -> Case:
    """Of an order that must leave: late, today … The days end in each zone once, and not in each row: 2 µs a row."""
    whens = [When(ship_by__lt=day.now, then=Value(ShipBy.LATE.value))]
    for zone, channels in (channels_by_zone() if zones is None else zones).items():
        ends_today, ends_tomorrow = day.ends(zone)
        whens += [
            When(ship_by__lt=ends_today, channel__in=channels, then=Value(ShipBy.TODAY.value)),
            When(ship_by__lt=ends_tomorrow, channel__in=channels, then=Value(ShipBy.TOMORROW.value)),
        ]
    return Case(*whens, default=Value(ShipBy.LATER.value), output_field=CharField())


def _due(ship_by: ShipBy, day: Day, zones: Mapping[str, Sequence[int]] | None = None) -> Q:
    to_ship = Q(state__in=TO_SHIP, channel__kind=Fulfilment.FBM)
    if ship_by is ShipBy.LATE:
        return to_ship & Q(ship_by__lt=day.now)
    if ship_by is ShipBy.UNDATED:
        return to_ship & Q(ship_by=None)
    return to_ship & _between(ship_by, day, channels_by_zone() if zones is None else zones)


def _between(ship_by: ShipBy, day: Day, zones: Mapping[str, Sequence[int]]) -> Q:
    """Zone by zone, within bounds that hold for all: PostgreSQL enters the index there."""
    if not zones:
        return Q(pk=None)
    spans = {zone: _span(ship_by, day, zone) for zone in zones}
    whole = Q(ship_by__gte=min(begin for begin, _ in spans.values()))
    ends_at = [end for _, end in spans.values() if end is not None]
    if ends_at:
        whole &= Q(ship_by__lt=max(ends_at))
    each = Q()
    for zone, channels in zones.items():
        begin, end = spans[zone]
        each |= Q(channel__in=channels, ship_by__gte=begin) & (Q(ship_by__lt=end) if end is not None else Q())
    return whole & each


def _span(ship_by: ShipBy, day: Day, zone: str) -> tuple[datetime, datetime | None]:
    ends_today, ends_tomorrow = day.ends(zone)
    match ship_by:
        case ShipBy.TODAY:
            return day.now, ends_today
        case ShipBy.TOMORROW:
            return ends_today, ends_tomorrow
        case _:
            return ends_tomorrow, None


def due_until(day: Day, *, tomorrow: bool) -> Q:
    """Ship-by is past, or within the day that it is now at the marketplace, or within the next one too."""
    until = Q(ship_by__lt=day.now)
    for zone, channels in channels_by_zone().items():
        until |= Q(channel__in=channels, ship_by__lt=day.ends(zone)[int(tomorrow)])
    return until


def _found_by(wanted: SalesOrderFilter) -> Q:
    """By codes, and by buyers for who may see them."""
    codes = orders_by_code(wanted.search)
    buyers = orders_by_buyer(wanted.search) if wanted.search_people else frozenset()
    return Q(pk__in=codes.sales | buyers) | Q(imported__in=codes.imported)


def with_units(found: Sequence[dict[str, Any]], day: Day, *, with_vat: bool = False) -> tuple[SalesOrderRow, ...]:
    vats = vat_of_orders([row["id"] for row in found]) if with_vat else {}
    none_due = NO_VAT if with_vat else None
    ids = [row["id"] for row in found]
    lines: dict[int, dict[str, Any]] = {
        row["order"]: dict(row)
        for row in SalesOrderLine.objects.filter(order__in=ids)
        .values("order")
        .annotate(
            units=Sum(F("quantity_ordered") - F("quantity_cancelled"), filter=Q(service="")),
            held=Count("id", filter=~Q(held_reason="")),
        )
    }
    confirmation_states: dict[int, list[ConfirmationState]] = defaultdict(list)
    rows = Confirmation.objects.filter(shipment__order__in=ids).order_by("id").values_list("shipment__order", "state")
    for order_id, state in rows:
        confirmation_states[order_id].append(state)
    tags: dict[int, list[str]] = defaultdict(list)
    for order_id, tag in OrderTag.objects.filter(order__in=ids).order_by("tag__name").values_list("order", "tag__name"):
        tags[order_id].append(tag)
    summaries = _summaries([row["id"] for row in found if row["divided"]])
    none: dict[str, Any] = {"units": 0, "held": 0}
    return tuple(
        _row(
            row,
            lines.get(row["id"], none),
            tuple(dict.fromkeys(confirmation_states.get(row["id"], ()))),
            tuple(tags.get(row["id"], ())),
            day,
            vats.get(row["id"], none_due),
            summaries.get(row["id"], row["imported__summary"]),
        )
        for row in found
    )


def _summaries(ids: Sequence[int]) -> dict[int, str]:
    """Of parts of an order: their own lines, and not the whole Amazon order's."""
    said: dict[int, list[str]] = defaultdict(list)
    rows = SalesOrderLine.objects.filter(order__in=ids).order_by("pk") if ids else SalesOrderLine.objects.none()
    for order_id, units, title, sku in rows.values_list("order", "quantity_ordered", "title", "sku"):
        said[order_id].append(f"{units} × {title or sku}"[:80])
    return {order_id: ", ".join(lines[:3]) for order_id, lines in said.items()}


def _row(
    row: dict[str, Any],
    lines: dict[str, Any],
    confirmations: tuple[ConfirmationState, ...],
    tags: tuple[str, ...],
    day: Day,
    vat: OrderVat | None,
    summary: str,
) -> SalesOrderRow:
    state, zone = row["state"], row["channel__marketplace__time_zone"]
    return SalesOrderRow(
        id=row["id"],
        code=row["code"],
        order_ref=row["order_ref"],
        amazon_order_id=row["imported__amazon_order_id"],
        channel_id=row["channel_id"],
        channel=row["channel__name"],
        fulfilment=row["channel__kind"],
        order_type=row["order_type"],
        state=state,
        zone=zone,
        urgency=day.urgency(row["ship_by"], state, row["channel__kind"], zone),
        placed_at=row["placed_at"],
        ship_by=row["ship_by"],
        shipped_at=row["shipped_at"],
        currency=row["currency"],
        total=row["total"],
        customer=row.get("customer__name") or "",
        cancel_requested=row["cancel_requested"],
        cancel_answered=row["cancel_answered_at"] is not None,
        summary=summary,
        units=lines["units"] or 0,
        lines_held=lines["held"],
        confirmations=confirmations,
        confirmed=row["confirmed"],
        invoice_priority=row["invoice_priority"],
        site=row["site__name"],
        on_hold=row["on_hold_at"] is not None and state.open,
        tags=tags,
        vat=vat,
        cancelling=row["cancelling_at"] is not None,
    )


@dataclass(frozen=True, slots=True)
class OrderName:
    """What a page that acts on orders says of each."""

    id: int
    code: str
    order_ref: str
    channel: str
    state: SalesOrderState


def order_names(ids: Sequence[int]) -> tuple[OrderName, ...]:
    """Of those that are there, oldest first."""
    rows = SalesOrder.objects.filter(pk__in=ids).order_by("pk")
    return tuple(OrderName(*row) for row in rows.values_list("pk", "code", "order_ref", "channel__name", "state"))
