"""A linked shop whose flows run by the timetable and the queue, as the worker runs them, on the simulator's clock."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min
from tests.factories.channels import a_channel
from tests.factories.stock import a_listing, an_fba_site, an_item
from tests.factories.wiring import wired
from tests.simulator.queues import OPEN, sqs_of
from tests.sync.whole_amazon import EU, Whole

from wharfinger.amazon.auth import NOTIFICATION_SCOPE
from wharfinger.amazon.queues import QueueMessage
from wharfinger.cli.wiring import EVERY, FLOWS
from wharfinger.db.models import FlowSchedule, ImportedOrder, Marketplace
from wharfinger.operations import triggers
from wharfinger.operations.installation import flows
from wharfinger.operations.orders import notifications
from wharfinger.operations.orders.notifications import QueueEntry
from wharfinger.operations.stock import ledger
from wharfinger.sync import notifications_in
from wharfinger.sync.calls import FlowResult
from wharfinger.sync.orders import orders_in
from wharfinger.worker.runs import run_one_flow

NOT_AGAIN_BEFORE = timedelta(minutes=5)
LOOK_EVERY = 30.0
"""Seconds of trade time at most between two looks at the timetable."""
UNITS = 1_000_000


ORDERS = ("orders_in", "take_orders", "orders_by_number", "order_report")


class RunningShop(Whole):  # type: ignore[misc]  # the tests' shop has no types
    def __init__(self, channels: int, own: tuple[str, ...] = ORDERS) -> None:
        """`own`: the flows that are measured; the others do nothing."""
        super().__init__()
        self.authorise()
        self._open_channels(channels - 1)
        idle = dict.fromkeys(FLOWS, lambda *_: FlowResult("no part of this measurement"))
        self._wired = wired(
            machine_clock=self.clock,
            flows={**idle, **{name: FLOWS[name] for name in own}, "notifications_in": self._read_queue},
            why_idle=lambda _: "",
            calls_for=self.calls_for,
            every=EVERY,
        )
        self._queue: Any = None
        self.skus = self._link_all()
        self.go_on(3600)

    def _open_channels(self, count: int) -> None:
        """FBM first in each marketplace of Europe, then FBA."""
        others = Marketplace.objects.filter(region="EU").exclude(pk=self.channel.marketplace_id).order_by("pk")
        wanted = [(place.pk, "FBM") for place in others]
        wanted += [(place.pk, "FBA") for place in Marketplace.objects.filter(region="EU").order_by("pk")]
        pool = an_fba_site(self.account, "UK")
        for marketplace, kind in wanted[:count]:
            site = self.site if kind == "FBM" else pool
            a_channel(self.account, site, marketplace, kind, activated=True, activated_for="simulator")

    def _link_all(self) -> list[str]:
        """Every SKU that the seller sends himself is a stock item with plenty of units."""
        books = self.state_report()["listings"]
        types = {row["sku"]: row["productType"] for row in books if row["channelCode"] == "DEFAULT" and row["listed"]}
        skus = sorted(types)
        for sku in skus:
            item = an_item(sku, sku)
            a_listing(self.account, sku, item, product_type=types[sku])
            ledger.receive_stock(item.pk, self.site.pk, UNITS, now=self.clock.now())
        return skus

    # --- notifications

    def switch_on(self) -> None:
        """A queue that Amazon delivers into, and the subscription."""
        self._queue = _Sqs(self.amazon)
        entry = QueueEntry(self._queue.url, "AKIATESTTESTTEST", "secret/of+the+key")
        notifications.save_queue(
            self.account.pk, entry, simulator=self.amazon.base, user=self.olga, now=self.clock.now()
        )
        notifications.switch_on(self.account.pk, user=self.olga, now=self.clock.now())
        self.go_on(60)

    def _read_queue(self, account_id: int, calls: Any, clock: Any) -> FlowResult:
        if self._queue is None:
            return FlowResult("not set up")
        return notifications_in.run(account_id, calls, clock, queue_of=lambda _: self._queue, grantless=self._grantless)

    def _grantless(self, account_id: int) -> Any:
        token = self.lwa().client_credentials(NOTIFICATION_SCOPE, now=self.clock.now())
        return self.calls_with(account_id, "EU", token)

    # --- time

    def go_on(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Trade time goes on from one due moment to the next; what is due, and what waits in the queue, is run."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < end and not until():
            self._run_jobs()
            self.amazon.advance(self._next_step(end))
            flows.wake_due_flows(now=self.clock.now(), not_again_before=self.clock.now() + NOT_AGAIN_BEFORE)
            self._run_jobs()

    def _next_step(self, end: datetime) -> float:
        due = FlowSchedule.objects.filter(account__link_state="linked").aggregate(due=Min("due_at"))["due"]
        wait = LOOK_EVERY if due is None else (due - self.clock.now()).total_seconds()
        return min(max(wait, 0.5), LOOK_EVERY, max(0.5, (end - self.clock.now()).total_seconds()))

    def _run_jobs(self) -> None:
        while (job := _next_job()) is not None:
            name, ids = job
            if name == triggers.RUN_FLOW:
                run_one_flow(self._wired, ids["account_id"], ids["flow"])
            elif name == triggers.FETCH_ORDER:
                calls = self.calls_for(ids["account_id"])
                orders_in.fetch_order(ids["account_id"], ids["amazon_order_id"], calls, self.clock)

    # --- buyers

    def buy(self, sku: str, marketplace: str = "") -> str:
        """The order's number."""
        purchase = {
            "sellerId": EU,
            "marketplaceId": marketplace or self.channel.marketplace_id,
            "items": [{"sku": sku, "quantity": 1}],
            "oversell": True,
        }
        return str(self.amazon.control("orders", purchase)["orderId"])

    def how_many(self) -> int:
        """Orders in our books."""
        return ImportedOrder.objects.filter(account=self.account).count()

    def here(self, numbers: list[str]) -> dict[str, datetime]:
        """When each of these orders came into our books."""
        found = ImportedOrder.objects.filter(account=self.account, amazon_order_id__in=numbers)
        return dict(found.values_list("amazon_order_id", "found_at"))


class _Sqs:
    """The simulator's queue behind our seam."""

    def __init__(self, amazon: Any) -> None:
        self._client = sqs_of(amazon)
        self.url = self._client.create_queue(QueueName="orders", Attributes={"Policy": OPEN})["QueueUrl"]

    def receive(self, wait_seconds: int = 0) -> tuple[QueueMessage, ...]:
        answer = self._client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=60)
        return tuple(QueueMessage(one["Body"].encode(), one["ReceiptHandle"]) for one in answer.get("Messages", ()))

    def send(self, body: bytes) -> None:
        self._client.send_message(QueueUrl=self.url, MessageBody=body.decode())

    def delete(self, message: QueueMessage) -> None:
        self._client.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)


def _next_job() -> tuple[str, dict[str, Any]] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' "
            "ORDER BY priority DESC, id LIMIT 1) RETURNING task_name, args"
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], json.loads(row[1]))
