"""FBA sites mirror what Amazon holds: each difference is a movement with its reason, never a silent overwrite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from wharfinger.db.models import Movement, Site, StockLevel
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutSite
from wharfinger.domain.moments import is_ahead
from wharfinger.domain.orders.waits_for import ForLevels
from wharfinger.domain.stock.fba_stock import FbaLevel, is_large_fall
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import solve_problem
from wharfinger.operations.orders._reconsider_steps import reconsider
from wharfinger.operations.stock._stock_steps import Move, lock_levels, write_movement
from wharfinger.operations.transaction import operation

READINGS_APART = timedelta(minutes=5)
"""Trade time: a reading sooner after a doubted one is the same answer once more, no second witness."""


@dataclass(frozen=True, slots=True)
class FbaLoaded:
    """`doubted`: items whose fall waits for a second reading. `stale`: an older reading than the one we hold;
    nothing was written."""

    items: int
    differences: int
    doubted: int = 0
    stale: bool = False


@operation
def load_fba_levels(
    site_id: int, levels: Sequence[FbaLevel], *, read_at: datetime, now: datetime, unlinked: int = 0
) -> FbaLoaded:
    """Amazon is the master of an FBA site: each difference is a movement with its reason.

    `read_at`: trade time before the reading began; the levels hold every sale that Amazon sent before it.
    A sale that it sent after the reading, and that we have booked already, is added back first.
    An item that is absent keeps its level (behaviour F01), and so does one that fell by much, until a second
    reading says the same. `unlinked`: SKUs that name no item yet; a site of which nothing could be read for
    that reason is not loaded.
    """
    site = Site.objects.select_for_update(no_key=True).get(pk=site_id)
    newest = site.levels_read_at
    if newest is not None and read_at < newest and not is_ahead(newest, now):
        return FbaLoaded(0, 0, stale=True)
    held = lock_levels([(level.item_id, site_id) for level in levels])
    sold = _sold_since(site_id, [level.item_id for level in levels], read_at)
    changed = doubted = 0
    for reading in sorted(levels, key=lambda reading: reading.item_id):
        level, since = held[(reading.item_id, site_id)], sold.get(reading.item_id, _NOTHING_SOLD)
        if _wait_for_second(level, reading, reading.on_hand - since.units, read_at):
            doubted += 1
        else:
            changed += _mirror(level, reading, since, read_at, now)
    _mark_loaded(site, loaded=bool(levels) or not unlinked, read_at=read_at, now=now)
    return FbaLoaded(len(levels), changed, doubted)


@dataclass(frozen=True, slots=True)
class _SoldSince:
    """Units that Amazon sent after a reading and that are booked already; `ordered` of them before it."""

    units: int = 0
    ordered: int = 0


_NOTHING_SOLD = _SoldSince()


def _sold_since(site_id: int, item_ids: Sequence[int], read_at: datetime) -> dict[int, _SoldSince]:
    rows = Movement.objects.filter(
        site_id=site_id,
        item_id__in=item_ids,
        reason=MovementReason.SOLD,
        order_line__order__shipped_at__gt=read_at,
    )
    before = Q(order_line__order__placed_at__lte=read_at)
    sums = rows.values("item_id").annotate(units=Sum("quantity"), ordered=Sum("quantity", filter=before)).order_by()
    return {row["item_id"]: _SoldSince(-row["units"], -(row["ordered"] or 0)) for row in sums}


def _wait_for_second(level: StockLevel, reading: FbaLevel, on_hand: int, read_at: datetime) -> bool:
    """Keep the level and note the doubt; False when the reading may be taken."""
    if level.counted_at is None or not is_large_fall(level.on_hand, on_hand):
        return False
    if level.fba_doubted_at is not None and read_at - level.fba_doubted_at >= READINGS_APART:
        return False
    level.fba_doubted, level.fba_doubted_at = reading.fulfillable, min(level.fba_doubted_at or read_at, read_at)
    level.save(update_fields=["fba_doubted", "fba_doubted_at"])
    return True


def _mirror(level: StockLevel, reading: FbaLevel, since: _SoldSince, read_at: datetime, now: datetime) -> bool:
    first = level.counted_at is None
    level.counted_at, level.fba_read_at = now, read_at
    level.fba_doubted = level.fba_doubted_at = None
    level.fba_ordered = max(0, reading.ordered - since.ordered)
    level.fba_reserved, level.fba_inbound = reading.reserved, reading.inbound
    level.fba_unfulfillable, level.fba_researching = reading.unfulfillable, reading.researching
    level.fba_unexplained, level.fba_other = reading.unexplained, dict(reading.other)
    level.save(update_fields=_MIRRORED)
    difference = reading.on_hand - since.units - level.on_hand
    if difference:
        reason = MovementReason.OPENING if first else MovementReason.FBA_DIFFERENCE
        ordered = f" ({reading.ordered} of them ordered)" if reading.ordered else ""
        note = f"Amazon held {reading.on_hand}{ordered} at {read_at:%Y-%m-%d %H:%M:%S} UTC"
        write_movement(level, Move(difference, reason, note), now=now)
    return bool(difference)


_MIRRORED = (
    "counted_at",
    "fba_read_at",
    "fba_doubted",
    "fba_doubted_at",
    "fba_ordered",
    "fba_reserved",
    "fba_inbound",
    "fba_unfulfillable",
    "fba_researching",
    "fba_unexplained",
    "fba_other",
)


def _mark_loaded(site: Site, *, loaded: bool, read_at: datetime, now: datetime) -> None:
    site.levels_read_at = read_at
    first = loaded and site.levels_loaded_at is None
    if first:
        site.levels_loaded_at = now
    site.save(update_fields=["levels_read_at", "levels_loaded_at"])
    if first:
        record_activity(f"{site.name}: stock levels loaded from Amazon.", account=site.account, now=now)
    if site.levels_loaded_at is not None:
        solve_problem(ProblemKind.FBA_SITE_EMPTY, AboutSite(site.pk), now=now)
    if first:
        reconsider(ForLevels(site.pk), now=now)
