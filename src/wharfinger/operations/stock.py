"""Stock by hand and from Amazon: receive, count, adjust, and the levels that Amazon holds (FBA)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from wharfinger.db.models import Movement, Site, StockItem, StockLevel, User
from wharfinger.domain.problems import ProblemKind
from wharfinger.domain.stock import MovementReason, SiteKind
from wharfinger.operations._history_steps import record_activity
from wharfinger.operations._problem_steps import solve_problem
from wharfinger.operations._receipt_steps import lock_for_receipt, serve_waiting
from wharfinger.operations._reconsider_steps import reconsider
from wharfinger.operations._stock_steps import lock_levels, write_movement
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

UNITS_AT_MOST = 10_000_000


@operation
def receive_stock(
    item_id: int, site_id: int, quantity: int, *, now: datetime, user: User | None = None, note: str = ""
) -> Movement:
    """Units came in; orders that wait for them are served by ship-by date."""
    _check_own(item_id, site_id)
    _check_units(quantity, "quantity", least=1)
    level = lock_for_receipt([(item_id, site_id)])[(item_id, site_id)]
    movement = write_movement(level, quantity, MovementReason.RECEIVED, now=now, user=user, note=note.strip())
    serve_waiting([item_id], [site_id], cause=f"Received {quantity}", now=now)
    return movement


@operation
def count_stock(
    item_id: int, site_id: int, counted: int, *, now: datetime, user: User | None = None, note: str = ""
) -> Movement | None:
    """A stocktake: the difference is a movement; None when the count agrees. From now on the level is known."""
    _check_own(item_id, site_id)
    _check_units(counted, "counted", least=0)
    level = lock_for_receipt([(item_id, site_id)])[(item_id, site_id)]
    difference = counted - level.on_hand
    movement = None
    if difference:
        movement = write_movement(level, difference, MovementReason.COUNTED, now=now, user=user, note=note.strip())
    else:
        level.counted_at = now
        level.save(update_fields=["counted_at"])
    serve_waiting([item_id], [site_id], cause=f"Counted {counted}", now=now)
    return movement


@operation
def adjust_stock(
    item_id: int, site_id: int, by: int, note: str, *, now: datetime, user: User | None = None
) -> Movement:
    """A correction with its reason: broken, lost, found."""
    _check_own(item_id, site_id)
    if not note.strip():
        raise Refused("Give the reason of the adjustment, such as “broken” or “found”.", "note")
    if by == 0:
        raise Refused("An adjustment by 0 changes nothing. Give the units, such as -2 or 3.", "by")
    _check_units(abs(by), "by", least=1)
    level = lock_for_receipt([(item_id, site_id)])[(item_id, site_id)]
    if level.counted_at is None:
        raise Refused("This item was never counted here: there is nothing to adjust yet. Count it first.", "by")
    movement = write_movement(level, by, MovementReason.ADJUSTED, now=now, user=user, note=note.strip())
    serve_waiting([item_id], [site_id], cause=f"Adjusted by {by:+d}", now=now)
    return movement


def _check_own(item_id: int, site_id: int) -> None:
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise Refused("This site does not exist any more. Choose another.", "site")
    if site.kind == SiteKind.FBA.value:
        raise Refused(
            f"{site.name} mirrors what Amazon holds: Amazon is its master. Its levels are read from Amazon.", "site"
        )
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        raise Refused("This item does not exist any more. Choose another.", "item")
    if item.components.exists():
        raise Refused(f"{item.code} is a kit: its stock is that of its components. Choose a component.", "item")


def _check_units(units: int, field: str, *, least: int) -> None:
    if not least <= units <= UNITS_AT_MOST:
        raise Refused(f"Give a whole number of units from {least} to {UNITS_AT_MOST:,}.", field)


@dataclass(frozen=True, slots=True)
class FbaLevel:
    """What Amazon holds of one item in one pool, its parts kept apart; sellable now is `fulfillable`.

    `ordered` (a part of `reserved`) waits for buyers' orders: it is on hand until Amazon sends it.
    """

    item_id: int
    fulfillable: int
    ordered: int = 0
    reserved: int = 0
    inbound: int = 0
    unfulfillable: int = 0
    researching: int = 0


@dataclass(frozen=True, slots=True)
class FbaLoaded:
    """`stale`: an older reading than the one we hold; nothing was written."""

    items: int
    differences: int
    stale: bool = False


@operation
def load_fba_levels(
    site_id: int, levels: Sequence[FbaLevel], *, read_at: datetime, now: datetime, unlinked: int = 0
) -> FbaLoaded:
    """Amazon is the master of an FBA site: each difference is a movement with its reason.

    `read_at`: trade time before the reading began; the levels hold every sale that Amazon sent before it.
    A sale that it sent after the reading, and that we have booked already, is added back first.
    An item that is absent keeps its level (behaviour F01). `unlinked`: SKUs that name no item yet; a site
    of which nothing could be read for that reason is not loaded.
    """
    site = Site.objects.select_for_update(no_key=True).get(pk=site_id)
    if site.levels_read_at is not None and read_at < site.levels_read_at:
        return FbaLoaded(0, 0, stale=True)
    held = lock_levels([(level.item_id, site_id) for level in levels])
    sold_since = _sold_since(site_id, [level.item_id for level in levels], read_at)
    changed = []
    for told in sorted(levels, key=lambda told: told.item_id):
        expected = told.fulfillable + told.ordered - sold_since.get(told.item_id, 0)
        if _mirror(held[(told.item_id, site_id)], told, expected, read_at, now):
            changed.append(told.item_id)
    _mark_loaded(site, loaded=bool(levels) or not unlinked, read_at=read_at, now=now)
    return FbaLoaded(len(levels), len(changed))


def _sold_since(site_id: int, item_ids: Sequence[int], read_at: datetime) -> dict[int, int]:
    """Units by item that Amazon sent after `read_at` and that are booked already."""
    rows = Movement.objects.filter(
        site_id=site_id,
        item_id__in=item_ids,
        reason=MovementReason.SOLD.value,
        order_line__order__shipped_at__gt=read_at,
    )
    return {row["item_id"]: -row["units"] for row in rows.values("item_id").annotate(units=Sum("quantity")).order_by()}


def _mirror(level: StockLevel, told: FbaLevel, expected: int, read_at: datetime, now: datetime) -> bool:
    first = level.counted_at is None
    level.counted_at = now
    level.fba_reserved, level.fba_inbound = told.reserved, told.inbound
    level.fba_unfulfillable, level.fba_researching = told.unfulfillable, told.researching
    level.save(update_fields=["counted_at", "fba_reserved", "fba_inbound", "fba_unfulfillable", "fba_researching"])
    difference = expected - level.on_hand
    if difference:
        reason = MovementReason.OPENING if first else MovementReason.FBA_DIFFERENCE
        ordered = f" ({told.ordered} of them ordered)" if told.ordered else ""
        note = f"Amazon held {told.fulfillable + told.ordered}{ordered} at {read_at:%Y-%m-%d %H:%M:%S} UTC"
        write_movement(level, difference, reason, now=now, note=note)
    return bool(difference)


def _mark_loaded(site: Site, *, loaded: bool, read_at: datetime, now: datetime) -> None:
    site.levels_read_at = read_at
    first = loaded and site.levels_loaded_at is None
    if first:
        site.levels_loaded_at = now
    site.save(update_fields=["levels_read_at", "levels_loaded_at"])
    if first:
        record_activity(f"{site.name}: stock levels loaded from Amazon.", account=site.account, now=now)
    if site.levels_loaded_at is not None:
        solve_problem(ProblemKind.FBA_SITE_EMPTY, f"site:{site.pk}", now=now)
    if first:
        reconsider(f"site:{site.pk}", now=now)
