"""A seller account, its channels and a scripted Amazon: orders go in as Amazon's JSON and come out as rows."""

import json
from datetime import datetime, timedelta
from typing import Any

from tests.factories.cast import Retailer
from tests.factories.ground import NOW, UK

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.client import SearchOrders
from wharfinger.amazon.messages.orders import SearchOrdersPage
from wharfinger.db.models import (
    Channel,
    ImportedOrder,
    Problem,
    RawMessage,
    SalesOrder,
    SellerAccount,
    Site,
)
from wharfinger.operations.orders import inbox
from wharfinger.operations.orders.inbox import NextCursor, RawOrder
from wharfinger.sync.calls import AccountFacts, FlowResult
from wharfinger.sync.orders import take_orders


class StandingClock:
    """Trade time that moves only when a test moves it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def machine_now(self) -> datetime:
        return self.at

    def pause(self, trade_seconds: float) -> None:
        self.at += timedelta(seconds=trade_seconds)


class ScriptedAmazon:
    """Gives searches and order fetches their answers from a script, and keeps the requests."""

    whole_timeout = 30.0

    def __init__(self, account: SellerAccount) -> None:
        self.account = AccountFacts(account.pk, account.seller_id, account.region, account.name)
        self.searches: list[SearchOrders] = []
        self.fetched: list[str] = []
        self.pages: list[SearchOrdersPage | Exception] = []
        self.orders: dict[str, bytes | Exception] = {}

    def search_orders(self, search: SearchOrders) -> Answer[SearchOrdersPage]:
        self.searches.append(search)
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return Answer(page)

    def get_order(self, order_id: str) -> Answer[bytes]:
        self.fetched.append(order_id)
        answer = self.orders[order_id]
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer)


class World(Retailer):
    """The retailer and its scripted Amazon: orders go in as Amazon's JSON and come out as rows."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        super().__init__()
        self.amazon = ScriptedAmazon(self.account)

    def now(self) -> datetime:
        return self.clock.now()

    def channel(self, kind: str, site: Site, marketplace: str = UK, **values: Any) -> Channel:
        """Made a month ago: what came since is no first import."""
        return super().channel(kind, site, marketplace, **{"made_at": NOW - timedelta(days=30), **values})

    def hear(self, *orders: dict[str, Any] | bytes) -> FlowResult:
        """A page with these orders arrives and is taken, a second after whatever was before."""
        self.clock.at += timedelta(seconds=1)
        self.keep(*orders)
        return self.take_waiting()

    def keep(self, *orders: dict[str, Any] | bytes) -> int:
        raws = [order if isinstance(order, bytes) else json.dumps(order).encode() for order in orders]
        raw_orders = [
            RawOrder(order["orderId"] if isinstance(order, dict) else "", raw)
            for order, raw in zip(orders, raws, strict=True)
        ]
        return inbox.keep_page(self.account.pk, raw_orders, NextCursor(NOW, (UK,)), now=self.clock.now())

    def take_waiting(self) -> FlowResult:
        return take_orders.run(self.account.pk, self.amazon, self.clock)  # type: ignore[arg-type]

    def imported(self, order: dict[str, Any]) -> ImportedOrder:
        return ImportedOrder.objects.get(account=self.account, amazon_order_id=order["orderId"])

    def sale(self, order: dict[str, Any]) -> SalesOrder:
        return SalesOrder.objects.get(imported__amazon_order_id=order["orderId"])

    def problems(self) -> set[str]:
        return set(Problem.objects.filter(solved_at=None).values_list("kind", flat=True))

    def waiting(self) -> int:
        return RawMessage.objects.filter(state="waiting").count()
