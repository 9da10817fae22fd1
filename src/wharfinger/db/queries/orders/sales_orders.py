"""Sales orders for lists, the ship-by board and the search."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from wharfinger.db.models import Confirmation, OrderTag, SalesOrder, SalesOrderLine
from wharfinger.db.queries.list_groups import channels_by_name, sites_by_name
from wharfinger.db.queries.orders.code_search import orders_by_code
from wharfinger.db.queries.orders.order_days import end_of_today
from wharfinger.db.queries.orders.vat import NO_VAT, OrderVat, vat_of_orders
from wharfinger.db.queries.orders.word_search import orders_by_buyer
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, batched, every_row, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, ByGroup, Sorting, Sorts, runs_of
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.channels.options import PRIORITY_FIRST, PRIORITY_LAST
from wharfinger.domain.counts import counted
from wharfinger.domain.days import day_of, ends
from wharfinger.domain.orders.order import Fulfilment, OrderType, SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState

_DISPATCHABLE = (SalesOrderState.READY, SalesOrderState.READY_IN_PART, SalesOrderState.PART_SHIPPED)
TO_SHIP_STATES = (
    SalesOrderState.READY,
    SalesOrderState.READY_IN_PART,
    SalesOrderState.PART_SHIPPED,
    SalesOrderState.AWAITING_STOCK,
    SalesOrderState.HELD,
)


class ShipBy(StrEnum):
    """How urgent an order is that must still leave."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Day:
    """Trade time now. Today is the day that it is now at an order's marketplace: Amazon's ship-by ends such a day."""

    now: datetime

    def urgency(self, ship_by: datetime | None, state: SalesOrderState, fulfilment: str, zone: str) -> ShipBy:
        """The same definition as `orders_due`, for one order that is read already."""
        if ship_by is None or state not in TO_SHIP_STATES or fulfilment == Fulfilment.FBA:
            return ShipBy.NONE
        if ship_by < self.now:
            return ShipBy.LATE
        return ShipBy.TODAY if ship_by < ends(day_of(self.now, zone), zone) else ShipBy.LATER


@dataclass(frozen=True, slots=True)
class SalesOrderFilter:
    """Empty values filter nothing. `search_people`: the search is for buyers too."""

    state: str = ""
    channel_id: int | None = None
    ship_by: str = ""
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
    """Newest first, with a ship-by filter the most urgent first, unless they are sorted. Customers only by right."""
    rows = _filtered(wanted, day)
    found = read_runs(rows.values(*_columns(with_customers)), _runs(wanted, sorting), cursor, size, light=rows)
    return Page(_with_units(found.rows, day, with_vat=with_vat), found.earlier, found.later)


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
    every = every_row(rows.values(*_columns(with_customers)), _runs(wanted, sorting), light=rows)
    for some in batched(every, 1000):
        yield from _with_units(some, day, with_vat=with_vat)


def add_up_sales_orders(wanted: SalesOrderFilter, day: Day, *, everything: bool = False) -> Totals:
    """Units are those ordered and not cancelled; a service is none."""
    goods = SalesOrderLine.objects.filter(service="")
    return add_up(_filtered(wanted, day), ((goods, "order"),), everything=everything)


def _runs(wanted: SalesOrderFilter, sorting: Sorting) -> Sequence[Run]:
    return runs_of(SALES_ORDER_SORTS, sorting, _MOST_URGENT_FIRST if wanted.ship_by else _NEWEST_FIRST)


def _columns(with_customers: bool) -> tuple[str, ...]:
    return (*_COLUMNS, "customer__name") if with_customers else _COLUMNS


def _filtered(wanted: SalesOrderFilter, day: Day) -> QuerySet[SalesOrder]:
    rows = SalesOrder.objects.all()
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.channel_id:
        rows = rows.filter(channel_id=wanted.channel_id)
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


def orders_due(ship_by: ShipBy, day: Day) -> QuerySet[SalesOrder]:
    """The one definition of late, today and later: FBM orders that must still leave, held ones among them.

    The board, the list's filter and every count are made of it.
    """
    return SalesOrder.objects.filter(_due(ship_by, day))


def count_due(day: Day) -> dict[ShipBy, int]:
    """How many are late, must leave today, have time: the counts of the board's columns, by one query."""
    aggregates = {each: Count("pk", filter=_due(each, day)) for each in (ShipBy.LATE, ShipBy.TODAY, ShipBy.LATER)}
    counts = SalesOrder.objects.filter(state__in=TO_SHIP_STATES).aggregate(
        **{each.value: n for each, n in aggregates.items()}
    )
    return {each: counts[each] for each in aggregates}


def _due(ship_by: ShipBy, day: Day) -> Q:
    to_ship = Q(state__in=TO_SHIP_STATES, channel__kind=Fulfilment.FBM)
    ends_today = end_of_today(F("channel__marketplace__time_zone"), day.now)
    match ship_by:
        case ShipBy.LATE:
            return to_ship & Q(ship_by__lt=day.now)
        case ShipBy.TODAY:
            return to_ship & Q(ship_by__gte=day.now, ship_by__lt=ends_today)
        case ShipBy.LATER | ShipBy.NONE:
            return to_ship & Q(ship_by__gte=day.now) & Q(ship_by__gte=ends_today)


def _found_by(wanted: SalesOrderFilter) -> Q:
    """By codes, and by buyers for who may see them."""
    codes = orders_by_code(wanted.search)
    buyers = orders_by_buyer(wanted.search) if wanted.search_people else frozenset()
    return Q(pk__in=codes.sales | buyers) | Q(imported__in=codes.imported)


def _with_units(found: Sequence[dict[str, Any]], day: Day, *, with_vat: bool = False) -> tuple[SalesOrderRow, ...]:
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


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One column of the ship-by board: the most urgent rows, and how many there are in all."""

    urgency: ShipBy
    orders: tuple[SalesOrderRow, ...]
    count: int

    @property
    def written_count(self) -> str:
        return counted(self.count, "order")


_CARDS_A_COLUMN = 60


def ship_by_board(day: Day, *, channel_id: int | None = None, with_customers: bool) -> tuple[BoardColumn, ...]:
    """Late, today, later: FBM orders that must still leave."""
    columns: list[tuple[ShipBy, list[dict[str, Any]], int]] = []
    for urgency in (ShipBy.LATE, ShipBy.TODAY, ShipBy.LATER):
        rows = orders_due(urgency, day)
        if channel_id:
            rows = rows.filter(channel_id=channel_id)
        cards = list(rows.order_by("ship_by", "id").values(*_columns(with_customers))[: _CARDS_A_COLUMN + 1])
        count = len(cards) if len(cards) <= _CARDS_A_COLUMN else rows.count()
        columns.append((urgency, cards[:_CARDS_A_COLUMN], count))
    rows_by_id = {row.id: row for row in _with_units([card for _, cards, _ in columns for card in cards], day)}
    return tuple(
        BoardColumn(urgency, tuple(rows_by_id[card["id"]] for card in cards), count)
        for urgency, cards, count in columns
    )
