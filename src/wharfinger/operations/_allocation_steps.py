"""Steps that promise stock to order lines; they need an open transaction.

Orders are locked before levels. Where levels are locked already (stock just came), only orders that
nobody else holds are served: whoever holds one allocates it himself before he lets it go.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import F

from wharfinger.db.models import Allocation, KitComponent, Problem, SalesOrder, SalesOrderLine, StockLevel
from wharfinger.domain.allocation import Part, promise, whole_units
from wharfinger.domain.orders import AmazonStatus, Fulfilment, SalesOrderState
from wharfinger.domain.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.sales_orders import LineFacts, sales_order_state
from wharfinger.operations._option_steps import InForce, options_for
from wharfinger.operations._problem_steps import open_problem, solve_problem
from wharfinger.operations._stock_steps import lock_levels, raise_notices

MAY_WAIT_FOR_STOCK = [
    SalesOrderState.PENDING.value,
    SalesOrderState.AWAITING_STOCK.value,
    SalesOrderState.HELD.value,
    SalesOrderState.PART_SHIPPED.value,
]


def parts_of(item_ids: Iterable[int]) -> dict[int, tuple[Part, ...]]:
    """What one unit of each item is made of: its kit components, or itself."""
    wanted = set(item_ids)
    kits: dict[int, list[Part]] = {}
    for row in KitComponent.objects.filter(kit__in=wanted):
        kits.setdefault(row.kit_id, []).append(Part(row.component_id, row.quantity))
    return {item: tuple(kits.get(item, [Part(item, 1)])) for item in wanted}


def allocate_lines(lines: Sequence[SalesOrderLine], *, site_id: int, now: datetime) -> None:
    """Bring the promises of these lines to what they still need and can have; gives back what is too much."""
    held = _allocations(lines)
    parts = parts_of(line.item_id for line in lines if line.item_id is not None)
    items = {part.item_id for of_item in parts.values() for part in of_item}
    items |= {item for of_line in held.values() for item in of_line}
    if not items:
        return
    levels = lock_levels((item, site_id) for item in items)
    changed: set[int] = set()
    for line in lines:
        changed |= _allocate_line(line, parts.get(line.item_id or 0, ()), held.get(line.pk, {}), levels, site_id, now)
    for level in levels.values():
        if level.item_id in changed:
            level.save(update_fields=["allocated"])
    if changed:
        raise_notices(changed, cause="Promised to orders changed", now=now)


def lock_parts(items: Iterable[int], *, site_id: int) -> None:
    """Lock the levels that lines of these items stand on, before anything that is locked after levels."""
    parts = parts_of(items)
    lock_levels((part.item_id, site_id) for of_item in parts.values() for part in of_item)


def _allocations(lines: Sequence[SalesOrderLine]) -> dict[int, dict[int, int]]:
    held: dict[int, dict[int, int]] = {}
    for row in Allocation.objects.filter(line__in=[line.pk for line in lines]):
        held.setdefault(row.line_id, {})[row.item_id] = row.quantity
    return held


def _allocate_line(
    line: SalesOrderLine,
    parts: Sequence[Part],
    held: Mapping[int, int],
    levels: Mapping[tuple[int, int], StockLevel],
    site_id: int,
    now: datetime,
) -> set[int]:
    wanted = 0 if line.held_reason or line.item_id is None else line.quantity_open
    available = {item: level.on_hand - level.allocated for (item, _), level in levels.items()}
    changes = promise(parts, wanted, held, available)
    for item, change in changes.items():
        levels[(item, site_id)].allocated += change
        _write_promise(line, item, site_id, held.get(item, 0) + change, now)
    return set(changes)


def _write_promise(line: SalesOrderLine, item_id: int, site_id: int, units: int, now: datetime) -> None:
    if units <= 0:
        Allocation.objects.filter(line=line, item_id=item_id, site_id=site_id).delete()
        return
    Allocation.objects.update_or_create(
        line=line,
        item_id=item_id,
        site_id=site_id,
        defaults={"quantity": units},
        create_defaults={"quantity": units, "made_at": now},
    )


def bring_state_along(order: SalesOrder, lines: Sequence[SalesOrderLine], *, now: datetime, new: bool = False) -> None:
    """Set the order's state from its facts, and open or solve its waiting for stock.

    `new`: it is just being taken, and who takes it knows its options.
    """
    held = _allocations(lines)
    parts = parts_of(line.item_id for line in lines if line.item_id is not None)
    facts = [
        LineFacts(
            open=line.quantity_open,
            shipped=line.quantity_shipped,
            promised=whole_units(parts.get(line.item_id or 0, ()), held.get(line.pk, {})),
            held=bool(line.held_reason) or line.item_id is None,
        )
        for line in lines
    ]
    state = sales_order_state(
        AmazonStatus(order.imported.amazon_status),
        Fulfilment(order.imported.fulfilment or "FBM"),
        facts,
        address_missing=Problem.objects.filter(
            kind__in=ADDRESS_HOLDS, key=f"order:{order.pk}", solved_at=None
        ).exists(),
    )
    SalesOrder.objects.filter(pk=order.pk).exclude(state=state.value).update(state=state.value)
    became_ready = state is SalesOrderState.READY and order.state != state.value
    order.state = state.value
    if became_ready and not new:
        pick_by_itself(order, options_for(order.channel, order.order_type), now=now)
    _tell_of_waiting(order, state, now)


def pick_by_itself(order: SalesOrder, options: InForce, *, now: datetime) -> None:
    """Auto-pick: what can leave, or has left, counts as picked; who waits for stock, once it has come.

    Never an order whose buyer requested cancellation and nobody has answered.
    """
    may = order.state in (SalesOrderState.READY.value, SalesOrderState.ISSUED.value) and not order.cancel_unanswered
    if options.values.auto_pick and may and order.picked_at is None:
        order.picked_at = now
        order.save(update_fields=["picked_at"])


def _tell_of_waiting(order: SalesOrder, state: SalesOrderState, now: datetime) -> None:
    key = f"order:{order.pk}"
    if state is not SalesOrderState.AWAITING_STOCK:
        solve_problem(ProblemKind.AWAITING_STOCK, key, now=now)
        return
    open_problem(
        ProblemKind.AWAITING_STOCK,
        key,
        cause=f"{order.code} waits: there is not enough stock at {order.site.name} for all of its lines.",
        cure="Press “Receive stock” at the line that is short: it is allocated to the order automatically. Or "
        "cancel the order in Seller Central.",
        cure_page=f"/sales-orders/{order.pk}/",
        sales_order=order,
        channel_id=order.channel_id,
        now=now,
    )


def allocate_waiting(item_ids: Collection[int], site_ids: Collection[int], *, now: datetime) -> int:
    """Stock came to these sites: promise it to the orders that wait, earliest ship-by first. Answers how many."""
    lines = (
        SalesOrderLine.objects.filter(item__in=item_ids, order__site__in=site_ids, order__state__in=MAY_WAIT_FOR_STOCK)
        .exclude(order__imported__fulfilment=Fulfilment.FBA.value)
        .filter(quantity_ordered__gt=F("quantity_cancelled") + F("quantity_shipped"))
    )
    waiting = set(lines.values_list("order", flat=True))
    orders = (
        SalesOrder.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(pk__in=waiting)
        .select_related("imported", "site", "channel__marketplace")
        .order_by(F("ship_by").asc(nulls_last=True), "pk")
    )
    for order in orders:
        of_order = list(order.lines.order_by("pk"))
        allocate_lines(of_order, site_id=order.site_id, now=now)
        bring_state_along(order, of_order, now=now)
    return len(waiting)
