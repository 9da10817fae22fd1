"""Whatever is sent, no answer is a failure of the simulator's own, and the books stay sound."""

import json
import random
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.simulator.conftest import EU, UK, Amazon

from amazon_simulator.http import Request

AMAZON = Amazon(lifted=True)
ORDER = AMAZON.order(quantity=3)
QUIET = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
TEXT = st.text(max_size=30) | st.sampled_from(["", UK, EU, "2026-09-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1"])
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
JSON = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)


def mixed(sample):
    """The sample with some of its members replaced by anything."""
    if isinstance(sample, dict):
        return st.fixed_dictionaries({}, optional={name: mixed(inner) for name, inner in sample.items()}) | JSON
    if isinstance(sample, list):
        return st.lists(mixed(sample[0]), max_size=3) | JSON
    return st.just(sample) | SCALAR


def send(method, path, query, body):
    content = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
    request = Request(method, path, urlencode(query), {"x-amz-access-token": AMAZON.token()}, content)
    answer = AMAZON.simulator.answer(request)
    assert answer.status < 500, (answer.status, path, query, body)
    if answer.headers.get("content-type") == "application/json":
        json.loads(answer.body)
    return answer


PATCH = {
    "productType": "HOME",
    "patches": [
        {
            "op": "merge",
            "path": "/attributes/fulfillment_availability",
            "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 5, "lead_time_to_ship_max_days": 2}],
        }
    ],
}
CONFIRM = {
    "marketplaceId": UK,
    "packageDetail": {
        "packageReferenceId": "1",
        "carrierCode": "DPD",
        "carrierName": "DPD",
        "trackingNumber": "T1",
        "shippingMethod": "Next day",
        "shipDate": "2026-10-01T10:00:00Z",
        "orderItems": [{"orderItemId": ORDER["items"][0]["orderItemId"], "quantity": 1}],
    },
}
PLACE = {
    "sellerId": EU,
    "marketplaceId": UK,
    "fulfilledBy": "MERCHANT",
    "items": [{"sku": "HH-0011", "quantity": 1, "giftWrap": True, "giftMessage": "x"}],
    "buyer": {"name": "Ada", "email": "a@b.c"},
    "shippingPrice": "3.99",
    "pendingSeconds": 5,
    "oversell": True,
}
FAULT = {"kind": "500", "operation": "makeTea", "count": 1, "probability": 0.5, "window": {"since": "x"}, "seed": 1}


@QUIET
@given(body=mixed(PATCH), sku=st.text(min_size=1, max_size=20) | st.just("HH-0012"))
def test_any_patch_is_answered(body, sku):
    send("PATCH", f"/listings/2021-08-01/items/{EU}/{quote(sku, safe='')}", {"marketplaceIds": UK}, body)


@QUIET
@given(body=mixed(CONFIRM))
def test_any_confirmation_is_answered_and_ships_no_more_than_was_ordered(body):
    send("POST", f"/orders/v0/orders/{ORDER['orderId']}/shipmentConfirmation", {}, body)
    item = AMAZON.simulator.world.orders[ORDER["orderId"]].items[0]
    assert 0 <= item.shipped <= item.quantity


@QUIET
@given(body=mixed(PLACE) | mixed(FAULT), path=st.sampled_from(["orders", "faults", "clock", "listings", "fba/restock"]))
def test_any_control_call_is_answered(body, path):
    send("POST", f"/_simulator/{path}", {}, body)
    AMAZON.simulator.faults.clear()


@QUIET
@given(body=st.binary(max_size=200), path=st.sampled_from(["/auth/o2/token", "/shop/buy", "/sellercentral/x/sign-in"]))
def test_any_form_is_answered(body, path):
    send("POST", path, {}, body)


NAMES = st.sampled_from(
    [
        "createdAfter",
        "createdBefore",
        "lastUpdatedAfter",
        "lastUpdatedBefore",
        "marketplaceIds",
        "includedData",
        "maxResultsPerPage",
        "paginationToken",
        "fulfillmentStatuses",
        "fulfilledBy",
        "pageSize",
        "pageToken",
        "identifiers",
        "identifiersType",
        "withStatus",
        "sortBy",
        "granularityType",
        "granularityId",
        "nextToken",
        "sellerSkus",
        "details",
        "startDateTime",
    ]  # fmt: skip
)
PATHS = st.sampled_from(
    [
        "/orders/2026-01-01/orders", f"/orders/2026-01-01/orders/{ORDER['orderId']}", "/fba/inventory/v1/summaries",
        f"/listings/2021-08-01/items/{EU}", f"/listings/2021-08-01/items/{EU}/HH-0010", "/sellers/v1/%ff%00/x", "/shop",
        "/sellercentral/x/apps/authorize/consent", "/_simulator/books", "//", "/eu", "/static/../x",
    ]
)  # fmt: skip


@QUIET
@given(path=PATHS, query=st.dictionaries(NAMES, TEXT, max_size=6))
def test_any_query_is_answered(path, query):
    send("GET", path, query, b"")


def test_the_books_add_up_after_a_day_of_everything():
    """A listing's quantity follows its history; an FBA pool falls by what was shipped; an order ships what it has."""
    amazon = Amazon(lifted=True)
    world, chance = amazon.simulator.world, random.Random(3)
    start = {key: stock.fulfillable for key, stock in world.fba.items()}
    for _ in range(40):
        amazon.control("POST", "orders", {"mix": {"count": 10, "seed": chance.randrange(1000)}})
        for order in chance.sample(list(world.orders.values()), 5):
            if order.status == "UNSHIPPED" and order.fulfilled_by == "MERCHANT":
                row = next(o for o in amazon.control("GET", "books")[1]["orders"] if o["orderId"] == order.id)
                assert amazon.confirm(row, seller=order.seller, quantity=1)[0] == 204
            else:
                amazon.control("POST", f"orders/{order.id}/cancel", {"by": "BUYER"})
        amazon.advance(chance.randrange(900))
        amazon._tokens.clear()  # they live an hour
    amazon.advance(5000)
    shipped = dict.fromkeys(start, 0)
    for order in world.orders.values():
        for item in order.items:
            assert 0 <= item.shipped + item.cancelled <= item.quantity
            if order.fulfilled_by == "AMAZON":
                pool = "UK" if order.marketplace == UK else "EU" if order.seller == EU else "NA"
                shipped[(order.seller, pool, item.sku)] += item.shipped
    for key, stock in world.fba.items():
        assert stock.fulfillable == start[key] - shipped[key] >= 0
    for listing in world.listings.values():
        assert not listing.history or listing.history[-1].quantity == listing.quantity
        assert (listing.quantity or 0) >= 0
        assert [change.at for change in listing.history] == sorted(change.at for change in listing.history)
    assert not any(world.promised.values())
