"""Sales orders that wait for stock which is there: freed by a cancellation, or passed over under a lock."""

from collections import defaultdict

from django.db.models import F

from wharfinger.db.models import Allocation, KitComponent, SalesOrder, SalesOrderLine, StockLevel
from wharfinger.domain.orders import Fulfilment, SalesOrderState

_MAY_WAIT = [
    SalesOrderState.PENDING.value,
    SalesOrderState.AWAITING_STOCK.value,
    SalesOrderState.HELD.value,
    SalesOrderState.PART_SHIPPED.value,
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
    promised = _promised([line for line, *_ in lacking])
    found: dict[int, None] = {}
    for line, order, item, site, units in lacking:
        needed = parts.get(item, ((item, 1),))
        short = any(promised.get((line, part), 0) < units * each for part, each in needed)
        if short and all((part, site) in free or promised.get((line, part)) for part, _ in needed):
            found.setdefault(order)
    return list(found)[:at_most]


def _open_lines() -> list[tuple[int, int, int, int, int]]:
    """(line, order, item, site, units to send), in the order in which they are served."""
    rows = (
        SalesOrderLine.objects.filter(order__state__in=_MAY_WAIT, item__isnull=False, held_reason="")
        .exclude(order__imported__fulfilment=Fulfilment.FBA.value)
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


def _promised(line_ids: list[int]) -> dict[tuple[int, int], int]:
    rows = Allocation.objects.filter(line__in=line_ids).values_list("line_id", "item_id", "quantity")
    return {(line, item): units for line, item, units in rows}
