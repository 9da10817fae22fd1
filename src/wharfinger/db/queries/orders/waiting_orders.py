"""Sales orders that wait for stock which is there: freed by a cancellation, or passed over under a lock."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import F, Q

from wharfinger.db.models import (
    Allocation,
    ImportedLine,
    ImportedOrder,
    Installation,
    KitComponent,
    SalesOrder,
    SalesOrderLine,
    StockLevel,
)
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, SalesOrderState

_MAY_WAIT = [
    SalesOrderState.PENDING,
    SalesOrderState.AWAITING_STOCK,
    SalesOrderState.HELD,
    SalesOrderState.READY_IN_PART,
    SalesOrderState.PART_SHIPPED,
]
_AT_MOST = 500


def servable_orders(at_most: int = _AT_MOST) -> list[int]:
    """Orders with a line that lacks units while its item has some free, earliest ship-by first."""
    free = set(
        StockLevel.objects.filter(on_hand__gt=F("allocated")).values_list("item_id", "site_id")
        if SalesOrder.objects.filter(state__in=_MAY_WAIT).exists()
        else ()
    )
    if not free:
        return []
    lacking = [row for row in _open_lines() if row[4]]
    parts = _parts({item for _, _, item, _, _ in lacking})
    allocated = _allocated([line for line, *_ in lacking])
    found: dict[int, None] = {}
    for line, order, item, site, units in lacking:
        needed = parts.get(item, ((item, 1),))
        short = any(allocated.get((line, part), 0) < units * each for part, each in needed)
        if short and all((part, site) in free or allocated.get((line, part)) for part, _ in needed):
            found.setdefault(order)
    return list(found)[:at_most]


def servable_imports(at_most: int = _AT_MOST) -> list[int]:
    """Imported orders without a sales order, likewise."""
    units = F("quantity_ordered") - F("quantity_cancelled") - F("quantity_shipped")
    rows = (
        ImportedLine.objects.annotate(units=units)
        .filter(units__gt=0, item__isnull=False, site__isnull=False, imported__reservation_ended_at=None)
        .order_by(F("imported__ship_by").asc(nulls_last=True), "imported_id", "pk")
    )
    lacking = list(rows.values_list("pk", "imported_id", "item_id", "site_id", "units"))
    if not lacking:
        return []
    parts = _parts({item or 0 for _, _, item, _, _ in lacking})
    allocated = {
        (line, item): held
        for line, item, held in Allocation.objects.filter(imported_line__in=[row[0] for row in lacking]).values_list(
            "imported_line_id", "item_id", "quantity"
        )
    }
    sites = {site for *_, site, _ in lacking}
    free = set(StockLevel.objects.filter(on_hand__gt=F("allocated"), site__in=sites).values_list("item_id", "site_id"))
    found: dict[int, None] = {}
    for line, imported, item, site, wanted in lacking:
        needed = parts.get(item or 0, ((item or 0, 1),))
        short = any(allocated.get((line, part), 0) < wanted * each for part, each in needed)
        if short and all((part, site) in free or allocated.get((line, part)) for part, _ in needed):
            found.setdefault(imported)
    return list(found)[:at_most]


def pending_days() -> int:
    """Days that a pending order keeps its reservation."""
    days = Installation.objects.values_list("pending_reservation_days", flat=True).first()
    return 7 if days is None else days


def preorders_reserve() -> bool:
    """Whether pre-orders take units of goods that are not out yet."""
    return bool(Installation.objects.values_list("preorders_reserve", flat=True).first())


def overdue_pendings(account_id: int, *, now: datetime, at_most: int = _AT_MOST) -> list[int]:
    """Imported orders that were pending for longer than a reservation is kept, and still have theirs."""
    at_latest = now - timedelta(days=pending_days())
    rows = ImportedOrder.objects.filter(
        Q(pending_since=None) | Q(pending_since__lte=at_latest),
        account_id=account_id,
        amazon_status=AmazonStatus.PENDING,
        placed_at__lte=at_latest,
        reservation_ended_at=None,
    ).exclude(fulfilment=Fulfilment.FBA)
    return list(rows.order_by("placed_at").values_list("pk", flat=True)[:at_most])


def _open_lines() -> list[tuple[int, int, int, int, int]]:
    """(line, order, item, site, units to send), in the order in which they are served."""
    rows = (
        SalesOrderLine.objects.filter(
            order__state__in=_MAY_WAIT, item__isnull=False, held_reason="", order__imported__reservation_ended_at=None
        )
        .exclude(order__imported__fulfilment=Fulfilment.FBA)
        .order_by(F("order__ship_by").asc(nulls_last=True), "order_id", "pk")
    )
    needed = F("quantity_ordered") - F("quantity_cancelled") - F("quantity_shipped")
    return [
        (line, order, item or 0, site, max(0, units))
        for line, order, item, site, units in rows.annotate(units=needed).values_list(
            "pk", "order_id", "item_id", "order__site_id", "units"
        )
    ]


def _parts(item_ids: set[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for kit, part, each in KitComponent.objects.filter(kit__in=item_ids).values_list("kit", "component", "quantity"):
        found[kit].append((part, each))
    return {kit: tuple(of_kit) for kit, of_kit in found.items()}


def _allocated(line_ids: list[int]) -> dict[tuple[int, int], int]:
    rows = Allocation.objects.filter(line__in=line_ids).values_list("line_id", "item_id", "quantity")
    return {(line, item): units for line, item, units in rows}
