"""Imported orders for pages: what Amazon sent, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils.translation import gettext

from wharfinger.db.models import ImportedLine, ImportedOrder, RawMessage, SalesOrder, SalesOrderLine
from wharfinger.db.queries.installation.timelines import Happening, timeline
from wharfinger.db.queries.list_groups import channels_by_name, marketplaces_by_name
from wharfinger.db.queries.orders.actions.parts import PartRow, parts_of_import
from wharfinger.db.queries.orders.causes import of_cause
from wharfinger.db.queries.orders.code_search import imported_by_code
from wharfinger.db.queries.orders.unimported import ReservedLine, reserved_lines
from wharfinger.db.queries.orders.word_search import orders_by_buyer
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, every_row, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, ByGroup, Sorting, Sorts, runs_of
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState


@dataclass(frozen=True, slots=True)
class ImportedOrderFilter:
    """`placed_to` is exclusive. Empty values filter nothing."""

    placed_from: datetime | None = None
    placed_to: datetime | None = None
    channel_id: int | None = None
    state: str = ""
    search: str = ""
    search_people: bool = False
    cause: str = ""
    """A group of those that are not imported: `db.queries.orders.causes`."""
    ids: tuple[int, ...] = ()
    """Those that were ticked."""


def write_filter(wanted: ImportedOrderFilter) -> dict[str, Any]:
    """As a bulk action keeps it."""
    moments = {name: moment.isoformat() for name in _MOMENTS if (moment := getattr(wanted, name)) is not None}
    kept = {name: value for name in _PLAIN if (value := getattr(wanted, name))}
    return {**moments, **kept, **({"ids": list(wanted.ids)} if wanted.ids else {})}


def read_filter(kept: dict[str, Any]) -> ImportedOrderFilter:
    values: dict[str, Any] = {name: kept[name] for name in _PLAIN if name in kept}
    values |= {name: datetime.fromisoformat(kept[name]) for name in _MOMENTS if name in kept}
    return ImportedOrderFilter(**values, ids=tuple(kept.get("ids", ())))


_MOMENTS = ("placed_from", "placed_to")
_PLAIN = ("channel_id", "state", "search", "search_people", "cause")


@dataclass(frozen=True, slots=True)
class ImportedOrderRow:
    id: int
    order_ref: str
    amazon_order_id: str
    placed_at: datetime
    channel_id: int | None
    channel: str
    marketplace: str
    fulfilment: str
    summary: str
    state: ImportState
    reason: str
    remedy: str
    amazon_status: str
    currency: str
    total: Decimal | None
    sales_order_id: int | None
    sales_order: str
    """The first, where there are several."""
    divided: bool
    customer: str
    ship_by: datetime | None


_COLUMNS = (
    "id", "order_ref", "amazon_order_id", "placed_at", "channel_id", "channel__name", "marketplace__name",
    "fulfilment", "summary", "state", "reason", "remedy", "amazon_status", "currency", "total",
    "became__id", "became__code", "became__divided", "ship_by",
)  # fmt: skip


IMPORTED_ORDER_SORTS: Sorts = {
    "order": ByColumn("order_ref"),
    "number": ByColumn("amazon_order_id"),
    "placed": ByColumn("placed_at"),
    "channel": ByGroup("channel", channels_by_name),
    "marketplace": ByGroup("marketplace", marketplaces_by_name),
    "fulfilment": ByGroup("fulfilment", lambda: ("", *Fulfilment)),
    "state": ByGroup("state", lambda: tuple(ImportState)),
    "at_amazon": ByGroup("amazon_status", lambda: tuple(AmazonStatus)),
    "total": ByColumn("total", nullable=True),
    "ship_by": ByColumn("ship_by", nullable=True),
}
_NEWEST_FIRST = (Run(("-placed_at", "-id")),)


def list_imported_orders(
    wanted: ImportedOrderFilter,
    *,
    cursor: str = "",
    with_customers: bool,
    sorting: Sorting = UNSORTED,
    size: int = ROWS_A_PAGE,
) -> Page[ImportedOrderRow]:
    """Newest first, unless they are sorted. Customers' names are read only for those who may see them."""
    runs = runs_of(IMPORTED_ORDER_SORTS, sorting, _NEWEST_FIRST)
    rows = _filtered(wanted)
    chosen = bool(sorting.key) and wanted != ImportedOrderFilter()
    found = read_runs(_columns_of(rows, with_customers), runs, cursor, size, light=rows, chosen=chosen)
    return found.made_of(_row)


def every_imported_order(
    wanted: ImportedOrderFilter, *, with_customers: bool, sorting: Sorting = UNSORTED
) -> Iterator[ImportedOrderRow]:
    """All that `list_imported_orders` pages through, for files."""
    runs = runs_of(IMPORTED_ORDER_SORTS, sorting, _NEWEST_FIRST)
    rows = _filtered(wanted)
    return (_row(row) for row in every_row(_columns_of(rows, with_customers), runs, light=rows))


def add_up_imported_orders(wanted: ImportedOrderFilter, *, everything: bool = False) -> Totals:
    """Units are those ordered and not cancelled; a service is none."""
    goods = SalesOrderLine.objects.filter(service="")
    lines = ((goods, "order__imported"), (ImportedLine.objects.all(), "imported"))
    return add_up(_filtered(wanted), lines, everything=everything)


def _columns_of(rows: QuerySet[ImportedOrder], with_customers: bool) -> QuerySet[ImportedOrder, dict[str, Any]]:
    columns = (*_COLUMNS, "became__customer__name") if with_customers else _COLUMNS
    found: QuerySet[ImportedOrder, dict[str, Any]] = _with_order(rows).values(*columns)
    return found


def _with_order(rows: QuerySet[ImportedOrder]) -> QuerySet[ImportedOrder]:
    """`became`: the first sales order that was made of it; a split one is one row all the same."""
    return rows.annotate(became=FilteredRelation("sales_order", condition=Q(sales_order__part=1)))


def _filtered(wanted: ImportedOrderFilter) -> QuerySet[ImportedOrder]:
    rows = ImportedOrder.objects.all()
    if wanted.placed_from:
        rows = rows.filter(placed_at__gte=wanted.placed_from)
    if wanted.placed_to:
        rows = rows.filter(placed_at__lt=wanted.placed_to)
    if wanted.channel_id:
        rows = rows.filter(channel_id=wanted.channel_id)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.ids:
        rows = rows.filter(pk__in=wanted.ids)
    if wanted.cause:
        rows = rows.filter(of_cause(wanted.cause))
    if wanted.search:
        rows = rows.filter(pk__in=_found_by(wanted))
    return rows


def count_chosen(wanted: ImportedOrderFilter) -> int:
    """How many the filter shows now."""
    return _filtered(wanted).count()


def newest_import() -> int:
    """The id that the newest imported order has; 0 = there is none."""
    return ImportedOrder.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def choose_orders(wanted: ImportedOrderFilter, *, after: int, until: int, limit: int) -> list[int]:
    """The next ids of those that the filter shows, upwards."""
    rows = _filtered(wanted).filter(pk__gt=after, pk__lte=until).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def _found_by(wanted: ImportedOrderFilter) -> frozenset[int]:
    """By codes, and by buyers of what they became for who may see them."""
    found = imported_by_code(wanted.search).imported
    if wanted.search_people and (bought := orders_by_buyer(wanted.search)):
        found |= frozenset(SalesOrder.objects.filter(pk__in=bought).values_list("imported_id", flat=True))
    return found


def _row(row: dict[str, Any]) -> ImportedOrderRow:
    return ImportedOrderRow(
        id=row["id"],
        order_ref=row["order_ref"] or row["amazon_order_id"],
        amazon_order_id=row["amazon_order_id"],
        placed_at=row["placed_at"],
        channel_id=row["channel_id"],
        channel=row["channel__name"] or "",
        marketplace=row["marketplace__name"] or "",
        fulfilment=row["fulfilment"],
        summary=row["summary"],
        state=row["state"],
        reason=row["reason"],
        remedy=row["remedy"],
        amazon_status=row["amazon_status"],
        currency=row["currency"],
        total=row["total"],
        sales_order_id=row["became__id"],
        sales_order=row["became__code"] or "",
        divided=bool(row["became__divided"]),
        customer=row.get("became__customer__name") or "",
        ship_by=row["ship_by"],
    )


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message of Amazon's about the order, as it was kept."""

    id: int
    received_at: datetime
    source: RawMessage.Source
    state: RawMessage.State
    error: str
    body_hash: str
    erased: bool


@dataclass(frozen=True, slots=True)
class ImportedOrderPage:
    row: ImportedOrderRow
    parts: tuple[PartRow, ...]
    """The sales orders that were made of it."""
    account: str
    seller_central: str
    """Host of the marketplace's; empty where the marketplace is none that is known."""
    updated_at: datetime
    found_at: datetime
    imported_at: datetime | None
    attempts: int
    record_only: bool
    ship_by: datetime | None
    reservation_ended_at: datetime | None
    lines: tuple[ReservedLine, ...]
    """Of an order that is no sales order: what it takes of the stock."""
    messages: tuple[KeptMessage, ...]
    timeline: tuple[Happening, ...]


def imported_order_page(order_id: int, *, with_customers: bool) -> ImportedOrderPage | None:
    columns = (*_COLUMNS, "became__customer__name") if with_customers else _COLUMNS
    row = (
        _with_order(ImportedOrder.objects.filter(pk=order_id))
        .values(
            *columns,
            "account_id",
            "account__name",
            "marketplace__seller_central",
            "amazon_updated_at",
            "found_at",
            "imported_at",
            "attempts",
            "record_only",
            "reservation_ended_at",
        )
        .first()
    )
    if row is None:
        return None
    parts = parts_of_import(order_id) if row["became__id"] else ()
    return ImportedOrderPage(
        row=_row(row),
        parts=parts,
        account=row["account__name"],
        seller_central=row["marketplace__seller_central"] or "",
        updated_at=row["amazon_updated_at"],
        found_at=row["found_at"],
        imported_at=row["imported_at"],
        attempts=row["attempts"],
        record_only=row["record_only"],
        ship_by=row["ship_by"],
        reservation_ended_at=row["reservation_ended_at"],
        lines=reserved_lines(order_id),
        messages=_messages(row["account_id"], row["amazon_order_id"]),
        timeline=(
            *timeline(Q(imported_order=order_id) | Q(sales_order__in=[part.id for part in parts])),
            Happening(row["found_at"], gettext("Arrived from Amazon."), ""),
        ),
    )


def _messages(account_id: int, amazon_order_id: str) -> tuple[KeptMessage, ...]:
    rows = (
        RawMessage.objects.filter(account_id=account_id, kind="order", key=amazon_order_id)
        .annotate(erased=Q(body__isnull=True))
        .values("id", "received_at", "source", "state", "error", "body_hash", "erased")
        .order_by("-id")[:20]
    )
    return tuple(
        KeptMessage(
            id=row["id"],
            received_at=row["received_at"],
            source=row["source"],
            state=row["state"],
            error=row["error"],
            body_hash=row["body_hash"][:12],
            erased=row["erased"],
        )
        for row in rows
    )
