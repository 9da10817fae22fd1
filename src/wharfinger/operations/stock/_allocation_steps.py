"""Steps that allocate stock to order lines; they need an open transaction.

Orders are locked before levels. Where levels are locked already (stock just came), only orders that
nobody else holds are served: whoever holds one allocates it himself before he lets it go.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Allocation,
    ImportedLine,
    ImportedOrder,
    KitComponent,
    Problem,
    SalesOrder,
    SalesOrderLine,
    StockLevel,
)
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.orders.sales_orders import LineFacts, sales_order_state
from wharfinger.domain.stock.allocation import Part, plan_allocation, whole_units
from wharfinger.operations._options_in_force import (
    InForce,
    options_for,
)
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.stock._stock_steps import lock_levels, raise_notices

ALLOCATED = "Allocated to orders changed"
"""The cause of a notice."""
MAY_WAIT_FOR_STOCK = [
    SalesOrderState.PENDING,
    SalesOrderState.AWAITING_STOCK,
    SalesOrderState.HELD,
    SalesOrderState.READY_IN_PART,
    SalesOrderState.PART_SHIPPED,
]


def parts_of(item_ids: Iterable[int]) -> dict[int, tuple[Part, ...]]:
    """What one unit of each item is made of: its kit components, or itself."""
    wanted = set(item_ids)
    kits: dict[int, list[Part]] = {}
    for row in KitComponent.objects.filter(any_of("kit", wanted)):
        kits.setdefault(row.kit_id, []).append(Part(row.component_id, row.quantity))
    return {item: tuple(kits.get(item, [Part(item, 1)])) for item in wanted}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a line wants: units of an item from a site. Without a site it wants nothing, and gives back what it has."""

    line_id: int
    item_id: int | None
    site_id: int | None
    wanted: int


Holder = Literal["line", "imported_line"]
"""Whose lines claim: a column of Allocation."""
Key = tuple[int, int]
"""(item, site)."""


def allocate_lines(lines: Sequence[SalesOrderLine], *, site_id: int, now: datetime) -> None:
    """Bring the allocations of these lines to what they still need and can have; gives back what is too much."""
    allocate("line", claims_of_lines(lines, site_id), now=now)


def claims_of_lines(lines: Iterable[SalesOrderLine], site_id: int) -> list[Claim]:
    """What a sales order takes of the stock: of its site, or of the one that a person chose for a line."""
    return [Claim(line.pk, line.item_id, line.site_id or site_id, _wanted(line)) for line in lines]


def _wanted(line: SalesOrderLine) -> int:
    ended = line.order.imported.reservation_ended_at is not None
    return 0 if line.held_reason or line.item_id is None or ended else line.quantity_open


def claims_of(imported: ImportedOrder, lines: Iterable[ImportedLine]) -> list[Claim]:
    """What an order without an import takes of the stock."""
    ended = imported.reservation_ended_at is not None
    return [Claim(row.pk, row.item_id, row.site_id, 0 if ended else row.quantity_open) for row in lines]


def allocate(holder: Holder, claims: Sequence[Claim], *, now: datetime) -> None:
    """Bring the allocations of these lines to what they want and can have, first come first served."""
    held = _held(holder, [claim.line_id for claim in claims])
    parts = parts_of(claim.item_id for claim in claims if claim.item_id is not None)
    keys = {key for of_line in held.values() for key in of_line}
    for claim in claims:
        if claim.item_id is not None and claim.site_id is not None:
            keys |= {(part.item_id, claim.site_id) for part in parts[claim.item_id]}
    if not keys:
        return
    levels = lock_levels(keys)
    changed: set[Key] = set()
    for claim in claims:
        of_line = held.get(claim.line_id, {})
        changes = _changes(claim, parts.get(claim.item_id or 0, ()), of_line, levels)
        for key, by in changes.items():
            levels[key].allocated += by
            _write_allocation(holder, claim.line_id, key, before=of_line.get(key, 0), by=by, now=now)
        changed |= set(changes)
    for key in sorted(changed):
        levels[key].save(update_fields=["allocated"])
    if changed:
        raise_notices({item for item, _ in changed}, cause=ALLOCATED, now=now, guarded=False)


def _held(holder: Holder, line_ids: Sequence[int]) -> dict[int, dict[Key, int]]:
    held: dict[int, dict[Key, int]] = {}
    rows = Allocation.objects.filter(**{f"{holder}__in": line_ids})
    for line, item, site, units in rows.values_list(holder, "item_id", "site_id", "quantity"):
        held.setdefault(line, {})[(item, site)] = units
    return held


def _allocations(lines: Sequence[SalesOrderLine]) -> dict[int, dict[int, int]]:
    """Units by line and item."""
    held = _held("line", [line.pk for line in lines])
    return {line: {item: units for (item, _), units in of_line.items()} for line, of_line in held.items()}


def _changes(
    claim: Claim, parts: Sequence[Part], held: Mapping[Key, int], levels: Mapping[Key, StockLevel]
) -> dict[Key, int]:
    """By (item, site): what is held elsewhere is given back, and here the line has what it wants and can have."""
    changes = {key: -units for key, units in held.items() if key[1] != claim.site_id}
    if claim.site_id is None:
        return changes
    site = claim.site_id
    here = {item: units for (item, at), units in held.items() if at == site}
    wanted = {part.item_id for part in parts} | set(here)
    available = {item: levels[(item, site)].on_hand - levels[(item, site)].allocated for item in wanted}
    planned = plan_allocation(parts, claim.wanted, here, available)
    return changes | {(item, site): by for item, by in planned.items()}


def _write_allocation(holder: Holder, line_id: int, key: Key, *, before: int, by: int, now: datetime) -> None:
    """The level is locked, and so is the line's order: nobody else writes this row."""
    item_id, site_id = key
    own = {f"{holder}_id": line_id, "item_id": item_id, "site_id": site_id}
    if not before:
        Allocation.objects.create(**own, quantity=by, made_at=now)
    elif before + by > 0:
        Allocation.objects.filter(**own).update(quantity=before + by)
    else:
        Allocation.objects.filter(**own).delete()


def recompute_state(order: SalesOrder, lines: Sequence[SalesOrderLine], *, now: datetime) -> None:
    """Set the order's state from its facts, and open or solve its waiting for stock."""
    parts = parts_of(line.item_id for line in lines if line.item_id is not None)
    held = _allocations(lines)
    missing = Problem.objects.filter(kind__in=ADDRESS_HOLDS, key=AboutOrder(order.pk), solved_at=None).exists()
    state = state_of(order, lines, parts, held, address_missing=missing)
    SalesOrder.objects.filter(pk=order.pk).exclude(state=state).update(state=state)
    became_ready = state is SalesOrderState.READY and order.state != state
    order.state = state
    if became_ready:
        pick_by_itself(order, options_for(order.channel, order.order_type), now=now)
    _tell_of_waiting(order, state, now)


def state_of(
    order: SalesOrder,
    lines: Sequence[SalesOrderLine],
    parts: Mapping[int, Sequence[Part]],
    held: Mapping[int, Mapping[int, int]],
    *,
    address_missing: bool,
) -> SalesOrderState:
    """The state that the rows make. `held`: units by line and item."""
    facts = [
        LineFacts(
            open=line.quantity_open,
            shipped=line.quantity_shipped,
            allocated=whole_units(parts.get(line.item_id or 0, ()), held.get(line.pk, {})),
            held=bool(line.held_reason) or line.item_id is None,
        )
        for line in lines
    ]
    fulfilment = Fulfilment(order.imported.fulfilment or Fulfilment.FBM)
    return sales_order_state(order.imported.amazon_status, fulfilment, facts, address_missing=address_missing)


def pick_by_itself(order: SalesOrder, options: InForce, *, now: datetime) -> None:
    """Auto-pick: what can leave, or has left, counts as picked; who waits for stock, once it has come.

    Never an order whose buyer requested cancellation and nobody has answered, nor one that a person holds, or
    whose cancellation is under way.
    """
    if is_picked_by_itself(order, options):
        order.picked_at = now
        order.save(update_fields=["picked_at"])


def is_picked_by_itself(order: SalesOrder, options: InForce) -> bool:
    waits = order.cancel_unanswered or order.on_hold_at is not None or order.cancelling_at is not None
    may = order.state in (SalesOrderState.READY, SalesOrderState.ISSUED) and not waits
    return bool(options.values.auto_pick and may and order.picked_at is None)


def _tell_of_waiting(order: SalesOrder, state: SalesOrderState, now: datetime) -> None:
    subject = AboutOrder(order.pk)
    if state is not SalesOrderState.AWAITING_STOCK:
        solve_problem(ProblemKind.AWAITING_STOCK, subject, now=now)
        return
    cause, remedy = short_of_stock(order)
    open_problem(
        ProblemKind.AWAITING_STOCK,
        subject,
        cause=cause,
        remedy=remedy,
        sales_order=order,
        channel_id=order.channel_id,
        now=now,
    )


def short_of_stock(order: SalesOrder) -> tuple[str, str]:
    """Cause and remedy."""
    return (
        f"{order.code} is waiting: there is not enough stock at {order.site.name} for all of its lines.",
        "Press “Receive stock” at the line that is short: the stock is allocated to the order automatically. Or "
        "cancel the order in Seller Central.",
    )


def allocate_waiting(item_ids: Collection[int], site_ids: Collection[int], *, now: datetime) -> int:
    """Stock came to these sites: allocate it to the orders that wait, earliest ship-by first. Returns how many.

    Orders without an import wait in the same queue.
    """
    orders: list[SalesOrder | ImportedOrder] = [
        *_waiting_sales(item_ids, site_ids),
        *_waiting_imports(item_ids, site_ids),
    ]
    for order in sorted(orders, key=_urgency):
        if isinstance(order, SalesOrder):
            of_order = list(order.lines.order_by("pk"))
            allocate_lines(of_order, site_id=order.site_id, now=now)
            recompute_state(order, of_order, now=now)
        else:
            allocate("imported_line", claims_of(order, order.lines.order_by("pk")), now=now)
    return len(orders)


def _urgency(order: SalesOrder | ImportedOrder) -> tuple[bool, datetime, bool, int]:
    return order.ship_by is None, order.ship_by or order.placed_at, isinstance(order, ImportedOrder), order.pk


def _waiting_sales(item_ids: Collection[int], site_ids: Collection[int]) -> QuerySet[SalesOrder]:
    lines = (
        SalesOrderLine.objects.filter(item__in=item_ids, order__state__in=MAY_WAIT_FOR_STOCK)
        .annotate(at=Coalesce("site", "order__site"))
        .filter(at__in=site_ids)
        .exclude(order__imported__fulfilment=Fulfilment.FBA)
        .filter(quantity_ordered__gt=F("quantity_cancelled") + F("quantity_shipped"))
    )
    return (
        SalesOrder.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(pk__in=set(lines.values_list("order", flat=True)))
        .select_related("imported", "site", "channel__marketplace")
        .order_by("pk")
    )


def _waiting_imports(item_ids: Collection[int], site_ids: Collection[int]) -> QuerySet[ImportedOrder]:
    lines = ImportedLine.objects.filter(item__in=item_ids, site__in=site_ids)
    lines = lines.filter(quantity_ordered__gt=F("quantity_cancelled") + F("quantity_shipped"))
    return (
        ImportedOrder.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(pk__in=set(lines.values_list("imported", flat=True)), reservation_ended_at=None)
        .order_by("pk")
    )
