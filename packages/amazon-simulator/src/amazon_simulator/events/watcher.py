"""Finds changes by comparing with the previous values: only for types that have a subscription."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from amazon_simulator.access.application import Application
from amazon_simulator.core.store import Entity
from amazon_simulator.events import payloads
from amazon_simulator.events.delivery import Delivery
from amazon_simulator.events.envelope import ACCOUNTS, FBA, FEEDS, ORDERS, QUANTITIES, REPORTS, STATUSES, News
from amazon_simulator.events.finished import finished_work
from amazon_simulator.feeds.feed import Feed
from amazon_simulator.reports.report import Report
from amazon_simulator.representations.listing_items import statuses
from amazon_simulator.world import World
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import FbaStock, Listing, Moved, Order, Seller

Previous = dict[Any, Any]
Observe = Callable[[Sequence[Entity], Previous, float], Iterator[News]]


class Watcher:
    """`watch` takes every changed entity. The previous values are kept in memory: at a start those of the journal."""

    def __init__(self, world: World, application: Application, delivery: Delivery) -> None:
        self._world = world
        self._application = application
        self._delivery = delivery
        self._previous: dict[str, Previous] = {}
        self._observers: dict[str, tuple[Callable[[], Previous], Observe]] = {
            ORDERS: (self._orders, self._look_at_orders),
            QUANTITIES: (self._quantities, self._look_at_quantities),
            STATUSES: (self._statuses, self._look_at_statuses),
            FBA: (self._levels, self._look_at_levels),
            ACCOUNTS: (self._suspensions, self._look_at_accounts),
            FEEDS: (dict, partial(self._look_at_work, Feed)),
            REPORTS: (dict, partial(self._look_at_work, Report)),
        }

    def refresh(self) -> None:
        """Remember what is now, for each type that is subscribed to; forget the rest."""
        wanted = self._delivery.wanted()
        self._previous = {
            kind: self._previous[kind] if kind in self._previous else remember()
            for kind, (remember, _) in self._observers.items()
            if kind in wanted
        }

    def watch(self, changed: Sequence[Entity], now: float) -> None:
        for kind, previous in self._previous.items():
            for news in self._observers[kind][1](changed, previous, now):
                self._delivery.publish(news, now)
        self.refresh()

    # --- accounts

    def _suspensions(self) -> Previous:
        return {seller.id: frozenset(seller.suspended) for seller in self._world.sellers.values()}

    def _look_at_accounts(self, changed: Sequence[Entity], previous: Previous, now: float) -> Iterator[News]:
        for seller in changed:
            if not isinstance(seller, Seller):
                continue
            was, suspended = previous.get(seller.id, frozenset()), frozenset(seller.suspended)
            previous[seller.id] = suspended
            for marketplace in sorted(was ^ suspended):
                words = ("NORMAL", "DEACTIVATED") if marketplace in suspended else ("DEACTIVATED", "NORMAL")
                yield News(ACCOUNTS, seller.id, payloads.account_status(seller.id, marketplace, *words), now)

    # --- orders

    def _orders(self) -> Previous:
        return {order.id: _of_order(order) for order in self._world.orders.values()}

    def _look_at_orders(self, changed: Sequence[Entity], previous: Previous, now: float) -> Iterator[News]:
        roles = self._application.roles
        for order in changed:
            if not isinstance(order, Order) or order.channel != "AMAZON":
                continue
            was, status_and_request = previous.get(order.id, ("", False)), _of_order(order)
            previous[order.id] = status_and_request
            for differs, change in (
                (was[0] != status_and_request[0], payloads.STATUS_CHANGE),
                (status_and_request[1] and not was[1], payloads.BUYER_REQUESTED),
            ):
                if differs:
                    payload = payloads.order_change(order, change, roles)
                    yield News(ORDERS, order.seller, payload, order.updated, change)

    # --- listings

    def _quantities(self) -> Previous:
        return {key: row.quantity for key, row in self._world.listings.items()}

    def _look_at_quantities(self, changed: Sequence[Entity], previous: Previous, now: float) -> Iterator[News]:
        for row in changed:
            if not isinstance(row, Moved | Listing) or row.channel != "DEFAULT" or row.quantity is None:
                continue
            was = previous.get((row.seller, row.sku))
            previous[(row.seller, row.sku)] = row.quantity
            if was != row.quantity:
                yield News(QUANTITIES, row.seller, payloads.quantity_change(row.seller, row.sku, row.quantity), now)

    def _statuses(self) -> Previous:
        return {key: self._status(row) for key, row in self._world.listings.items()}

    def _look_at_statuses(self, changed: Sequence[Entity], previous: Previous, now: float) -> Iterator[News]:
        """A suspended or reopened marketplace changes every listing of the seller's there."""
        keys: dict[tuple[str, str], None] = {}
        for row in changed:
            match row:
                case Moved() | Listing():
                    keys[(row.seller, row.sku)] = None
                case Seller():
                    keys.update(dict.fromkeys(key for key in self._world.listings if key[0] == row.id))
                case _:
                    pass
        for key in keys:
            listing = self._world.listings.get(key)
            if listing is None:
                continue
            was, status = previous.get(key, {}), self._status(listing)
            previous[key] = status
            for marketplace in {**was, **status}:
                now_there = status.get(marketplace, ())
                if was.get(marketplace, ()) != now_there:
                    payload = payloads.status_change(listing, marketplace, now_there or ("DELETED",))
                    yield News(STATUSES, listing.seller, payload, now)

    def _status(self, listing: Listing) -> dict[str, tuple[str, ...]]:
        """Marketplace → what a listing is there; where it is not listed, it is not there at all."""
        if not listing.listed:
            return {}
        suspended, listed = self._world.sellers[listing.seller].suspended, statuses(listing)
        return {
            marketplace: tuple(one for one in listed if one != "BUYABLE" or marketplace not in suspended)
            for marketplace in listing.marketplaces
        }

    # --- FBA stock

    def _levels(self) -> Previous:
        return {key: _of_stock(row) for key, row in self._world.fba.items()}

    def _look_at_levels(self, changed: Sequence[Entity], previous: Previous, now: float) -> Iterator[News]:
        moved: dict[tuple[str, str], None] = {}
        for row in changed:
            if isinstance(row, FbaStock):
                was = previous.get(row.key)
                previous[row.key] = _of_stock(row)
                if was != previous[row.key]:
                    moved[(row.seller, row.sku)] = None
        for seller_id, sku in moved:
            seller, listing = self._world.sellers.get(seller_id), self._world.listings.get((seller_id, sku))
            if seller is not None and listing is not None:
                yield News(FBA, seller_id, payloads.fba_change(seller, listing, self._stocks(seller, sku)), now)

    def _stocks(self, seller: Seller, sku: str) -> dict[str, FbaStock]:
        pools = {MARKETS[marketplace].pool for marketplace in seller.marketplaces}
        held = {pool: self._world.fba.get((seller.id, pool, sku)) for pool in pools}
        return {pool: stock for pool, stock in held.items() if stock is not None}

    # --- work that is over

    def _look_at_work(
        self, kind: type[Feed] | type[Report], changed: Sequence[Entity], previous: Previous, now: float
    ) -> Iterator[News]:
        """Each is sent once: later changes of it are not."""
        for entity in changed:
            if isinstance(entity, kind) and entity.id not in previous:
                news = finished_work(entity, now)
                if news is not None:
                    previous[entity.id] = None
                    yield news


def _of_order(order: Order) -> tuple[str, bool]:
    return order.status, any(item.cancel_reason for item in order.items)


def _of_stock(row: FbaStock) -> tuple[int, ...]:
    return row.fulfillable, row.reserved, row.inbound, row.unfulfillable, row.researching
