"""The stock that a batch of orders takes from: locked once, changed in memory, written once.

Steps: they need an open transaction. Whoever takes from a shelf sees what those before him in the batch took.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Allocation,
    Movement,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    Site,
    StockItem,
    StockLevel,
    User,
)
from wharfinger.db.queries.stock.oversells import oversells
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutLevel
from wharfinger.domain.stock.allocation import Key, Part, plan_over_sites
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.operations._rows import Rows, insert, new_row
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.stock._allocation_steps import (
    ALLOCATED,
    Claim,
    Holder,
    may_be_placed,
    parts_of,
    place_order,
)
from wharfinger.operations.stock._group_steps import Groups, by_item
from wharfinger.operations.stock._stock_steps import (
    Move,
    draft_movement,
    lock_levels,
    lower_held,
    oversold,
    raise_notices,
)


class Shelf:
    """Levels by (item, site), what lines hold of them, and what is made of what."""

    def __init__(self) -> None:
        self.levels: dict[Key, StockLevel] = {}
        self._rows = Rows(StockLevel)
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._held: dict[tuple[Holder, int], dict[Key, Allocation]] = {}
        self._allocations = Rows(Allocation)
        self._movements: list[Movement] = []
        self._oversold: dict[Key, int] = {}
        self._causes: dict[int, str] = {}
        self._short: set[int] = set()
        self.groups = Groups()

    # --- what is there

    def read_parts(self, item_ids: Iterable[int]) -> None:
        """What one unit of each item is made of."""
        unknown = {item for item in item_ids if item not in self._parts}
        if unknown:
            self._parts |= parts_of(unknown)

    def parts(self, item_id: int | None) -> tuple[Part, ...]:
        return () if item_id is None else self._parts[item_id]

    def read_held(self, holder: Holder, line_ids: Collection[int]) -> None:
        """What these lines hold. A line that was not read holds nothing: it is new."""
        if not line_ids:
            return
        for row in self._allocations.read(Allocation.objects.filter(any_of(holder, line_ids)).order_by("pk")):
            line = row.line_id if holder == "line" else row.imported_line_id
            self._held.setdefault((holder, line or 0), {})[(row.item_id, row.site_id)] = row

    def held(self, holder: Holder, line_id: int) -> dict[Key, int]:
        """Units by (item, site)."""
        return {key: row.quantity for key, row in self._held.get((holder, line_id), {}).items()}

    def keys(self, item_ids: Iterable[int | None], sites: Collection[int]) -> set[Key]:
        """The levels on which lines of these items stand at these sites."""
        return {(part.item_id, site) for item in item_ids for part in self.parts(item) for site in sites}

    def lock(self, keys: Collection[Key]) -> None:
        """Once, for all orders: in one order, so that two batches never wait for each other in a ring."""
        if keys:
            self.levels = lock_levels(keys)
            self._rows.read(self.levels.values())

    # --- what is taken

    def allocate(self, holder: Holder, claims: Sequence[Claim], *, now: datetime) -> None:
        """Bring the allocations of these lines to what they want and can have, in their order."""
        for claim in claims:
            for key, by in self._changes(holder, claim).items():
                self.levels[key].allocated += by
                self._hold(holder, claim.line_id, key, by, now)
                self.note([key[0]], ALLOCATED)
            self._note_short(holder, claim)

    def _note_short(self, holder: Holder, claim: Claim) -> None:
        """What a line wants and cannot have was sold all the same. Nothing that is available changes by it, but what
        Amazon was sent before somebody counted too few does."""
        if claim.sites and claim.wanted > 0:
            held = by_item(self.held(holder, claim.line_id))
            parts = self.parts(claim.item_id)
            self._short |= {part.item_id for part in parts if held.get(part.item_id, 0) < claim.wanted * part.each}

    def _changes(self, holder: Holder, claim: Claim) -> dict[Key, int]:
        held, parts = self.held(holder, claim.line_id), self.parts(claim.item_id)
        return plan_over_sites(parts, claim.wanted, held, claim.sites, self._free)

    def _free(self, key: Key) -> int:
        return self.levels[key].on_hand - self.levels[key].allocated

    def place(self, order: SalesOrder, lines: Sequence[SalesOrderLine]) -> bool:
        """An order of a site group leaves from the site that can serve it; whether its site was set. Its levels at all
        sites of the group are locked."""
        if not may_be_placed(order, lines):
            return False
        parts = {line.item_id: self.parts(line.item_id) for line in lines if line.item_id is not None}
        held = {line.pk: self.held("line", line.pk) for line in lines}
        return place_order(order, lines, parts, held, self._free, self.groups)

    def _hold(self, holder: Holder, line_id: int, key: Key, by: int, now: datetime) -> None:
        of_line = self._held.setdefault((holder, line_id), {})
        row = of_line.get(key)
        if row is None:
            own = {f"{holder}_id": line_id, "item_id": key[0], "site_id": key[1]}
            of_line[key] = self._allocations.add(new_row(Allocation, **own, quantity=by, made_at=now))
        elif row.quantity + by > 0:
            row.quantity += by
        else:
            del of_line[key]
            self._allocations.remove(row)

    def end_allocation(
        self, holder: Holder, line_id: int, home: Key, leaving: int, now: datetime
    ) -> list[tuple[Key, int, int]]:
        """Units of an item that the line holds leave: its allocation ends with them. Where, how many, and how many of
        them were allocated: from `home` first, then what other sites keep for it; nobody's come from `home`."""
        held = {key: units for key, units in self.held(holder, line_id).items() if key[0] == home[0]}
        freed: dict[Key, int] = {}
        left = leaving
        for key in sorted(held, key=lambda each: (each != home, each)):
            freed[key] = min(held[key], left)
            left -= freed[key]
            if freed[key]:
                self._hold(holder, line_id, key, -freed[key], now)
        gone = {home: freed.get(home, 0) + left} | {key: units for key, units in freed.items() if key != home}
        return [(key, units, freed.get(key, 0)) for key, units in gone.items() if units]

    def move_out(
        self,
        key: Key,
        units: int,
        *,
        allocated: int = 0,
        note: str = "",
        order_line: SalesOrderLine | None = None,
        shipment: Shipment | None = None,
        user: User | None = None,
        now: datetime,
    ) -> None:
        """Units sold and gone; the caller notes for whom it is news."""
        level = self.levels[key]
        level.allocated -= allocated
        move = Move(
            -units,
            MovementReason.SOLD,
            note=note,
            allocated=allocated,
            order_line=order_line,
            shipment=shipment,
            user=user,
        )
        self._movements.append(draft_movement(level, move, now))
        if level.on_hand < 0:
            self._oversold[key] = self._oversold.get(key, 0) + 1

    def send_allocated(
        self, line: SalesOrderLine, key: Key, units: int, *, shipment: Shipment, user: User | None, now: datetime
    ) -> None:
        """Units that the line holds leave with a parcel: allocation and stock fall together, so that what is available
        stays, and nobody needs to be notified."""
        self._hold("line", line.pk, key, -units, now)
        self.move_out(key, units, allocated=units, order_line=line, shipment=shipment, user=user, now=now)

    def take_back(
        self,
        line: SalesOrderLine,
        key: Key,
        units: int,
        *,
        shipment: Shipment,
        note: str,
        problems: Problems,
        user: User | None,
        now: datetime,
    ) -> None:
        """Units that left by `send_allocated` are back, and the line holds them again: a sale that was none, so that
        what is available stays. `problems`: those about the level were read."""
        self._hold("line", line.pk, key, units, now)
        level = self.levels[key]
        level.allocated += units
        move = Move(units, MovementReason.SOLD, note=note, order_line=line, shipment=shipment, user=user)
        self._movements.append(draft_movement(level, move, now))
        if 0 <= level.on_hand < units:
            problems.solve(ProblemKind.OVERSOLD, AboutLevel(*key))

    def move_fba_sale(self, line: SalesOrderLine, units: int, *, shipped_at: datetime, now: datetime) -> None:
        """What Amazon sent of the line from its own stock; nothing when the level that Amazon gave holds it already.

        The reading's time is looked up with the level locked: a reading that is being kept at this moment is waited
        for, so the sale is counted by it or by us, never by both. It is the time of the reading that this level was
        taken from: one that left the item out, or was doubted, holds no sale of it. Units that were ordered before
        the reading were not available in it; they end being ordered as they leave.
        """
        key = (line.item_id or 0, line.order.site_id)
        level = self.levels[key]
        if level.fba_read_at is not None and shipped_at <= level.fba_read_at:
            return
        if level.fba_read_at is not None and line.order.placed_at <= level.fba_read_at:
            level.fba_ordered = max(0, level.fba_ordered - units)
        self.move_out(key, units, order_line=line, now=now)

    def note(self, item_ids: Iterable[int], cause: str) -> None:
        """What is available of these changed: a notice goes to Amazon, for the newest cause."""
        for item in item_ids:
            self._causes.pop(item, None)
            self._causes[item] = cause

    # --- written once

    def write(self, problems: Problems) -> None:
        """After the lines to which it is allocated; notices come last (`raise_notices`)."""
        self._allocations.write()
        self._rows.write()
        insert(Movement, self._movements)
        self._movements = []
        if self._oversold:
            self._open_oversold(problems)

    def _open_oversold(self, problems: Problems) -> None:
        sites = Site.objects.in_bulk({site for _, site in self._oversold})
        items = StockItem.objects.in_bulk({item for item, _ in self._oversold})
        met = oversells([key for key in self._oversold if sites[key[1]].kind != SiteKind.FBA])
        for key, times in self._oversold.items():
            item, site = items[key[0]], sites[key[1]]
            if site.kind == SiteKind.FBA:
                continue
            cause, remedy = oversold(item, site, self.levels[key].on_hand, met.get(key))
            for _ in range(times):
                problems.open(
                    ProblemKind.OVERSOLD, AboutLevel(*key), cause=cause, remedy=remedy, item_id=item.pk, site_id=site.pk
                )
        self._oversold.clear()

    def raise_notices(self, *, now: datetime) -> None:
        """For every listing concerned."""
        by_cause: dict[str, list[int]] = {}
        for item, cause in self._causes.items():
            by_cause.setdefault(cause, []).append(item)
        for cause, items in by_cause.items():
            raise_notices(items, cause=cause, now=now, guarded=False)
        lower_held(self._short - set(self._causes), cause=ALLOCATED, now=now)
        self._causes.clear()
        self._short.clear()
