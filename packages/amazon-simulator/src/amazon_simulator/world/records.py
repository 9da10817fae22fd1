"""What is there, where it is found, and what is due."""

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar

from amazon_simulator.core.store import Entity
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import (
    Confirmation,
    FbaEvent,
    FbaStock,
    Intent,
    Listing,
    Moved,
    Order,
    Particulars,
    Return,
    Seller,
    Write,
)
from amazon_simulator.world.tallies import Tally

OPEN_AT_AMAZON = ("PENDING_AVAILABILITY", "PENDING", "UNSHIPPED")
Numbered = TypeVar("Numbered", Confirmation, Return, FbaEvent)


class Shelf:
    """A seller's orders in the order of their times, so that a page costs a page and not all orders."""

    def __init__(self) -> None:
        self.created: list[tuple[float, str]] = []
        self.updated: list[tuple[float, str]] = []
        self._held: dict[str, float] = {}

    def keep(self, order: Order) -> None:
        held = self._held.get(order.id)
        if held is None:
            insort(self.created, (order.created, order.id))
        elif held == order.updated:
            return
        else:
            del self.updated[bisect_left(self.updated, (held, order.id))]
        insort(self.updated, (order.updated, order.id))
        self._held[order.id] = order.updated


class Records:
    """All state in memory; `changed` collects what must be journalled."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (
        Seller, Listing, Moved, FbaStock, Order, Confirmation, Return, FbaEvent, Intent, Write,
    )  # fmt: skip

    def __init__(self) -> None:
        self.sellers: dict[str, Seller] = {}
        self.listings: dict[tuple[str, str], Listing] = {}
        self.by_seller: dict[str, dict[str, Listing]] = {}
        self.fba: dict[tuple[str, str, str], FbaStock] = {}
        self.orders: dict[str, Order] = {}
        self.shelves: dict[str, Shelf] = {}
        self.confirmations: list[Confirmation] = []
        self.returns: list[Return] = []
        self.returned: dict[tuple[str, str], int] = {}
        """(order, order item) → units that came back."""
        self.fba_events: list[FbaEvent] = []
        """Amazon's ledger of its warehouses, in the order of time."""
        self._tallies: dict[tuple[str, str, str], Tally] = {}
        self.writes: list[Write] = []
        self.intents: dict[int, Intent] = {}
        self.changed: list[Entity] = []
        self.reserved: dict[tuple[str, str, str], int] = {}
        """(seller, pool, SKU) → units of which open FBA orders wait for their shipment."""
        self._due: list[tuple[float, str, str, str]] = []
        self._last_intent = 0

    def put(self, entity: Entity) -> None:
        """Put an entity in its place, as the seed or the journal has it."""
        match entity:
            case Seller():
                self.sellers[entity.id] = entity
                self.by_seller.setdefault(entity.id, {})
            case Listing():
                self._put_listing(entity)
            case Moved():
                self._put_move(entity)
            case FbaStock():
                self.fba[entity.key] = entity
            case Order():
                self._put_order(entity)
            case Confirmation():
                _add(self.confirmations, entity)
            case Return():
                if _add(self.returns, entity):
                    key = (entity.order, entity.order_item)
                    self.returned[key] = self.returned.get(key, 0) + entity.quantity
            case FbaEvent():
                if _add(self.fba_events, entity):
                    self.tally((entity.seller, entity.pool, entity.sku)).note(entity)
            case Intent():
                self._put_intent(entity)
            case Write() if entity.number < len(self.writes):
                self.writes[entity.number] = entity
            case Write():
                self.writes.append(entity)
            case _:
                pass

    def _put_listing(self, listing: Listing) -> None:
        self.by_seller.setdefault(listing.seller, {})[listing.sku] = listing
        self.listings[listing.key] = listing
        for update in listing.waiting:
            self.expect(update.at, "listing", listing.seller, listing.sku)

    def _put_move(self, moved: Moved) -> None:
        listing = self.listings[(moved.seller, moved.sku)]
        listing.quantity, listing.lead_time = moved.quantity, moved.lead_time
        listing.channel, listing.listed, listing.waiting = moved.channel, moved.listed, moved.waiting
        listing.restock_date, listing.second = moved.restock_date, moved.second
        if moved.copies is not None:
            listing.more = listing.more or Particulars()
            listing.more.copies = moved.copies
        if moved.change is not None:
            listing.history.append(moved.change)
        for update in listing.waiting:
            self.expect(update.at, "listing", listing.seller, listing.sku)

    def _put_order(self, order: Order) -> None:
        known = self.orders.get(order.id)
        if known is not None and known.status in OPEN_AT_AMAZON:
            self.count_reserved(known, -1)
        self.shelves.setdefault(order.seller, Shelf()).keep(order)
        self._date_stock(order)
        if order.status in OPEN_AT_AMAZON:
            self.count_reserved(order, 1)
        self.orders[order.id] = order
        waits = order.available_at if order.status == "PENDING_AVAILABILITY" else None
        for at in (waits, order.pays_at, order.ships_at):
            if at is not None:
                self.expect(at, "order", order.id)

    def _put_intent(self, intent: Intent) -> None:
        self._last_intent = max(self._last_intent, intent.number)
        if intent.done:
            self.intents.pop(intent.number, None)
            return
        self.intents[intent.number] = intent
        self.expect(intent.at, "intent", f"{intent.number:012d}")

    def tally(self, key: tuple[str, str, str]) -> Tally:
        """The ledger of one stock."""
        return self._tallies.setdefault(key, Tally())

    def count_reserved(self, order: Order, sign: int) -> None:
        """Count what an open FBA order waits for, or (-1) no longer waits for."""
        for item in order.items if order.fulfilled_by == "AMAZON" else ():
            key = (order.seller, MARKETS[order.marketplace].pool, item.sku)
            self.reserved[key] = self.reserved.get(key, 0) + sign * (item.quantity - item.cancelled)

    def _date_stock(self, order: Order) -> None:
        """What is reserved changes with the order: at the time of its last change, whatever was written down of it."""
        for item in order.items if order.fulfilled_by == "AMAZON" else ():
            tally = self.tally((order.seller, MARKETS[order.marketplace].pool, item.sku))
            tally.at = max(tally.at, order.updated)

    def newest(self, seller: str, most: int) -> list[Order]:
        """A seller's orders, the newest first."""
        shelf = self.shelves.get(seller, Shelf())
        return [self.orders[order_id] for _, order_id in reversed(shelf.created[-most:])]

    def everything(self) -> Iterator[Entity]:
        yield from self.sellers.values()
        yield from self.listings.values()
        yield from self.fba.values()
        yield from self.orders.values()
        yield from self.confirmations
        yield from self.returns
        yield from self.fba_events
        yield from self.writes
        yield from self.intents.values()
        if self._last_intent and self._last_intent not in self.intents:  # no number is given twice
            yield Intent(number=self._last_intent, at=0.0, verb="", subject="", done=True)

    def make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    def touch(self, entity: Entity) -> None:
        self.changed.append(entity)
        if isinstance(entity, Order):
            self.shelves[entity.seller].keep(entity)
            self._date_stock(entity)

    # --- time

    def expect(self, at: float, kind: str, first: str, second: str = "") -> None:
        heapq.heappush(self._due, (at, kind, first, second))

    def due(self) -> float | None:
        """When the next thing happens."""
        return self._due[0][0] if self._due else None

    def pop_due(self, now: float) -> tuple[float, str, str, str] | None:
        """The next thing that is due by `now`: its time, its kind (order, listing, intent), its key."""
        return heapq.heappop(self._due) if self._due and self._due[0][0] <= now else None

    def intend(self, at: float, verb: str, subject: str, params: dict[str, Any] | None = None) -> Intent:
        """A planned act at that time; done once, and not at all when the world does not allow it then."""
        intent = Intent(number=self._last_intent + 1, at=at, verb=verb, subject=subject, params=params or {})
        self.make(intent)
        return intent


def _add(rows: list[Numbered], row: Numbered) -> bool:
    """Each has its place as its number: one that is there already is not added again."""
    if row.number != len(rows):
        return False
    rows.append(row)
    return True
