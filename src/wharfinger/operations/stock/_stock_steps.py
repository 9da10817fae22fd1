"""Steps that move stock; they need an open transaction.

On hand of (item, site) is the sum of its movements, always. Whatever changes what is available puts a
notice for every listing concerned, in the same transaction. Levels are locked in the order (item, site).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from wharfinger.db.any_of import any_of, number_array
from wharfinger.db.models import (
    KitComponent,
    Movement,
    SalesOrderLine,
    SellerAccount,
    Shipment,
    Site,
    StockItem,
    StockLevel,
    StockNotice,
    User,
)
from wharfinger.db.queries.stock.oversells import Oversell, oversells
from wharfinger.db.queries.stock.stock_out import listing_facts, listings_of_items
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutLevel
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.domain.stock.listing_quantity import Silent, Tell, decide, urgency
from wharfinger.operations import triggers
from wharfinger.operations._rows import insert, load, new_row, update
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem

_MAKES_KNOWN = frozenset(
    {MovementReason.OPENING, MovementReason.RECEIVED, MovementReason.COUNTED, MovementReason.TRANSFERRED}
)
_CAUSE_AT_MOST = 120
_NOTE_AT_MOST = 300


def lock_levels(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], StockLevel]:
    """Lock the levels of these (item, site), made where there is none yet, in the one order that never deadlocks."""
    wanted = sorted(set(keys))
    items, sites = {item for item, _ in wanted}, {site for _, site in wanted}
    levels = StockLevel.objects.filter(any_of("item", items), any_of("site", sites))
    held = set(levels.values_list("item_id", "site_id"))
    missing = [StockLevel(item_id=item, site_id=site) for item, site in wanted if (item, site) not in held]
    if missing:
        StockLevel.objects.bulk_create(missing, ignore_conflicts=True)
    rows = levels.select_for_update(no_key=True).order_by("item_id", "site_id")
    found = {(level.item_id, level.site_id): level for level in load(rows)}
    return {key: found[key] for key in wanted}


@dataclass(frozen=True, slots=True)
class Move:
    """Units that come to a level (positive) or leave it (negative), and why.

    `allocated`: units of a sale that were allocated to it: the allocation ends with the movement, so that
    what is available (and what is sent to Amazon) does not change by it.
    """

    quantity: int
    reason: MovementReason
    note: str = ""
    allocated: int = 0
    order_line: SalesOrderLine | None = None
    shipment: Shipment | None = None
    user: User | None = None


def move_stock(item_id: int, site_id: int, move: Move, *, now: datetime) -> Movement:
    """Write one movement, bring its level with it, and queue its listings for Amazon; nothing is clamped."""
    level = lock_levels([(item_id, site_id)])[(item_id, site_id)]
    was_unknown = level.counted_at is None
    movement = write_movement(level, move, now=now)
    if move.quantity + move.allocated or (was_unknown and level.counted_at):
        raise_notices([item_id], cause=f"{move.reason.msgid} {move.quantity:+d}", now=now)
    return movement


def write_movement(level: StockLevel, move: Move, *, now: datetime) -> Movement:
    """As `move_stock` on a level that is locked already; the caller raises the notices, for many at once."""
    level.allocated -= move.allocated
    movement = draft_movement(level, move, now)
    level.save(update_fields=["on_hand", "allocated", "counted_at"])
    movement.save()
    _judge_oversold(level, move.quantity, now)
    return movement


@dataclass(frozen=True, slots=True)
class StockLine:
    """One line of a list of received or counted units, for a level that is locked already."""

    level: StockLevel
    quantity: int
    reason: MovementReason
    note: str


def write_list(lines: Sequence[StockLine], *, now: datetime, user: User | None) -> None:
    """Write a long list at once, line by line in its order; a count that agrees moves nothing."""
    began = {line.level.pk: line.level.on_hand for line in reversed(lines)}
    levels = {line.level.pk: line.level for line in lines}
    movements = []
    for line in lines:
        counted = line.reason is MovementReason.COUNTED
        by = line.quantity - line.level.on_hand if counted else line.quantity
        movement = draft_movement(line.level, Move(by, line.reason, line.note, user=user), now)
        if by:
            movements.append(movement)
    update(StockLevel, levels.values(), ["on_hand", "counted_at"])
    insert(Movement, movements)  # in one statement: the database compares its end with the level
    for key, level in levels.items():
        if began[key] < 0 or level.on_hand < 0:
            _judge_oversold(level, level.on_hand - began[key], now)


def draft_movement(level: StockLevel, move: Move, now: datetime) -> Movement:
    """Bring the level along and draft its movement; neither is saved yet."""
    level.on_hand += move.quantity
    if move.reason is MovementReason.COUNTED or (level.counted_at is None and move.reason in _MAKES_KNOWN):
        level.counted_at = now
    return new_row(
        Movement,
        item_id=level.item_id,
        site_id=level.site_id,
        quantity=move.quantity,
        on_hand_after=level.on_hand,
        reason=move.reason,
        note=move.note[:_NOTE_AT_MOST],
        order_line=move.order_line,
        shipment=move.shipment,
        user=move.user,
        moved_at=now,
    )


def _judge_oversold(level: StockLevel, moved: int, now: datetime) -> None:
    """An own site below zero is an oversell, an error at once; Amazon's passing minus on an FBA site is none."""
    subject = AboutLevel(level.item_id, level.site_id)
    if level.on_hand >= 0:
        if level.on_hand < moved:
            solve_problem(ProblemKind.OVERSOLD, subject, now=now)
        return
    site = Site.objects.get(pk=level.site_id)
    if site.kind == SiteKind.FBA:
        return
    item = StockItem.objects.get(pk=level.item_id)
    met = oversells([(level.item_id, level.site_id)]).get((level.item_id, level.site_id))
    cause, remedy = oversold(item, site, level.on_hand, met)
    open_problem(ProblemKind.OVERSOLD, subject, cause=cause, remedy=remedy, item=item, site=site, now=now)


def oversold(item: StockItem, site: Site, on_hand: int, met: Oversell | None) -> tuple[str, str]:
    """Cause and remedy."""
    by_order = met is not None and met.second is not None
    left = "dispatched" if by_order else "taken away"
    return (
        f"{item.code} at {site.name} is at {on_hand}: more units were {left} than were in stock.{_meeting(met)}",
        "Press “Count” for this site, or “Receive” for new stock. Until then the level is shown as it is.",
    )


def _meeting(met: Oversell | None) -> str:
    """The two orders that wanted the same units."""
    if met is None or met.second is None:
        return ""
    if met.first is None:
        return f" {met.second.code} took {met.second.units} when {met.before} were there."
    moved_between = f" when {met.before} were there" if met.first.left != met.before else ""
    return (
        f" {met.first.code} took {met.first.units} and left {met.first.left}; {met.second.code} then took "
        f"{met.second.units}{moved_between}."
    )


def raise_notices(item_ids: Collection[int], *, cause: str, now: datetime, guarded: bool = True) -> int:
    """“Look at these listings again”, for every listing that sells the items or kits of them."""
    return notice_listings(listings_of_items(item_ids), cause=cause, now=now, guarded=guarded)


_IS_HELD_FOR_ANOTHER = """
    NOT EXCLUDED.unguarded AND (wharfinger_stocknotice.held OR wharfinger_stocknotice.unguarded)
"""
_NOTICE = f"""
INSERT INTO wharfinger_stocknotice
    (listing_id, account_id, version, urgency, wanted, sender_id, cause, caused_at, raised_at, again_at, attempts,
     unguarded, past_guard)
SELECT listing, account, 1, urgency, wanted, sender, %(cause)s, %(now)s, %(now)s, %(now)s, 0,
    %(guarded)s, NOT %(guarded)s
FROM unnest(%(listings)s::bigint[], %(accounts)s::bigint[], %(ranks)s::int[], %(wanted)s::int[], %(senders)s::bigint[])
    AS found(listing, account, urgency, wanted, sender)
ON CONFLICT (listing_id) DO UPDATE SET
    version = wharfinger_stocknotice.version + 1,
    urgency = EXCLUDED.urgency,
    wanted = EXCLUDED.wanted,
    sender_id = EXCLUDED.sender_id,
    cause = CASE WHEN {_IS_HELD_FOR_ANOTHER} THEN wharfinger_stocknotice.cause ELSE EXCLUDED.cause END,
    caused_at = CASE WHEN {_IS_HELD_FOR_ANOTHER} THEN wharfinger_stocknotice.caused_at ELSE EXCLUDED.caused_at END,
    again_at = LEAST(wharfinger_stocknotice.again_at, EXCLUDED.again_at),
    unguarded = wharfinger_stocknotice.unguarded OR EXCLUDED.unguarded,
    past_guard = wharfinger_stocknotice.past_guard OR EXCLUDED.past_guard
"""
"""One statement, because a notice made at the same moment by another transaction must count this change
too: found missing and then ignored as a twin, it could be settled without ever having seen our level. What the write
guard holds, or is still to look at, keeps the cause for which it is held."""


def notice_listings(listings: Mapping[int, int], *, cause: str, now: datetime, guarded: bool = True) -> int:
    """Notices for these listings (listing → seller account); returns how many.

    `guarded`: the write guard looks at the change before it may go. Not so what orders take or give back, and what
    is only sent once more.
    """
    if not listings:
        return 0
    facts = listing_facts(listings)
    ids = sorted(listings)
    decisions = [decide(facts[one]) if one in facts else Silent("") for one in ids]
    tells = [one if isinstance(one, Tell) else None for one in decisions]
    values: dict[str, Any] = {
        "cause": cause[:_CAUSE_AT_MOST],
        "now": now,
        "guarded": guarded,
        "listings": number_array(ids),
        "accounts": number_array([listings[one] for one in ids]),
        "ranks": number_array([int(urgency(one)) for one in decisions]),
        "wanted": number_array([one.explained.quantity if one else None for one in tells]),
        "senders": number_array([one.channel.channel_id if one else None for one in tells]),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTICE, values)
    linked = SellerAccount.objects.filter(pk__in=set(listings.values()), link_state=LinkState.LINKED)
    for account_id in linked.order_by("pk").values_list("pk", flat=True):
        triggers.run_flow(account_id, "stock_out", soon=True)
    return len(listings)


def lower_held(item_ids: Collection[int], *, cause: str, now: datetime) -> None:
    """Orders took units of these that nobody believes to be there: only what the write guard holds back, and Amazon
    still sells, is lowered by them."""
    if not item_ids:
        return
    listings = listings_of_items(item_ids)
    held = StockNotice.objects.filter(Q(held=True) | Q(unguarded=True), any_of("listing", listings))
    concerned = {listing: listings[listing] for listing in held.values_list("listing_id", flat=True)}
    notice_listings(concerned, cause=cause, now=now, guarded=False)


def kits_of(item_ids: Iterable[int]) -> set[int]:
    """The items themselves and the kits that are made of them: whose waiting orders new stock may serve."""
    items = set(item_ids)
    return items | set(KitComponent.objects.filter(any_of("component", items)).values_list("kit", flat=True))
