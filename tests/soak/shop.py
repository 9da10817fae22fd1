"""The shop of every story: one seller in Europe, our flows and jobs as the worker runs them, Amazon in this process."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, connections
from tests.factories.channels import a_channel, an_option
from tests.factories.ground import DE, FR, UK
from tests.factories.stock import an_fba_site, an_item
from tests.factories.wiring import wired
from tests.simulator.queues import OPEN, sqs_of
from tests.soak.killing import PipedWire, run_and_kill
from tests.soak.story import POOLED, SKUS
from tests.sync.in_process_queue import Sqs
from tests.sync.whole_amazon import EU, START, SimulatorsClock, Whole, Wire

from amazon_simulator import snapshot
from amazon_simulator.testing import Amazon, stepped
from wharfinger.amazon.auth import NOTIFICATION_SCOPE
from wharfinger.amazon.transport import Transport
from wharfinger.cli.wiring import EVERY, FLOWS
from wharfinger.db.models import (
    AmazonApplication,
    Channel,
    CourierMapping,
    CourierService,
    Installation,
    Site,
    StockItem,
    User,
)
from wharfinger.domain.orders.order import OrderType
from wharfinger.domain.stock.plan import Limits, Pace, Plan, Waiting
from wharfinger.operations import triggers
from wharfinger.operations.channels import channel_life
from wharfinger.operations.installation import flows
from wharfinger.operations.orders import notifications
from wharfinger.operations.orders.notifications import QueueEntry
from wharfinger.operations.stock import ledger
from wharfinger.sync import notifications_in, stock_out
from wharfinger.sync.calls import Calls, FlowResult
from wharfinger.sync.orders import orders_in
from wharfinger.worker.runs import run_one_flow

MARKETPLACES = (UK, DE, FR)
NOT_AGAIN_BEFORE = timedelta(minutes=5)
JOBS_AT_MOST = 40
"""Run after one step of the clock; more means that jobs make each other."""
UNITS_AT_FIRST = 12


class StoryClock(SimulatorsClock):
    """Who waits moves trade time: the worker would sleep so many seconds."""

    def __init__(self, amazon: Amazon, advance: Callable[[float], None]) -> None:
        super().__init__(amazon)
        self._advance = advance

    def pause(self, trade_seconds: float) -> None:
        self._advance(trade_seconds)

    def to_machine_seconds(self, wait: timedelta) -> float:
        self._advance(wait.total_seconds())
        return 0.0


class Shop(Whole):
    """Made once; `again` takes up a copy of its database with a copy of its Amazon."""

    skus: tuple[str, ...]
    pooled: tuple[str, ...]
    lead_times: dict[str, int | None]
    queue: Sqs

    def __init__(self) -> None:
        super().__init__()
        self.kills, self.killed, self.by_feeds = [], 0, False
        self.clock = StoryClock(self.amazon, self.amazon.advance)
        books = self.state_report()["listings"]
        self.skus = tuple(row["sku"] for row in books if row["channelCode"] == "DEFAULT" and row["listed"])[:SKUS]
        self.lead_times = {row["sku"]: row["leadTimeDays"] for row in books if row["sellerId"] == EU}
        self.pooled = tuple(row["sku"] for row in books if row["channelCode"] != "DEFAULT")[:POOLED]
        self.authorise(EU)
        account = self.account
        Channel.objects.filter(pk=self.channel.pk).update(
            stock_upload_approved_at=START, dont_upload_stock_levels=False, made_at=START - timedelta(days=9)
        )
        self._open_channel(DE, "FBM")
        third = self._open_channel(FR, "FBM")
        Channel.objects.filter(pk=third.pk).update(archived=True)
        pool = an_fba_site(account, "UK")
        fba = a_channel(account, pool, UK, "FBA", activated=True, activated_for=self.channel.activated_for)
        assert fba.pk
        for sku in (*self.skus, *self.pooled):
            item = an_item(sku, sku)
            if sku in self.skus:
                ledger.receive_stock(item.pk, self.site.pk, UNITS_AT_FIRST, now=self.clock.now())
        self._subscribe()
        Installation.objects.update(undo_minutes=2)
        self.rest(hours=1)

    def _open_channel(self, marketplace: str, kind: str) -> Channel:
        channel = a_channel(
            self.account, self.site, marketplace, kind, activated=True, activated_for=self.channel.activated_for
        )
        CourierMapping.objects.create(channel=channel, service=self.courier, carrier_code="Royal Mail")
        an_option(channel, OrderType.EXPEDITED, courier_service=self.courier)
        return channel

    def _subscribe(self) -> None:
        client = sqs_of(self.amazon)
        url = client.create_queue(QueueName="orders", Attributes={"Policy": OPEN})["QueueUrl"]
        self.queue = Sqs(client, url)
        entry = QueueEntry(url, "AKIATESTTESTTEST", "secret/of+the+key")
        account = self.account.pk
        notifications.save_queue(account, entry, simulator=self.amazon.base, user=self.olga, now=self.now())
        notifications.switch_on(account, user=self.olga, now=self.now())

    def open_third_channel(self) -> None:
        """The account had none there: its orders were skipped."""
        channel_life.restore_channel(self.channels[2].pk, now=self.now(), user=self.olga)

    # --- the copy

    def save(self) -> bytes:
        return snapshot.save(self.amazon.simulator)

    @classmethod
    def again(cls, saved: bytes, first: "Shop", seed: int) -> "Shop":
        shop = object.__new__(cls)
        simulator = stepped(START.timestamp(), seed=seed)
        snapshot.load(simulator, saved)
        shop.amazon = Amazon(simulator)
        shop.clock = StoryClock(shop.amazon, shop.amazon.advance)
        shop.transport = Transport(http=Wire(simulator))
        shop.caches = {}
        shop.olga = User.objects.get(username="olga")
        shop.application = AmazonApplication.objects.get()
        shop.site = Site.objects.get(pk=first.site.pk)
        shop.courier = CourierService.objects.get()
        shop.channel = Channel.objects.get(pk=first.channel.pk)
        shop.channels = list(Channel.objects.filter(kind="FBM").order_by("pk"))
        shop.queue = Sqs(sqs_of(shop.amazon), first.queue.url)
        shop.skus, shop.pooled, shop.lead_times = first.skus, first.pooled, first.lead_times
        shop.kills, shop.killed, shop.by_feeds = [], 0, False
        return shop

    kills: list[tuple[str, int]]
    killed: int
    by_feeds: bool

    # --- the worker

    def _wired(self, **parts: Any) -> Any:
        by_feeds = {"stock_out": partial(stock_out.run, choose=all_by_feeds, few=0)} if self.by_feeds else {}
        return wired(
            **{
                "machine_clock": self.clock,
                "flows": {**FLOWS, **by_feeds, "notifications_in": self._notifications_in},
                "why_idle": lambda _: "",
                "calls_for": self.calls_for,
                "every": EVERY,
                **parts,
            }
        )

    def _notifications_in(self, account_id: int, calls: Calls, clock: StoryClock) -> FlowResult:
        return notifications_in.run(account_id, calls, clock, queue_of=lambda _: self.queue, grantless=self._grantless)

    def _grantless(self, account_id: int) -> Calls:
        token = self.lwa().client_credentials(NOTIFICATION_SCOPE, now=self.now())
        return self.calls_with(account_id, "EU", token)

    def run_flow(self, account_id: int, flow: str) -> None:
        for planned in self.kills:
            if planned[0] == flow:
                self.kills.remove(planned)
                self.killed += run_and_kill(self.amazon, planned[1], partial(self._in_child, account_id, flow))
                return
        run_one_flow(self._wired(), account_id, flow)

    def _in_child(self, account_id: int, flow: str, wire: PipedWire, pause: Callable[[float], None]) -> None:
        def advance(seconds: float) -> None:
            """Amazon's time goes on in the parent, and here."""
            pause(seconds)
            self.amazon.simulator.clock.advance(seconds)

        self.transport = Transport(http=wire)
        self.clock = StoryClock(self.amazon, advance)
        self.caches = {}
        run_one_flow(self._wired(), account_id, flow)

    def go_on(self, minutes: float) -> None:
        """Trade time goes on; what the timetable has due and what waits in the queue is run."""
        self.amazon.advance(60 * minutes)
        flows.wake_due_flows(now=self.clock.now(), not_again_before=self.clock.now() + NOT_AGAIN_BEFORE)
        self.run_jobs()

    def run_jobs(self) -> None:
        for _ in range(JOBS_AT_MOST):
            job = _next_job()
            if job is None:
                return
            self._run_job(*job)

    def _run_job(self, name: str, ids: dict[str, Any]) -> None:
        if name == triggers.RUN_FLOW:
            self.run_flow(ids["account_id"], ids["flow"])
        elif name == triggers.FETCH_ORDER:
            account = ids["account_id"]
            orders_in.fetch_order(account, ids["amazon_order_id"], self.calls_for(account), self.clock)

    def rest(self, hours: float, every: float = 10, until: Callable[[], bool] = lambda: False) -> None:
        """Nothing happens any more but what is under way."""
        for _ in range(round(hours * 60 / every)):
            self.go_on(every)
            if until():
                return

    # --- who and what

    def now(self) -> datetime:
        return self.clock.now()

    def item(self, sku: int) -> StockItem:
        return StockItem.objects.get(code=self.skus[sku])


def all_by_feeds(waiting: Waiting, limits: Limits, _: Pace) -> Plan:
    """As it is with thousands: all but zeros and low numbers."""
    return Plan(waiting.urgent, tuple(sorted(waiting.by_marketplace)), 0.0, limits.feeds)


def _next_job() -> tuple[str, dict[str, Any]] | None:
    """Taken out of the queue before it is run: a job may be lost, the rows hold the truth."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' "
            "ORDER BY priority DESC, id LIMIT 1) RETURNING task_name, args"
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], json.loads(row[1]))


def leave_database() -> None:
    connections.close_all()
