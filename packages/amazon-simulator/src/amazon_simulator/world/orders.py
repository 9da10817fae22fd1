"""Orders: placed, paid, cancelled, with cancellation requested."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from amazon_simulator.world.catalogue import MARKETS, in_currency
from amazon_simulator.world.entities import Buyer, Item, Listing, Order, Seller, Transit
from amazon_simulator.world.prices import price_in
from amazon_simulator.world.quantities import Quantities
from amazon_simulator.world.records import OPEN_AT_AMAZON, Records
from amazon_simulator.world.refusals import NotPossible, SoldOut
from amazon_simulator.world.warehouses import Warehouses

FBA_SHIPS_AFTER = 300.0
WAITS_FOR_STOCK = 3600.0
"""Seconds until Amazon looks again whether it has what an FBA order wants."""
TAX = Decimal("0.0825")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """What a buyer puts into the cart."""

    sku: str
    quantity: int
    gift_wrap: bool = False
    gift_message: str = ""
    discount: bool = False
    particulars: Mapping[str, Any] = field(default_factory=dict)
    """Members of `Item` that only few lines have."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What only few orders have. `available_for`: seconds until the goods of a pre-order come out.

    `total_off`: by how much the grand total differs from its lines.
    """

    alias: str = ""
    replaces: str = ""
    exchange: bool = False
    payment: str = "CreditCard"
    regulated: str = ""
    available_for: float = 0.0
    transit: Transit | None = None
    flex: bool = False
    total_off: Decimal = Decimal(0)


NO_TERMS = Terms()


class Orders:
    """`lateness`: (seller, time) → seconds for which an order that is placed then stays out of searches.
    `rounding`: (seller, time) → whether the grand total of an order that is placed then differs from its lines.
    """

    def __init__(
        self,
        records: Records,
        quantities: Quantities,
        warehouses: Warehouses,
        lateness: Callable[[str, float], float],
        rounding: Callable[[str, float], bool],
    ) -> None:
        self._records = records
        self._quantities = quantities
        self._warehouses = warehouses
        self._lateness = lateness
        self._rounding = rounding

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
        terms: Terms = NO_TERMS,
    ) -> Order:
        """A buyer places an order. NotPossible names what does not fit; nothing is changed then."""
        if marketplace not in seller.marketplaces:
            raise NotPossible(f"marketplaceId: {seller.name} does not sell in {marketplace}; see /_simulator/accounts")
        if marketplace in seller.suspended:
            raise SoldOut(f"marketplaceId: {seller.name} is suspended in {marketplace}; see POST …/suspend")
        if order_id in self._records.orders:
            raise NotPossible(f"orderId: {order_id} exists already")
        if not lines:
            raise NotPossible("items: give at least one line")
        if terms.replaces:
            self._least_a_replacement(seller, terms.replaces)
            shipping, lines = Decimal(0), [replace(line, gift_wrap=False, discount=False) for line in lines]
        wanted = Counter[str]()
        for line in lines:
            wanted[line.sku] += line.quantity
        listings = [
            self._sold_by(seller, line, marketplace, fulfilled_by, 0 if oversell else wanted[line.sku])
            for line in lines
        ]
        items = [
            _item(order_id, number, listing, line, marketplace, shipping if number == 0 else Decimal(0))
            for number, (line, listing) in enumerate(zip(lines, listings, strict=True))
        ]
        if any(item.service_of is not None and not 0 <= item.service_of < len(items) for item in items):
            raise NotPossible("items.serviceOf: give the place of another item of the order, from 0")
        if any(item.total < 0 for item in items):
            raise NotPossible("items.discount: more than the line costs")
        if terms.replaces:  # free of charge
            for item in items:
                item.price = item.tax = Decimal(0)
        self._take(fulfilled_by, listings, lines, items, order_id, now)
        off = terms.total_off or (CENT if self._rounding(seller.id, now) else Decimal(0))
        available = now + terms.available_for
        paid = available + pending_for
        order = Order(
            id=order_id,
            seller=seller.id,
            marketplace=marketplace,
            fulfilled_by=fulfilled_by,
            status="PENDING_AVAILABILITY" if terms.available_for else "PENDING" if pending_for else "UNSHIPPED",
            created=now,
            updated=now,
            items=items,
            buyer=buyer,
            service_level=service_level,
            programs=list(programs),
            pays_at=paid if paid > now else None,
            ships_at=paid + FBA_SHIPS_AFTER if fulfilled_by == "AMAZON" else None,
            visible_from=now + self._lateness(seller.id, now),
            alias=terms.alias,
            replaces=terms.replaces,
            exchange=terms.exchange,
            payment=terms.payment,
            regulated=terms.regulated,
            available_at=available if terms.available_for else None,
            total_off=off,
            transit=terms.transit,
            flex=terms.flex,
        )
        self._records.make(order)
        return order

    def _least_a_replacement(self, seller: Seller, replaced: str) -> None:
        first = self._records.orders.get(replaced)
        if first is None or first.seller != seller.id or first.status not in ("PARTIALLY_SHIPPED", "SHIPPED"):
            raise NotPossible(f"replaces: {replaced[:60]} is no order of {seller.name} that was shipped")

    def _sold_by(self, seller: Seller, line: Line, marketplace: str, fulfilled_by: str, wanted: int) -> Listing:
        listing = self._records.listings.get((seller.id, line.sku))
        if listing is None or marketplace not in listing.marketplaces:
            raise NotPossible(f"items.sku: {seller.name} has no SKU “{line.sku[:60]}” in this marketplace")
        if line.quantity < 0:
            raise NotPossible("items.quantity: must not be negative")
        own = listing.channel == "DEFAULT"
        if own != (fulfilled_by == "MERCHANT"):
            raise NotPossible(f"fulfilledBy: “{line.sku[:60]}” is {'the seller' if own else 'Amazon'}'s to send")
        left = self._warehouses.left(listing, marketplace)
        if wanted > max(0, left):
            raise SoldOut(
                f"items.quantity: only {left} of “{line.sku[:60]}” are left; “oversell”: true sells all the same"
            )
        return listing

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
                item.shown = listing.quantity or 0
                item.taken = min(item.shown, line.quantity)  # less when oversold
                self._quantities.set_quantity(listing, (listing.quantity or 0) - item.taken, now, f"order {order_id}")
            if not listing.listed:  # what is sold is listed: a SKU that came after the product read the listings
                listing.listed = True
                self._quantities.note_move(listing)

    def turn(self, order: Order, at: float) -> None:
        """Let happen to an order what is due by `at`: it comes out, is paid, is sent by Amazon."""
        if order.status == "PENDING_AVAILABILITY" and order.available_at is not None and order.available_at <= at:
            self.release(order, at)
        if order.status == "PENDING" and order.pays_at is not None and order.pays_at <= at:
            self.pay(order, at)
        if order.status == "UNSHIPPED" and order.ships_at is not None and order.ships_at <= at:
            if self._is_there(order):
                self.ship_fba(order, at)
            else:
                order.ships_at = at + WAITS_FOR_STOCK
                self._records.changed.append(order)
                self._records.expect(order.ships_at, "order", order.id)

    def _is_there(self, order: Order) -> bool:
        """Whether Amazon's warehouse holds all that the order wants: what was oversold waits."""
        pool, wanted = MARKETS[order.marketplace].pool, Counter[str]()
        for item in order.items:
            wanted[item.sku] += item.quantity - item.cancelled
        stocks = {sku: self._records.fba.get((order.seller, pool, sku)) for sku in wanted}
        return all(stock is not None and stock.fulfillable >= wanted[sku] for sku, stock in stocks.items())

    def release(self, order: Order, at: float) -> None:
        """The goods of a pre-order come out: it waits for its payment as others do."""
        if order.status != "PENDING_AVAILABILITY":
            raise NotPossible(f"{order.id} is {order.status}, not PENDING_AVAILABILITY")
        order.status, order.updated = "PENDING", at
        self._records.touch(order)

    def pay(self, order: Order, at: float) -> None:
        if order.status != "PENDING":
            raise NotPossible(f"{order.id} is {order.status}, not PENDING")
        order.status, order.updated, order.pays_at = "UNSHIPPED", at, None
        self._records.touch(order)

    def ship_fba(self, order: Order, at: float) -> None:
        """Amazon sends an order of its warehouse."""
        if order.fulfilled_by != "AMAZON" or order.status != "UNSHIPPED":
            raise NotPossible(f"{order.id} is no unshipped FBA order")
        if not self._is_there(order):
            raise NotPossible(f"{order.id}: Amazon's warehouse has too little; see POST /_simulator/fba/restock")
        pool = MARKETS[order.marketplace].pool
        self._records.count_reserved(order, -1)
        for item in order.items:
            item.shipped = item.quantity - item.cancelled
            stock = self._records.fba[(order.seller, pool, item.sku)]
            stock.fulfillable -= item.shipped
            self._records.touch(stock)
            if item.shipped:
                self._warehouses.note(stock, "Shipments", -item.shipped, at, reference=order.id)
        order.status, order.updated, order.ships_at = "SHIPPED", at, None
        self._records.touch(order)

    def cancel(self, order: Order, by: str, at: float) -> None:
        if order.status not in OPEN_AT_AMAZON:
            raise NotPossible(f"{order.id} is {order.status} and cannot be cancelled any more")
        if by not in ("BUYER", "AMAZON", "MERCHANT"):
            raise NotPossible("by: give BUYER, AMAZON or MERCHANT")
        self._records.count_reserved(order, -1)
        for item in order.items:
            self._give_back(order, item, item.quantity - item.cancelled, at)
            item.cancelled = item.quantity
        order.status, order.updated, order.cancelled_by = "CANCELLED", at, by
        order.pays_at = order.ships_at = None
        self._records.touch(order)

    def cancel_units(self, order: Order, item_id: str, quantity: int, by: str, at: float) -> None:
        """Some units of one line are cancelled; the last ones cancel the order."""
        if order.status not in OPEN_AT_AMAZON:
            raise NotPossible(f"{order.id} is {order.status} and cannot be cancelled any more")
        item = next((one for one in order.items if one.id == item_id), None)
        if item is None:
            raise NotPossible(f"orderItemId: {order.id} has no item {item_id[:60]}")
        if not 1 <= quantity <= item.quantity - item.cancelled:
            raise NotPossible(f"quantity: {item.quantity - item.cancelled} of {item_id} can be cancelled")
        if quantity == sum(one.quantity - one.cancelled for one in order.items):
            self.cancel(order, by, at)
            return
        self._records.count_reserved(order, -1)
        self._give_back(order, item, quantity, at)
        item.cancelled += quantity
        self._records.count_reserved(order, 1)
        order.updated, order.cancelled_by = at, by
        self._records.touch(order)

    def _give_back(self, order: Order, item: Item, quantity: int, at: float) -> None:
        """What the order had taken of the seller's quantity; what was oversold was never taken."""
        listing = self._records.listings.get((order.seller, item.sku))
        if listing is None or order.fulfilled_by != "MERCHANT":
            return
        back = min(item.taken, quantity)
        item.taken -= back
        self._quantities.set_quantity(listing, (listing.quantity or 0) + back, at, f"cancelled {order.id}")

    def change_address(self, order: Order, buyer: Buyer, at: float) -> None:
        """The buyer gives another address while nothing has been sent."""
        if order.status not in OPEN_AT_AMAZON:
            raise NotPossible(f"{order.id} is {order.status}: too late for another address")
        order.buyer, order.updated = buyer, at
        self._records.touch(order)

    def set_verification(self, order: Order, status: str, reviewer: str, rejection: str, at: float) -> None:
        """The seller's verdict on a prescription."""
        order.regulated, order.reviewer, order.rejection = status, reviewer, rejection
        order.reviewed = order.updated = at
        self._records.touch(order)

    def request_cancellation(self, order: Order, reason: str, at: float) -> None:
        if order.status not in OPEN_AT_AMAZON:
            raise NotPossible(f"{order.id} is {order.status}: too late to ask")
        for item in order.items:
            item.cancel_reason = reason or "Ordered by mistake"
        order.updated = at
        self._records.touch(order)


def _item(order_id: str, number: int, listing: Listing, line: Line, marketplace: str, shipping: Decimal) -> Item:
    market = MARKETS[marketplace]
    unit = price_in(listing, market)
    price = unit * line.quantity
    item = Item(
        id=f"{order_id.replace('-', '')[:12]}{number + 1:02d}",
        sku=listing.sku,
        asin=listing.asin,
        title=listing.title,
        quantity=line.quantity,
        price=price,
        shipping=in_currency(shipping, market.currency),
        gift_wrap=in_currency(Decimal("2.50"), market.currency) if line.gift_wrap else Decimal(0),
        discount=in_currency(price / 10, market.currency) if line.discount else Decimal(0),
        gift_message=line.gift_message,
    )
    item = msgspec.structs.replace(item, **line.particulars)
    if market.tax_added:
        item.tax = (item.total * TAX).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return item
