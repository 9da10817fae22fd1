"""Imported orders for pages: what Amazon sent, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from wharfinger.db.models import ImportedOrder, RawMessage
from wharfinger.db.queries.installation.timelines import Happening, timeline
from wharfinger.db.queries.orders.unimported import ReservedLine, reserved_lines
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.orders.order import ImportState


@dataclass(frozen=True, slots=True)
class ImportedOrderFilter:
    """`placed_to` is exclusive. Empty values filter nothing."""

    placed_from: datetime | None = None
    placed_to: datetime | None = None
    channel_id: int | None = None
    state: str = ""
    search: str = ""


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
    customer: str


_COLUMNS = (
    "id", "order_ref", "amazon_order_id", "placed_at", "channel_id", "channel__name", "marketplace__name",
    "fulfilment", "summary", "state", "reason", "remedy", "amazon_status", "currency", "total",
    "sales_order__id", "sales_order__code",
)  # fmt: skip


def list_imported_orders(
    wanted: ImportedOrderFilter, *, cursor: str = "", with_customers: bool
) -> Page[ImportedOrderRow]:
    """Newest first. Customers' names are read only for those who may see them."""
    columns = (*_COLUMNS, "sales_order__customer__name") if with_customers else _COLUMNS
    rows = _filtered(wanted).values(*columns)
    return read_page(rows, ("-placed_at", "-id"), cursor).made_of(_row)


def every_imported_order(wanted: ImportedOrderFilter, *, with_customers: bool) -> Iterator[ImportedOrderRow]:
    """All that `list_imported_orders` pages through, for CSV."""
    columns = (*_COLUMNS, "sales_order__customer__name") if with_customers else _COLUMNS
    rows = _filtered(wanted).values(*columns).order_by("-placed_at", "-id")
    return (_row(row) for row in rows.iterator(chunk_size=2000))


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
    if wanted.search:
        text = wanted.search.strip()
        rows = rows.filter(
            Q(amazon_order_id__startswith=text) | Q(order_ref__startswith=text) | Q(sales_order__code=text.upper())
        )
    return rows


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
        sales_order_id=row["sales_order__id"],
        sales_order=row["sales_order__code"] or "",
        customer=row.get("sales_order__customer__name") or "",
    )


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message of Amazon's about the order, as it was kept."""

    received_at: datetime
    source: str
    state: RawMessage.State
    error: str
    body_hash: str
    erased: bool


@dataclass(frozen=True, slots=True)
class ImportedOrderPage:
    row: ImportedOrderRow
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
    columns = (*_COLUMNS, "sales_order__customer__name") if with_customers else _COLUMNS
    row = (
        ImportedOrder.objects.filter(pk=order_id)
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
            "ship_by",
            "reservation_ended_at",
        )
        .first()
    )
    if row is None:
        return None
    return ImportedOrderPage(
        row=_row(row),
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
        timeline=timeline(Q(imported_order=order_id) | Q(sales_order=row["sales_order__id"] or 0)),
    )


def _messages(account_id: int, amazon_order_id: str) -> tuple[KeptMessage, ...]:
    rows = (
        RawMessage.objects.filter(account_id=account_id, kind="order", key=amazon_order_id)
        .annotate(erased=Q(body__isnull=True))
        .values("received_at", "source", "state", "error", "body_hash", "erased")
        .order_by("-id")[:20]
    )
    return tuple(
        KeptMessage(
            received_at=row["received_at"],
            source=row["source"],
            state=row["state"],
            error=row["error"],
            body_hash=row["body_hash"][:12],
            erased=row["erased"],
        )
        for row in rows
    )
