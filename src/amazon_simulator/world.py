"""The world that lives: sellers, listings, FBA stock, orders, in trade time. Pure: no IO, no clock of its own."""

import heapq
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.entities import (
    Buyer,
    Change,
    Confirmation,
    FbaStock,
    Item,
    Listing,
    Moved,
    Order,
    Package,
    Seller,
)
from amazon_simulator.store import Entity

TAKES_EFFECT_AFTER = 4.0
"""Trade seconds from an accepted quantity to its effect (real Amazon: seconds to minutes)."""
FBA_SHIPS_AFTER = 300.0
OPEN_AT_AMAZON = ("PENDING", "UNSHIPPED")
CENT = Decimal("0.01")


class NotPossible(Exception):
    """The world does not allow it; the message names the field and the cure."""


class SoldOut(NotPossible):
    """Nobody can buy it now: not enough is left, or it is not for sale."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a buyer puts into the cart."""

    sku: str
    quantity: int
    gift_wrap: bool = False
    gift_message: str = ""
    discount: bool = False


class Shelf:
    """A seller's orders in the order of their times, so that a page costs a page and not the whole book."""

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


class World:
    """All state in memory; `changed` collects what must be journalled."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Seller, Listing, Moved, FbaStock, Order, Confirmation)

    def __init__(self) -> None:
        self.sellers: dict[str, Seller] = {}
        self.listings: dict[tuple[str, str], Listing] = {}
        self.by_seller: dict[str, dict[str, Listing]] = {}
        self.fba: dict[tuple[str, str, str], FbaStock] = {}
        self.orders: dict[str, Order] = {}
        self.shelves: dict[str, Shelf] = {}
        self.confirmations: list[Confirmation] = []
        self.changed: list[Entity] = []
        self.promised: dict[tuple[str, str, str], int] = {}
        self._due: list[tuple[float, str, str, str]] = []
        self.lateness: Callable[[str, float], float] = lambda seller, now: 0.0
        """(seller, time) → seconds for which an order that is placed then stays out of searches."""

    # --- what is there

    def put(self, entity: Entity) -> None:
        """Put an entity in its place, as the seed or the journal has it."""
        match entity:
            case Seller():
                self.sellers[entity.id] = entity
            case Listing():
                self._put_listing(entity)
            case Moved():
                self._put_move(entity)
            case FbaStock():
                self.fba[entity.key] = entity
            case Order():
                self._put_order(entity)
            case Confirmation():
                if entity.number == len(self.confirmations):
                    self.confirmations.append(entity)
            case _:
                pass

    def _put_listing(self, listing: Listing) -> None:
        self.by_seller.setdefault(listing.seller, {})[listing.sku] = listing
        self.listings[listing.key] = listing
        for at, _, _ in listing.waiting:
            heapq.heappush(self._due, (at, "listing", listing.seller, listing.sku))

    def _put_move(self, moved: Moved) -> None:
        listing = self.listings[(moved.seller, moved.sku)]
        listing.quantity, listing.lead_time = moved.quantity, moved.lead_time
        listing.channel, listing.listed, listing.waiting = moved.channel, moved.listed, moved.waiting
        if moved.change is not None:
            listing.history.append(moved.change)
        for at, _, _ in listing.waiting:
            heapq.heappush(self._due, (at, "listing", listing.seller, listing.sku))

    def _put_order(self, order: Order) -> None:
        known = self.orders.get(order.id)
        if known is not None and known.status in OPEN_AT_AMAZON:
            self._promise(known, -1)
        self.shelves.setdefault(order.seller, Shelf()).keep(order)
        if order.status in OPEN_AT_AMAZON:
            self._promise(order, 1)
        self.orders[order.id] = order
        for at in (order.pays_at, order.ships_at):
            if at is not None:
                heapq.heappush(self._due, (at, "order", order.id, ""))

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

    def make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    def touch(self, entity: Entity) -> None:
        self.changed.append(entity)
        if isinstance(entity, Order):
            self.shelves[entity.seller].keep(entity)

    # --- time

    def turn(self, now: float) -> None:
        """Let everything happen that is due: payments, Amazon's parcels, quantities that take effect."""
        while self._due and self._due[0][0] <= now:
            at, kind, first, second = heapq.heappop(self._due)
            if kind == "order":
                self._turn_order(self.orders[first], at)
            else:
                self._turn_listing(self.listings[(first, second)], at)

    def _turn_order(self, order: Order, at: float) -> None:
        if order.status == "PENDING" and order.pays_at is not None and order.pays_at <= at:
            self.pay(order, at)
        if order.status == "UNSHIPPED" and order.ships_at is not None and order.ships_at <= at:
            self.ship_fba(order, at)

    def _turn_listing(self, listing: Listing, at: float) -> None:
        ready = [change for change in listing.waiting if change[0] <= at]
        listing.waiting = [change for change in listing.waiting if change[0] > at]
        for when, quantity, lead_time in ready:
            listing.lead_time = lead_time
            listing.channel = "DEFAULT"  # behaviour S03: a quantity turns an FBA SKU into one of the seller's
            self._set_quantity(listing, quantity, when, "seller")

    # --- listings

    def _set_quantity(self, listing: Listing, quantity: int, at: float, cause: str) -> None:
        listing.quantity = quantity
        change = Change(at, quantity, cause)
        listing.history.append(change)
        self._note_move(listing, change)

    def _note_move(self, listing: Listing, change: Change | None = None) -> None:
        moved = Moved(
            seller=listing.seller,
            sku=listing.sku,
            quantity=listing.quantity,
            lead_time=listing.lead_time,
            channel=listing.channel,
            listed=listing.listed,
            waiting=list(listing.waiting),
            change=change,
        )
        self.changed.append(moved)

    def tell_quantity(
        self, listing: Listing, quantity: int, lead_time: int | None, at: float, *, later: float = 0.0
    ) -> None:
        """The seller's own quantity was accepted: it takes effect a little later."""
        when = at + TAKES_EFFECT_AFTER + later
        listing.waiting.append((when, quantity, lead_time))
        heapq.heappush(self._due, (when, "listing", listing.seller, listing.sku))
        self._note_move(listing)

    # --- orders

    def place(
        self,
        order_id: str,
        seller: Seller,
        marketplace: str,
        fulfilled_by: str,
        lines: Sequence[Line],
        buyer: Buyer,
        *,
        now: float,
        pending_for: float = 0.0,
        shipping: Decimal = Decimal("3.99"),
        service_level: str = "STANDARD",
        programs: Sequence[str] = (),
        oversell: bool = False,
    ) -> Order:
        """A buyer places an order. NotPossible names what does not fit; nothing is changed then."""
        if marketplace not in seller.marketplaces:
            raise NotPossible(f"marketplaceId: {seller.name} does not sell in {marketplace}; see /_simulator/accounts")
        if marketplace in seller.suspended:
            raise SoldOut(f"marketplaceId: {seller.name} is suspended in {marketplace}; see POST …/suspend")
        if order_id in self.orders:
            raise NotPossible(f"orderId: {order_id} exists already")
        if not lines:
            raise NotPossible("items: give at least one line")
        wanted = Counter[str]()
        for line in lines:
            wanted[line.sku] += line.quantity
        listings = [
            self._sold_by(seller, line, marketplace, fulfilled_by, 0 if oversell else wanted[line.sku])
            for line in lines
        ]
        items = [
            _item(
                order_id,
                number,
                listing,
                line,
                MARKETS[marketplace].price_factor,
                shipping if number == 0 else Decimal(0),
            )
            for number, (line, listing) in enumerate(zip(lines, listings, strict=True))
        ]
        if MARKETS[marketplace].tax_added:
            for item in items:
                item.tax = ((item.total) * Decimal("0.0825")).quantize(CENT, ROUND_HALF_UP)
        self._take(fulfilled_by, listings, lines, items, order_id, now)
        paid = now + pending_for
        order = Order(
            id=order_id,
            seller=seller.id,
            marketplace=marketplace,
            fulfilled_by=fulfilled_by,
            status="PENDING" if pending_for else "UNSHIPPED",
            created=now,
            updated=now,
            items=items,
            buyer=buyer,
            service_level=service_level,
            programs=list(programs),
            pays_at=paid if pending_for else None,
            ships_at=paid + FBA_SHIPS_AFTER if fulfilled_by == "AMAZON" else None,
            visible_from=now + self.lateness(seller.id, now),
        )
        self.make(order)
        return order

    def _sold_by(self, seller: Seller, line: Line, marketplace: str, fulfilled_by: str, wanted: int) -> Listing:
        listing = self.listings.get((seller.id, line.sku))
        if listing is None or marketplace not in listing.marketplaces:
            raise NotPossible(f"items.sku: {seller.name} has no SKU “{line.sku[:60]}” in this marketplace")
        if line.quantity < 0:
            raise NotPossible("items.quantity: must not be negative")
        own = listing.channel == "DEFAULT"
        if own != (fulfilled_by == "MERCHANT"):
            raise NotPossible(f"fulfilledBy: “{line.sku[:60]}” is {'the seller' if own else 'Amazon'}'s to send")
        left = (listing.quantity or 0) if own else self._left_at_amazon(seller.id, marketplace, line.sku)
        if wanted > max(0, left):
            raise SoldOut(
                f"items.quantity: only {left} of “{line.sku[:60]}” are left; “oversell”: true sells all the same"
            )
        return listing

    def _left_at_amazon(self, seller: str, marketplace: str, sku: str) -> int:
        """What no open FBA order waits for: the stock itself falls when Amazon ships."""
        stock = self.fba.get((seller, MARKETS[marketplace].pool, sku))
        return 0 if stock is None else stock.fulfillable - self.promised.get(stock.key, 0)

    def _promise(self, order: Order, sign: int) -> None:
        for item in order.items if order.fulfilled_by == "AMAZON" else ():
            key = (order.seller, MARKETS[order.marketplace].pool, item.sku)
            self.promised[key] = self.promised.get(key, 0) + sign * item.quantity

    def _take(
        self,
        fulfilled_by: str,
        listings: Sequence[Listing],
        lines: Sequence[Line],
        items: Sequence[Item],
        order_id: str,
        now: float,
    ) -> None:
        for listing, line, item in zip(listings, lines, items, strict=True):
            if fulfilled_by == "MERCHANT":
                item.taken = min(listing.quantity or 0, line.quantity)  # less when oversold
                self._set_quantity(listing, (listing.quantity or 0) - item.taken, now, f"order {order_id}")
            if not listing.listed:  # what is sold is listed: a SKU that came after the product read the listings
                listing.listed = True
                self._note_move(listing)

    def pay(self, order: Order, at: float) -> None:
        if order.status != "PENDING":
            raise NotPossible(f"{order.id} is {order.status}, not PENDING")
        order.status, order.updated, order.pays_at = "UNSHIPPED", at, None
        self.touch(order)

    def ship_fba(self, order: Order, at: float) -> None:
        if order.fulfilled_by != "AMAZON" or order.status != "UNSHIPPED":
            raise NotPossible(f"{order.id} is no unshipped FBA order")
        pool = MARKETS[order.marketplace].pool
        self._promise(order, -1)
        for item in order.items:
            item.shipped = item.quantity - item.cancelled
            stock = self.fba[(order.seller, pool, item.sku)]
            stock.fulfillable -= item.shipped
            self.touch(stock)
        order.status, order.updated, order.ships_at = "SHIPPED", at, None
        self.touch(order)

    def cancel(self, order: Order, by: str, at: float) -> None:
        if order.status not in ("PENDING", "UNSHIPPED"):
            raise NotPossible(f"{order.id} is {order.status} and cannot be cancelled any more")
        if by not in ("BUYER", "AMAZON", "MERCHANT"):
            raise NotPossible("by: give BUYER, AMAZON or MERCHANT")
        self._promise(order, -1)
        for item in order.items:
            item.cancelled = item.quantity
            listing = self.listings.get((order.seller, item.sku))
            if listing is not None and order.fulfilled_by == "MERCHANT":
                self._set_quantity(listing, (listing.quantity or 0) + item.taken, at, f"cancelled {order.id}")
        order.status, order.updated, order.cancelled_by = "CANCELLED", at, by
        order.pays_at = order.ships_at = None
        self.touch(order)

    def ask_to_cancel(self, order: Order, reason: str, at: float) -> None:
        if order.status not in ("UNSHIPPED", "PENDING"):
            raise NotPossible(f"{order.id} is {order.status}: too late to ask")
        for item in order.items:
            item.cancel_reason = reason or "Ordered by mistake"
        order.updated = at
        self.touch(order)

    def restock(self, seller: str, pool: str, sku: str, quantity: int) -> FbaStock:
        stock = self.fba.get((seller, pool, sku))
        if stock is None:
            raise NotPossible(f"sku: no FBA stock of “{sku[:60]}” in the pool {pool}")
        if quantity < 1:
            raise NotPossible("quantity: give 1 or more")
        stock.fulfillable += quantity
        self.touch(stock)
        return stock

    # --- shipments

    def confirm(self, order: Order, package: Package, now: float) -> str:
        """Take a package of the seller's; answers created or edited. NotPossible = refused."""
        known = next((held for held in order.packages if held.reference == package.reference), None)
        before = dict(known.items) if known is not None else {}
        items = {item.id: item for item in order.items}
        wanted: dict[str, int] = {}
        for item_id, quantity in package.items:
            if item_id not in items:
                raise NotPossible("OrderItemId")
            wanted[item_id] = wanted.get(item_id, 0) + quantity
            left = items[item_id].quantity - items[item_id].cancelled - items[item_id].shipped
            if quantity < 1 or wanted[item_id] > left + before.get(item_id, 0):
                raise NotPossible("already fulfilled")
        for item_id, item in items.items():
            item.shipped += wanted.get(item_id, 0) - before.get(item_id, 0)
        package.items = list(wanted.items())
        if known is not None:
            order.packages[order.packages.index(known)] = package
        else:
            order.packages.append(package)
        whole = all(item.shipped + item.cancelled >= item.quantity for item in order.items)
        order.status = "SHIPPED" if whole else "PARTIALLY_SHIPPED"
        order.updated = now
        self.touch(order)
        return "created" if known is None else "edited"

    def note_confirmation(self, confirmation: Confirmation) -> None:
        self.confirmations.append(confirmation)
        self.touch(confirmation)


def _item(order_id: str, number: int, listing: Listing, line: Line, factor: int, shipping: Decimal) -> Item:
    unit = (Decimal(listing.price) * factor / 10_000).quantize(CENT, ROUND_HALF_UP)
    price = unit * line.quantity
    return Item(
        id=f"{order_id.replace('-', '')[:12]}{number + 1:02d}",
        sku=listing.sku,
        asin=listing.asin,
        title=listing.title,
        quantity=line.quantity,
        price=price,
        shipping=shipping,
        gift_wrap=Decimal("2.50") if line.gift_wrap else Decimal(0),
        discount=(price / 10).quantize(CENT, ROUND_HALF_UP) if line.discount else Decimal(0),
        gift_message=line.gift_message,
    )
