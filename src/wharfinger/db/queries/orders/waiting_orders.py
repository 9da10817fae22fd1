"""Sales orders that wait for stock which is there: freed by a cancellation, or passed over under a lock."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Allocation,
    ImportedLine,
    ImportedOrder,
    Installation,
    KitComponent,
    SalesOrder,
    SalesOrderLine,
    SiteGroup,
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


class _Open(NamedTuple):
    """A line with units to be sent: `site` where it leaves from, `group` whose other sites may serve it."""

    line: int
    order: int
    item: int
    site: int
    group: int | None
    units: int


def servable_orders(at_most: int = _AT_MOST) -> list[int]:
    """Orders with a line that lacks units while its item has some free, earliest ship-by first."""
    lacking = _open_lines() if SalesOrder.objects.filter(state__in=_MAY_WAIT).exists() else []
    return _servable(lacking, "line")[:at_most]


def servable_imports(at_most: int = _AT_MOST) -> list[int]:
    """Imported orders without a sales order, likewise."""
    units = F("quantity_ordered") - F("quantity_cancelled") - F("quantity_shipped")
    rows = (
        ImportedLine.objects.annotate(units=units)
        .filter(units__gt=0, item__isnull=False, site__isnull=False, imported__reservation_ended_at=None)
        .order_by(F("imported__ship_by").asc(nulls_last=True), "imported_id", "pk")
    )
    lacking = rows.values_list("pk", "imported_id", "item_id", "site_id", "site_group_id", "units")
    return _servable([_Open(*row) for row in lacking], "imported_line")[:at_most]


def _servable(lacking: list[_Open], holder: str) -> list[int]:
    if not lacking:
        return []
    groups = _sites_of_groups() if any(one.group for one in lacking) else {}
    sites_of = {one: {one.site, *groups.get(one.group or 0, ())} for one in lacking}
    sites = set().union(*sites_of.values())
    free = set(StockLevel.objects.filter(on_hand__gt=F("allocated"), site__in=sites).values_list("item_id", "site_id"))
    if not free:
        return []
    parts = _parts({one.item for one in lacking})
    held = _held(holder, [one.line for one in lacking])
    found: dict[int, None] = {}
    for one in lacking:
        needed = parts.get(one.item, ((one.item, 1),))
        own = {part: held.get((one.line, part, one.site), 0) for part, _ in needed}
        short = any(own[part] < one.units * each for part, each in needed)
        if short and all(own[part] or any((part, site) in free for site in sites_of[one]) for part, _ in needed):
            found.setdefault(one.order)
    return list(found)


def _sites_of_groups() -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for group, site in SiteGroup.objects.values_list("pk", "sites"):
        found[group].add(site)
    return found


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


def _open_lines() -> list[_Open]:
    """In the order in which they are served."""
    rows = (
        SalesOrderLine.objects.filter(
            order__state__in=_MAY_WAIT, item__isnull=False, held_reason="", order__imported__reservation_ended_at=None
        )
        .exclude(order__imported__fulfilment=Fulfilment.FBA)
        .order_by(F("order__ship_by").asc(nulls_last=True), "order_id", "pk")
    )
    needed = F("quantity_ordered") - F("quantity_cancelled") - F("quantity_shipped")
    found = rows.annotate(units=needed, at=Coalesce("site", "order__site")).filter(units__gt=0)
    columns = ("pk", "order_id", "item_id", "at", "order__site_group_id", "units")
    return [_Open(*row) for row in found.values_list(*columns)]


def _parts(item_ids: set[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for kit, part, each in KitComponent.objects.filter(kit__in=item_ids).values_list("kit", "component", "quantity"):
        found[kit].append((part, each))
    return {kit: tuple(of_kit) for kit, of_kit in found.items()}


def _held(holder: str, line_ids: list[int]) -> dict[tuple[int, int, int], int]:
    """By line, item and site."""
    rows = Allocation.objects.filter(any_of(holder, line_ids))
    found = rows.values_list(f"{holder}_id", "item_id", "site_id", "quantity")
    return {(line, item, site): units for line, item, site, units in found}
