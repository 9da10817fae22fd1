"""The shop that everything breaks in: three channels of one seller, who sells, dispatches, and authorises again.

Imported once the installation runs: it stands on Django.
"""

import time
from collections.abc import Mapping
from typing import Any

import httpx2
from django.db import Error, connection

from wharfinger.cli.demo.demo_once import scenario
from wharfinger.cli.demo.demo_once.judge import Verdict, judge
from wharfinger.cli.demo.demo_once.run import Installation
from wharfinger.cli.demo.demo_once.visitor import PageSurprise
from wharfinger.cli.demo.seed import WAREHOUSE
from wharfinger.db.models import Channel, CourierService, SalesOrder
from wharfinger.domain.marketplaces import BY_ID
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState

UK, DE = "A1F83G8C2ARO7P", "A1PA6795UKMFR9"
CHANNELS = ((UK, Fulfilment.FBM), (DE, Fulfilment.FBM), (UK, Fulfilment.FBA))
DISPATCHED_AT_ONCE = 6
DISK_FULL = 503
"""What the simulator answers while it can write nothing down."""
NOT_NOW = (Error, httpx2.HTTPError, PageSurprise)
"""What a page or a row says while something is broken."""


class Shop:
    def __init__(self, installation: Installation, seed: int) -> None:
        self.job = scenario.Job(
            installation.ending,
            installation.pages,
            installation.simulator,
            installation.royal_mail,
            orders=0,
            shipments=0,
            seed=seed,
        )
        self._account: Mapping[str, Any] = {}

    def set_up(self) -> None:
        """As a new retailer does it, through the pages."""
        job = self.job
        scenario.sign_in(job)
        self._account = next(row for row in job.ask("accounts")["accounts"] if row["region"] == "EU")
        seller_id = ""
        for marketplace, kind in CHANNELS:
            facts = BY_ID[marketplace]
            site = WAREHOUSE if kind is Fulfilment.FBM else scenario.FBA_SITES[facts.pool]
            channel = scenario.make_channel(job, self._account, kind, facts, site, seller_id)
            scenario.activate(job, channel)
            if not seller_id:
                scenario.authorise(job, channel, self._account)
                seller_id = self._account["sellerId"]
        job.await_that("every channel is Linked", scenario.all_linked, scenario.what_waits)
        scenario.approve_stock_uploads(job)

    def buy(self, orders: int, seed: int) -> int:
        """How many orders the simulator took; none while it is down."""
        mix = {"count": orders, "seed": seed, "marketplaceIds": [UK, DE], "unknownSkuShare": 0}
        try:
            answer = self.job.control.post("orders", json={"mix": mix})
        except httpx2.TransportError:
            return 0
        if answer.status_code == DISK_FULL:
            return 0
        return len(answer.raise_for_status().json()["orderIds"])

    def dispatch(self) -> None:
        """Some orders that are ready, through the list's own button; what a fault cuts off is pressed again later."""
        try:
            ready = SalesOrder.objects.filter(state=SalesOrderState.READY).order_by("ship_by", "pk")
            ids = [str(pk) for pk in ready.values_list("pk", flat=True)[:DISPATCHED_AT_ONCE]]
            if ids:
                page = self.job.visitor.open("/sales-orders/")
                service = str(CourierService.objects.filter(gives_number=True).values_list("pk", flat=True)[0])
                self.job.visitor.send(page, "/sales-orders/dispatch/", {"ids": ids, "service": service})
        except NOT_NOW:
            connection.close()

    def _authorise_again(self) -> None:
        """After the seller withdrew the access, whether we have noticed it yet or not."""
        channel = Channel.objects.filter(account__seller_id=self._account["sellerId"]).order_by("pk")[0]
        scenario.authorise(self.job, channel, self._account)

    def come_to_rest(self, seconds: float, *, revoked: bool) -> Verdict | None:
        """Wait until nothing is under way and the books are equal; the last verdict in any case. None: no answer."""
        deadline = time.monotonic() + seconds
        verdict = None
        while time.monotonic() < deadline:
            try:
                if revoked:
                    self._authorise_again()
                    revoked = False
                verdict = judge(self.job.ask("books"))
                if verdict.good and scenario.at_rest():
                    return verdict
            except NOT_NOW:
                verdict = None
            connection.close()
            if self.job.ending.wait(1.0):
                break
        return verdict

    def what_waits(self) -> str:
        try:
            return scenario.what_waits()
        except Error as error:
            return f"the database does not answer: {error}"
