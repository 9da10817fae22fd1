"""Pick lists as pages show them, and the orders that the next one could be made of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from wharfinger.db.models import (
    PickList,
    PickListOrder,
    SalesOrder,
    SalesOrderLine,
    Site,
    StockBarcode,
    StockItem,
)
from wharfinger.db.queries.courier_choice import chosen_service
from wharfinger.db.queries.orders.sales_orders import Day, ShipBy, due_until
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.shipping.pick_lists import AT_MOST, PickListState, code_of


@dataclass(frozen=True, slots=True)
class PickListRow:
    """`orders`: those that are or were on it, without those that were taken off."""

    id: int
    state: PickListState
    chosen: str
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    orders: int

    @property
    def code(self) -> str:
        return code_of(self.id)


_ROW = ("id", "state", "chosen", "made_at", "made_by__username", "ended_at")


def list_pick_lists(cursor: str = "", *, open_only: bool = False) -> Page[PickListRow]:
    """The newest first."""
    rows = PickList.objects.filter(state=PickListState.OPEN) if open_only else PickList.objects.all()
    page = read_page(rows.values(*_ROW), ("-id",), cursor)
    counts = _counts([row["id"] for row in page.rows])
    return page.made_of(lambda row: _row(row, counts.get(row["id"], 0)))


def _counts(list_ids: Collection[int]) -> dict[int, int]:
    rows = PickListOrder.objects.filter(pick_list__in=list_ids, taken_off_at=None).order_by()
    return dict(rows.values_list("pick_list").annotate(n=Count("pk")))


def _row(row: dict[str, Any], orders: int) -> PickListRow:
    return PickListRow(
        id=row["id"],
        state=row["state"],
        chosen=row["chosen"],
        made_at=row["made_at"],
        made_by=row["made_by__username"],
        ended_at=row["ended_at"],
        orders=orders,
    )


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order as a pick list names it. `gift`: a line of it is to be wrapped, or has a message."""

    id: int
    code: str
    order_ref: str
    channel: str
    state: SalesOrderState
    ship_by: datetime | None
    zone: str
    urgency: ShipBy
    cancel_requested: bool
    gift: bool


@dataclass(frozen=True, slots=True)
class PickListPage:
    row: PickListRow
    orders: tuple[ListedOrder, ...]


_ORDER = (
    "order_id", "order__code", "order__order_ref", "order__channel__name", "order__state", "order__ship_by",
    "order__channel__marketplace__time_zone", "order__channel__kind", "order__cancel_requested",
)  # fmt: skip


def pick_list_page(list_id: int, day: Day) -> PickListPage | None:
    row = PickList.objects.filter(pk=list_id).values(*_ROW).first()
    if row is None:
        return None
    entries = list(PickListOrder.objects.filter(pick_list=list_id).order_by("place").values(*_ORDER))
    gifts = _gifts([entry["order_id"] for entry in entries])
    return PickListPage(
        _row(row, _counts([list_id]).get(list_id, 0)), tuple(_order(entry, gifts, day) for entry in entries)
    )


def _gifts(order_ids: Collection[int]) -> frozenset[int]:
    lines = SalesOrderLine.objects.filter(order__in=order_ids).exclude(gift_wrap_level="", gift_message="")
    return frozenset(lines.values_list("order", flat=True))


def _order(entry: Mapping[str, Any], gifts: frozenset[int], day: Day) -> ListedOrder:
    zone, state, ship_by = (
        entry["order__channel__marketplace__time_zone"],
        entry["order__state"],
        entry["order__ship_by"],
    )
    return ListedOrder(
        id=entry["order_id"],
        code=entry["order__code"],
        order_ref=entry["order__order_ref"],
        channel=entry["order__channel__name"],
        state=state,
        ship_by=ship_by,
        zone=zone,
        urgency=day.urgency(ship_by, state, entry["order__channel__kind"], zone),
        cancel_requested=entry["order__cancel_requested"],
        gift=entry["order_id"] in gifts,
    )


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """A stock item as somebody looks for it on a shelf. `barcode`: the article's own, where there is one."""

    id: int
    code: str
    name: str
    picture: str
    barcode: str


def shelf_items(item_ids: Iterable[int]) -> dict[int, ShelfItem]:
    ids = set(item_ids)
    barcodes: dict[int, str] = {}
    codes = StockBarcode.objects.filter(item__in=ids).exclude(gtin="").order_by("-pk")
    for item_id, code in codes.values_list("item", "code"):
        barcodes[item_id] = code
    rows = StockItem.objects.filter(pk__in=ids).values_list("pk", "code", "name", "picture")
    return {pk: ShelfItem(pk, code, name, picture, barcodes.get(pk, "")) for pk, code, name, picture in rows}


def site_names(site_ids: Iterable[int]) -> dict[int, str]:
    return dict(Site.objects.filter(pk__in=set(site_ids)).values_list("pk", "name"))


# --- of which orders the next could be made


class Until(StrEnum):
    """Up to which ship-by."""

    LATE = "late"
    TODAY = "today"
    TOMORROW = "tomorrow"
    ANY = ""


@dataclass(frozen=True, slots=True)
class WaveFilter:
    """Empty values filter nothing."""

    site_id: int | None = None
    channel_id: int | None = None
    service_id: int | None = None
    until: Until = Until.ANY


def wave(wanted: WaveFilter, day: Day, size: int = AT_MOST) -> tuple[int, ...]:
    """The most urgent orders that fit, seem ready to leave, and are on no open pick list.

    Whether each may leave is decided by `operations.shipping.pick_lists`.
    """
    return tuple(_ready(wanted, day).order_by("ship_by", "pk").values_list("pk", flat=True)[:size])


def _ready(wanted: WaveFilter, day: Day) -> QuerySet[SalesOrder]:
    rows = SalesOrder.objects.filter(
        state__in=(SalesOrderState.READY, SalesOrderState.PART_SHIPPED),
        channel__kind=Fulfilment.FBM,
        confirmed=True,
        on_hold_at=None,
        cancelling_at=None,
    )
    rows = rows.exclude(cancel_requested=True, cancel_answered_at=None)
    rows = rows.exclude(Exists(PickListOrder.objects.filter(order=OuterRef("pk"), open=True)))
    if wanted.site_id:
        rows = rows.filter(site=wanted.site_id)
    if wanted.channel_id:
        rows = rows.filter(channel=wanted.channel_id)
    if wanted.service_id:
        rows = rows.alias(chosen=chosen_service()).filter(chosen=wanted.service_id)
    return rows.filter(_due_until(wanted.until, day))


def _due_until(until: Until, day: Day) -> Q:
    match until:
        case Until.LATE:
            return Q(ship_by__lt=day.now)
        case Until.TODAY | Until.TOMORROW:
            return due_until(day, tomorrow=until is Until.TOMORROW)
        case Until.ANY:
            return Q()
