"""A simulator served over HTTP on a free port, whose trade time is stepped: what other people's clients run against."""

import base64
import contextlib
import csv
import gzip
import importlib
import io
import json
import socket
import threading
import urllib.request
import warnings
from datetime import datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
import uvicorn
from tests.simulator.conftest import EU, START, UK
from tests.simulator.queues import queue_for_amazon, received
from tests.simulator.walks.buy_shipping import shipment_details

from amazon_simulator.asgi import App, Lines
from amazon_simulator.core.clock import Clock
from amazon_simulator.simulator import Simulator
from amazon_simulator.world.entities import FbaStock, Listing

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it has an escape that Python warns of, wherever nothing has compiled it yet
    importlib.import_module("spapi")

STARTS_WITHIN = 20.0
OPTIONS = {
    "DeliveryExperience": "DeliveryConfirmationWithoutSignature",
    "CarrierWillPickUp": False,
    "LabelFormat": "PDF",
}
POOLED = 120
"""SKUs in the UK's FBA pool beside the seeded ones: three pages of fifty."""


class Served:
    """What the developer of a client knows of this Amazon, and the state report by which a test judges."""

    def __init__(self, base):
        self.base = base
        self.host = base.removeprefix("http://")
        accounts = self.control("accounts")
        account = next(account for account in accounts["accounts"] if account["sellerId"] == EU)
        self.endpoint, self.token_url = accounts["endpoints"]["EU"], accounts["tokenEndpoint"]
        self.app = SimpleNamespace(
            id=accounts["application"]["clientId"], secret=accounts["application"]["clientSecret"]
        )
        self.refresh_token = account["refreshToken"]
        self.marketplaces = [market["id"] for market in account["marketplaces"] if market["participating"]]

    def control(self, path, body=None):
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.base}/_simulator/{path}", content)) as answer:
            return json.load(answer)

    def step(self, seconds):
        self.control("clock", {"advance": seconds})

    def order(self, sku, quantity=1, **more):
        """A fresh FBM order at Amazon.co.uk, as the state report has it; visible to searches."""
        items = [{"sku": sku, "quantity": quantity}]
        order = self.control("orders", {"sellerId": EU, "marketplaceId": UK, "items": items, "oversell": True, **more})
        self.step(130)
        return order

    def state_report(self):
        return self.control(f"books?sellerId={EU}")

    def order_ids(self):
        """Those that a search finds: what changed in the last two minutes it does not yet."""
        state_report = self.state_report()
        until = datetime.fromisoformat(state_report["now"]) - timedelta(minutes=2)
        found = [order for order in state_report["orders"] if datetime.fromisoformat(order["lastUpdatedTime"]) <= until]
        return sorted(order["orderId"] for order in found)

    def pooled_skus(self):
        return sorted(row["sku"] for row in self.state_report()["fba"] if row["pool"] == "UK")

    def quantity(self, sku):
        return next(row["quantity"] for row in self.state_report()["listings"] if row["sku"] == sku)

    def until(self, ready, poll):
        """What `poll` returns once that is `ready`, called every half minute of trade time as Amazon advises."""
        for _ in range(40):
            value = poll()
            if ready(value):
                return value
            self.step(30)
        raise AssertionError(f"not ready after twenty minutes: {value}")

    @staticmethod
    def feed(*quantities):
        """A listings feed that sets quantities: (SKU, units)."""
        header = {"sellerId": EU, "version": "2.0"}
        return json.dumps({"header": header, "messages": [_message(*one) for one in enumerate(quantities, 1)]}).encode()

    def listed_skus(self):
        return sorted(
            row["sku"] for row in self.state_report()["listings"] if UK in row["marketplaceIds"] and row["listed"]
        )

    @staticmethod
    def skus_of(report):
        """The seller's SKUs of a listings report: separated by tabs, with a line of headings."""
        return sorted(row["seller-sku"] for row in csv.DictReader(io.StringIO(report), delimiter="\t"))

    @staticmethod
    def shipment(order, units):
        """A request to Buy Shipping: all details of one parcel."""
        items = [{"OrderItemId": order["items"][0]["orderItemId"], "Quantity": units}]
        return shipment_details(order, ItemList=items, ShippingServiceOptions=OPTIONS)

    @staticmethod
    def label(contents):
        """The label's file out of a response."""
        return gzip.decompress(base64.b64decode(contents))

    def packages(self, order):
        row = next(o for o in self.state_report()["orders"] if o["orderId"] == order["orderId"])
        return [(package["trackingNumber"], package["carrierName"]) for package in row["packages"]]


def _message(number, change):
    sku, units = change
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": units}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
    return {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": "HOME", "patches": [patch]}


class Queue:
    """A queue of SQS by boto3, with the policy that lets Amazon in."""

    def __init__(self, served):
        self._client = boto3.client(
            "sqs",
            region_name="eu-west-1",
            endpoint_url=served.base,
            aws_access_key_id="AKIATEST",
            aws_secret_access_key="test",
        )
        self._url, self.arn = queue_for_amazon(self._client)

    def notified_orders(self):
        """Ids of the orders of which a message came, in their order."""
        notices = [notice["Payload"]["OrderChangeNotification"] for notice in received(self._client, self._url)]
        return [notice["AmazonOrderId"] for notice in notices]

    def close(self):
        self._client.close()


@pytest.fixture
def queue(served):
    with contextlib.closing(Queue(served)) as made:
        yield made


@pytest.fixture(scope="module")
def served():
    """Two hundred orders of the EU's seller and three pages of FBA stock; limits are those that Amazon publishes."""
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        simulator = Simulator(Clock(start=START, stepped=True), base=base, redirect_uris=[])
        _fill_pool(simulator)
        with _serving(simulator, listener):
            running = Served(base)
            running.control("orders", {"mix": {"count": 400}})
            running.step(1800)  # until every pending order is decided, and two minutes on
            yield running


def _fill_pool(simulator):
    seller = simulator.world.sellers[EU]
    for number in range(POOLED):
        sku = f"POOL-{number:04d}"
        listing = Listing(EU, sku, f"B0POOL{number:04d}", sku, "HOME", "AMAZON_EU", 999, list(seller.marketplaces))
        simulator.world.records.make(listing)
        simulator.world.records.make(FbaStock(EU, "UK", sku, number))


@contextlib.contextmanager
def _serving(simulator, listener):
    ready = threading.Event()
    app = App(simulator, ready.set)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", http=Lines))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(STARTS_WITHIN)
        yield
    finally:
        server.should_exit = True
        thread.join(STARTS_WITHIN)
