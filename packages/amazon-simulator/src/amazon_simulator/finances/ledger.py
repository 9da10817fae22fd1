"""The seller's account with Amazon: what was sent, refunded and paid out, posted as it happens."""

import hashlib
from base64 import urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import ClassVar

import msgspec

from amazon_simulator.core.store import Entity
from amazon_simulator.finances.charges import NOTHING, Charge, currency_of, given_back, refunded, shipped
from amazon_simulator.world import World
from amazon_simulator.world.entities import Item, Order, Return

FORTNIGHT = 14 * 24 * 3600.0
"""Seconds of trade time after which Amazon settles."""
SHIPMENT, REFUND, TRANSFER = "Shipment", "Refund", "Transfer"


class Booked(msgspec.Struct):
    """One line of an order in a posting. `before`: units of it that were posted earlier. `parts`: of a refund."""

    item: str
    before: int
    units: int
    parts: dict[str, Decimal] = {}


class Posting(Entity, tag="posting", kw_only=True):
    """`currency` and `amount` only of a transfer. `reference`: the feed that refunded, the settlement paid out."""

    number: int
    at: float
    seller: str
    kind: str
    order: str = ""
    lines: list[Booked] = []
    currency: str = ""
    amount: Decimal = NOTHING
    reference: str = ""


class Ledger:
    """A store, and a watcher of orders and returns: Amazon refunds automatically what comes back to its warehouses."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Posting,)

    def __init__(self, world: World) -> None:
        self._world = world
        self.changed: list[Entity] = []
        self.postings: list[Posting] = []
        self._of_seller: dict[str, list[Posting]] = {}
        self._sent: dict[tuple[str, str], int] = {}
        self._returned: dict[tuple[str, str], int] = {}
        self._refunded: dict[tuple[str, str, str], Decimal] = {}

    def put(self, entity: Entity) -> None:
        if not isinstance(entity, Posting) or entity.number != len(self.postings):
            return
        self.postings.append(entity)
        self._of_seller.setdefault(entity.seller, []).append(entity)
        for line in entity.lines:
            key = (entity.order, line.item)
            if entity.kind == SHIPMENT:
                self._sent[key] = line.before + line.units
            elif not entity.reference:
                self._returned[key] = line.before + line.units
            for name, amount in line.parts.items():
                whole = (*key, name)
                self._refunded[whole] = self._refunded.get(whole, NOTHING) + amount

    def everything(self) -> Iterator[Entity]:
        yield from self.postings

    def turn(self, now: float) -> None:
        """What happens is posted when it has happened: see `watch`."""

    def watch(self, changed: Sequence[Entity], now: float) -> None:
        """Post what has left since the last time, and what came back to Amazon."""
        for entity in changed:
            if isinstance(entity, Order):
                self._post_shipment(entity, now)
            elif isinstance(entity, Return) and entity.kind == "FBA":
                self._post_return(entity, now)

    def _post_shipment(self, order: Order, now: float) -> None:
        sent = {item.id: self._sent.get((order.id, item.id), 0) for item in order.items if item.shipped}
        lines = [
            Booked(item.id, sent[item.id], item.shipped - sent[item.id])
            for item in order.items
            if item.id in sent and item.shipped > sent[item.id]
        ]
        if lines:
            self._post(now, order.seller, SHIPMENT, order.id, lines)

    def _post_return(self, back: Return, now: float) -> None:
        order = self._world.orders[back.order]
        item = next(item for item in order.items if item.id == back.order_item)
        before = self._returned.get((order.id, item.id), 0)
        parts = given_back(order, item, before, back.quantity)
        if parts:
            self._post(now, order.seller, REFUND, order.id, [Booked(item.id, before, back.quantity, parts)])

    def refund(self, order: Order, lines: list[Booked], now: float, reference: str) -> None:
        """What the seller gives back to the buyer."""
        self._post(now, order.seller, REFUND, order.id, lines, reference)

    def pay_out(self, seller: str, currency: str, amount: Decimal, now: float, settlement: str) -> None:
        """A settlement's total leaves for the seller's bank."""
        posting = Posting(
            number=len(self.postings),
            at=now,
            seller=seller,
            kind=TRANSFER,
            currency=currency,
            amount=-amount,
            reference=settlement,
        )
        self._make(posting)

    def _post(self, now: float, seller: str, kind: str, order: str, lines: list[Booked], reference: str = "") -> None:
        at = max(now, self.postings[-1].at) if self.postings else now
        number = len(self.postings)
        self._make(
            Posting(number=number, at=at, seller=seller, kind=kind, order=order, lines=lines, reference=reference)
        )

    def _make(self, posting: Posting) -> None:
        self.put(posting)
        self.changed.append(posting)

    # --- reading

    def refunded(self, order: str, item: str, name: str) -> Decimal:
        """What was given back of a component until now."""
        return self._refunded.get((order, item, name), NOTHING)

    def between(self, seller: str, since: float, until: float) -> Sequence[Posting]:
        """A seller's postings from `since` to before `until`, oldest first."""
        rows = self._of_seller.get(seller, [])
        return rows[bisect_left(rows, since, key=_at) : bisect_left(rows, until, key=_at)]

    def of_order(self, seller: str, order: str) -> list[Posting]:
        return [posting for posting in self._of_seller.get(seller, []) if posting.order == order]

    def charges(self, posting: Posting) -> list[Charge]:
        """What a posting consists of; nothing of a transfer."""
        order = self._world.orders.get(posting.order)
        if order is None:
            return []
        items = {item.id: item for item in order.items}
        return [charge for line in posting.lines for charge in _charges(order, items[line.item], line, posting.kind)]

    def currency(self, posting: Posting) -> str:
        return posting.currency or currency_of(self._world.orders[posting.order])

    def total(self, posting: Posting) -> Decimal:
        return posting.amount + sum((charge.amount for charge in self.charges(posting)), NOTHING)


def _charges(order: Order, item: Item, line: Booked, kind: str) -> list[Charge]:
    if kind == SHIPMENT:
        return shipped(order, item, line.before, line.units)
    return refunded(order, item, line.units, line.parts)


def _at(posting: Posting) -> float:
    return posting.at


def group_of(seller: str, currency: str, at: float) -> str:
    """The financial event group: what will be settled together."""
    identity = f"{seller}:{currency}:{at // FORTNIGHT:.0f}"
    return urlsafe_b64encode(hashlib.sha256(identity.encode()).digest()).decode().rstrip("=")
