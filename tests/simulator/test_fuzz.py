"""Whatever operation is called however, no response is a failure of the simulator's own, and the state stays sound.

Calls are guessed in two ways: from the good calls of the walks, with something wrong in them, and from the parameters
of the published contract.
"""

import json
import random
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.reading import operation
from tests.simulator.conftest import EU, UK, Amazon
from tests.simulator.grantless import ask_token
from tests.simulator.guesses import TEXT, by_schema, with_one_wrong
from tests.simulator.walks.every import WALKS
from tests.simulator.walks.walker import Walker

from amazon_simulator import router
from amazon_simulator.control.state_report import order_json
from amazon_simulator.core.http import Request

QUIET = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
ROUTES = Amazon().simulator.routes.operations
STEP = 5.0
"""Seconds of trade time before each call: what an earlier one left behind comes to its hour."""


@pytest.fixture(scope="module")
def walked():
    """An Amazon with whatever the walks left in it, and the good calls by operation."""
    walker = Walker(Amazon(lifted=True))
    for walk in WALKS:
        walk(walker)
    return walker


def send(amazon, route, names, query, body):
    """Call an operation; the response must be no failure of the simulator, and JSON where it says so."""
    amazon.simulator.clock.advance(STEP)
    path = route.path
    for piece, name in zip([part for part in path.split("/") if part.startswith("{")], names, strict=True):
        path = path.replace(piece, quote(name, safe="", errors="replace") or "-", 1)
    content = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
    headers = {"x-amz-access-token": token_for(amazon, route.grantless)}
    answer = router.answer(
        amazon.simulator, Request(route.method, path, urlencode(query, errors="replace", doseq=True), headers, content)
    )
    assert answer.status < 500, (answer.status, path, query, body)
    if "json" in answer.headers.get("content-type", ""):
        json.loads(answer.body)


def good_calls(walked, name):
    assert walked.calls[name], f"{name} is not walked: see walks/every.py"
    return st.sampled_from(walked.calls[name])


def token_for(amazon, scope):
    if scope:
        return ask_token(amazon, grant_type="client_credentials", scope=scope)[1]["access_token"]
    amazon._tokens.clear()  # they live an hour of trade time
    return amazon.token()


@pytest.mark.parametrize("name", ROUTES)
def test_a_good_call_with_something_wrong_is_answered(walked, name):
    @QUIET
    @given(data=st.data())
    def sent(data):
        call = data.draw(good_calls(walked, name))
        names = data.draw(st.just(call.names) | st.tuples(*[TEXT for _ in call.names]))
        query = data.draw(with_one_wrong(call.query) if call.query else st.dictionaries(TEXT, TEXT, max_size=2))
        body = data.draw(st.just(call.body) | with_one_wrong(call.body) | st.binary(max_size=40))
        send(walked.amazon, ROUTES[name], names, query if isinstance(query, dict) else {}, body)

    sent()


@pytest.mark.parametrize("name", ROUTES)
def test_any_call_that_the_contract_knows_is_answered(walked, name):
    route = ROUTES[name]
    published = operation(route.method, route.path)
    query = {one["name"]: by_schema(one, {}) | TEXT for one in published.parameters if one["in"] == "query"}
    bodies = [by_schema(one["schema"], published.definitions) for one in published.parameters if one["in"] == "body"]

    @QUIET
    @given(data=st.data())
    def sent(data):
        names = data.draw(good_calls(walked, name)).names
        params = data.draw(st.fixed_dictionaries({}, optional=query))
        body = data.draw(st.one_of(bodies)) if bodies else b""
        send(walked.amazon, route, names, params, body)

    sent()


def test_the_state_report_adds_up_after_a_day_of_everything():
    """A listing's quantity follows its history; an FBA pool falls by what was shipped; an order ships what it has."""
    amazon = Amazon(lifted=True)
    world, chance = amazon.simulator.world, random.Random(3)
    start = {key: stock.fulfillable for key, stock in world.fba.items()}
    for _ in range(40):
        amazon.control("POST", "orders", {"mix": {"count": 10, "seed": chance.randrange(1000)}})
        for order in chance.sample(list(world.orders.values()), 5):
            if order.status == "UNSHIPPED" and order.fulfilled_by == "MERCHANT":
                assert amazon.confirm(order_json(order), seller=order.seller, quantity=1)[0] == 204
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
    assert not any(world.records.reserved.values())
