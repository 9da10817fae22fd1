"""A simulator in this process, on a stepped clock, and one seller's way of calling it."""

import json
from urllib.parse import urlencode

import pytest

from amazon_simulator import router
from amazon_simulator.access.application import CLIENT_ID, CLIENT_SECRET
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.http import Request
from amazon_simulator.simulator import Simulator

START = 1_790_000_000.0
CALLBACK = "http://127.0.0.1:8000/amazon/callback"
EU = "A2HARBOUREULTD1"
NA = "A3HARBOURNAINC1"
UK = "A1F83G8C2ARO7P"
DE = "A1PA6795UKMFR9"
US = "ATVPDKIKX0DER"


class Amazon:
    """Calls the simulator as a program would."""

    def __init__(self, home=None, seed=1, lifted=False):
        self.simulator = Simulator(
            Clock(start=START, stepped=True),
            base="http://sim",
            redirect_uris=[CALLBACK],
            seed=seed,
            home=home,
            lifted=lifted,
        )
        self._tokens = {}

    def send(self, method, path, *, query=None, body=None, form=None, headers=None):
        content = b"" if body is None else json.dumps(body).encode()
        if form is not None:
            content = urlencode(form).encode()
        request = Request(method, path, urlencode(query or {}), headers or {}, content)
        return router.answer(self.simulator, request)

    def token(self, seller=EU):
        if seller not in self._tokens:
            refresh = next(t.token for t in self.simulator.application.refresh.values() if t.seller == seller)
            answer = self.send(
                "POST",
                "/auth/o2/token",
                form={
                    "grant_type": "refresh_token",
                    "refresh_token": refresh,
                    "client_id": CLIENT_ID,
                    "client_secret": CLIENT_SECRET,
                },
            )
            self._tokens[seller] = json.loads(answer.body)["access_token"]
        return self._tokens[seller]

    def call(self, method, path, *, seller=EU, query=None, body=None, headers=None):
        """(status, JSON) of one call to the selling API."""
        headers = {"x-amz-access-token": self.token(seller), **(headers or {})}
        answer = self.send(method, path, query=query, body=body, headers=headers)
        return answer.status, json.loads(answer.body) if answer.body else None

    def control(self, method, path, body=None):
        answer = self.send(method, f"/_simulator/{path}", body=body)
        return answer.status, json.loads(answer.body)

    def order(self, sku="HH-0010", quantity=1, seller=EU, marketplace=UK, by="MERCHANT", **more):
        body = {
            "sellerId": seller,
            "marketplaceId": marketplace,
            "fulfilledBy": by,
            "items": [{"sku": sku, "quantity": quantity}],
            **more,
        }
        status, order = self.control("POST", "orders", body)
        assert status == 201, order
        return order

    def advance(self, seconds):
        self.control("POST", "clock", {"advance": seconds})

    def search(self, seller=EU, **query):
        since = "2026-09-01T00:00:00Z"
        params = {"marketplaceIds": UK, "lastUpdatedAfter": since, "includedData": "FULFILLMENT,PROCEEDS"}
        return self.call("GET", "/orders/2026-01-01/orders", seller=seller, query={**params, **query})

    def read(self, order, data, seller=EU):
        """One order by its number, with the included data."""
        path = f"/orders/2026-01-01/orders/{order['orderId']}"
        return self.call("GET", path, seller=seller, query={"includedData": data})[1]["order"]

    def listing(self, sku, seller=EU):
        return self.simulator.world.listings[(seller, sku)]

    def set_quantity(self, sku, quantity, *, op="merge", seller=EU, value=None):
        entry = value if value is not None else [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
        body = {
            "productType": "HOME",
            "patches": [{"op": op, "path": "/attributes/fulfillment_availability", "value": entry}],
        }
        path = f"/listings/2021-08-01/items/{seller}/{sku}"
        return self.call("PATCH", path, seller=seller, query={"marketplaceIds": UK}, body=body)

    def confirm(self, order, *, reference="1", quantity=1, tracking="TRACK1", seller=EU, **more):
        detail = {
            "packageReferenceId": reference,
            "carrierCode": "Royal Mail",
            "trackingNumber": tracking,
            "shipDate": "2026-10-01T10:00:00Z",
            "orderItems": [{"orderItemId": order["items"][0]["orderItemId"], "quantity": quantity}],
            **more,
        }
        body = {"marketplaceId": order["marketplaceId"], "packageDetail": detail}
        path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
        return self.call("POST", path, seller=seller, body=body)


@pytest.fixture
def amazon():
    return Amazon()
