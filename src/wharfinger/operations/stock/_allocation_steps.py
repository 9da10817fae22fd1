"""Steps that allocate stock to order lines; they need an open transaction.

Orders are locked before levels. Where levels are locked already (stock just came), only orders that
nobody else holds are served: whoever holds one allocates it himself before he lets it go.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import F, Q, QuerySet
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
)
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.orders.sales_orders import LineFacts, sales_order_state
from wharfinger.domain.stock.allocation import Key, Need, Part, place_lines, plan_over_sites, whole_units
from wharfinger.operations._options_in_force import (
    InForce,
    options_for,
)
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.stock._group_steps import (
    Groups,
    by_item,
    groups_with,
    sites_of_import,
    sites_of_line,
    sites_of_lines,
    to_be_sent,
)
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
    """What a line wants: units of an item from a site, and what that lacks from the next. Without a site it wants
    nothing, and gives back what it has."""

    line_id: int
    item_id: int | None
    sites: tuple[int, ...]
    wanted: int


Holder = Literal["line", "imported_line"]
"""Whose lines claim: a column of Allocation."""


def allocate_lines(order: SalesOrder, lines: Sequence[SalesOrderLine], *, now: datetime) -> None:
    """Bring the allocations of the order's lines to what they still need and can have; gives back what is too much.

    An order of a site group that waits is placed at the site that has become able to serve it.
    """
    groups = Groups()
    if may_be_placed(order, lines):
        _place(order, lines, groups, now)
    allocate("line", claims_of_lines(order, lines, groups), now=now)


def _place(order: SalesOrder, lines: Sequence[SalesOrderLine], groups: Groups, now: datetime) -> None:
    parts = parts_of(line.item_id for line in lines if line.item_id is not None)
    held = _held("line", [line.pk for line in lines])
    sites = sites_of_lines(order, lines, groups)
    keys = {(part.item_id, site) for of_item in parts.values() for part in of_item for site in sites}
    levels = lock_levels(keys | {key for of_line in held.values() for key in of_line})
    if not place_order(order, lines, parts, held, lambda key: levels[key].on_hand - levels[key].allocated, groups):
        return
    order.save(update_fields=["site"])
    for line in lines:
        line.save(update_fields=["site"])
    record_activity(PLACED, sales_order=order, channel_id=order.channel_id, now=now)


PLACED = "Its site was chosen anew from its site group, where its units are."


def may_be_placed(order: SalesOrder, lines: Iterable[SalesOrderLine]) -> bool:
    """Whether its site may still change: nobody has fetched or sent any of it."""
    return (
        order.site_group_id is not None and order.picked_at is None and not any(row.quantity_shipped for row in lines)
    )


def place_order(
    order: SalesOrder,
    lines: Sequence[SalesOrderLine],
    parts: Mapping[int, Sequence[Part]],
    held: Mapping[int, Mapping[Key, int]],
    free: Callable[[Key], int],
    groups: Groups,
) -> bool:
    """Set the site of the order and its lines, where another can send all of it; whether one was set. `held`: by line;
    `free`: of levels, which are locked. The caller saves."""
    own: Counter[Key] = Counter()
    for of_line in held.values():
        own.update(of_line)
    needs = [
        Need(line.pk, parts[line.item_id], _wanted(line), line.site_id or order.site_id)
        for line in lines
        if line.item_id is not None and _wanted(line)
    ]
    placed = place_lines(
        needs,
        groups.by_priority(order.site_group_id or 0),
        lambda key: free(key) + own[key],
        may_split=groups.may_split(order.site_group_id),
    )
    if not placed:
        return False
    order.site_id = next(iter(placed.values()))
    for line in lines:
        site = placed.get(line.pk, order.site_id)
        line.site_id = site if site != order.site_id else None
    return True


def claims_of_lines(order: SalesOrder, lines: Iterable[SalesOrderLine], groups: Groups) -> list[Claim]:
    """What a sales order takes of the stock: of its site, or of the one that was chosen for a line; and what that
    lacks, of the other sites of its group."""
    return [Claim(line.pk, line.item_id, sites_of_line(order, line, groups), _wanted(line)) for line in lines]


def _wanted(line: SalesOrderLine) -> int:
    ended = line.order.imported.reservation_ended_at is not None
    return 0 if line.held_reason or line.item_id is None or ended else line.quantity_open


def claims_of(imported: ImportedOrder, lines: Iterable[ImportedLine], groups: Groups) -> list[Claim]:
    """What an order without an import takes of the stock."""
    ended = imported.reservation_ended_at is not None
    return [
        Claim(row.pk, row.item_id, sites_of_import(row, groups), 0 if ended else row.quantity_open) for row in lines
    ]


def allocate_import(imported: ImportedOrder, *, now: datetime) -> None:
    """Bring what an order without an import holds to what it needs and can have."""
    allocate("imported_line", claims_of(imported, imported.lines.order_by("pk"), Groups()), now=now)


def allocate(holder: Holder, claims: Sequence[Claim], *, now: datetime) -> None:
    """Bring the allocations of these lines to what they want and can have, first come first served."""
    held = _held(holder, [claim.line_id for claim in claims])
    parts = parts_of(claim.item_id for claim in claims if claim.item_id is not None)
    keys = {key for of_line in held.values() for key in of_line}
    for claim in claims:
        if claim.item_id is not None:
            keys |= {(part.item_id, site) for site in claim.sites for part in parts[claim.item_id]}
    if not keys:
        return
    levels = lock_levels(keys)
    changed: set[Key] = set()
    for claim in claims:
        of_line = held.get(claim.line_id, {})
        changes = plan_over_sites(
            parts.get(claim.item_id or 0, ()),
            claim.wanted,
            of_line,
            claim.sites,
            lambda key: levels[key].on_hand - levels[key].allocated,
        )
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
    groups, found = Groups(), _held("line", [line.pk for line in lines])
    held = {line.pk: by_item(to_be_sent(order, line, found.get(line.pk, {}), groups)) for line in lines}
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
    """The state that the rows make. `held`: units that can leave, by line and item."""
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
    group = f" (none of the sites of {order.site_group.name} has all of it)" if order.site_group else ""
    return (
        f"{order.code} is waiting: there is not enough stock at {order.site.name} for all of its lines{group}.",
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
            allocate_lines(order, of_order, now=now)
            recompute_state(order, of_order, now=now)
        else:
            allocate_import(order, now=now)
    return len(orders)


def _urgency(order: SalesOrder | ImportedOrder) -> tuple[bool, datetime, bool, int]:
    return order.ship_by is None, order.ship_by or order.placed_at, isinstance(order, ImportedOrder), order.pk


def _waiting_sales(item_ids: Collection[int], site_ids: Collection[int]) -> QuerySet[SalesOrder]:
    lines = (
        SalesOrderLine.objects.filter(item__in=item_ids, order__state__in=MAY_WAIT_FOR_STOCK)
        .annotate(at=Coalesce("site", "order__site"))
        .filter(Q(at__in=site_ids) | Q(order__site_group__in=groups_with(site_ids)))
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
    lines = ImportedLine.objects.filter(
        Q(site__in=site_ids) | Q(site_group__in=groups_with(site_ids)), item__in=item_ids
    )
    lines = lines.filter(quantity_ordered__gt=F("quantity_cancelled") + F("quantity_shipped"))
    return (
        ImportedOrder.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(pk__in=set(lines.values_list("imported", flat=True)), reservation_ended_at=None)
        .order_by("pk")
    )
