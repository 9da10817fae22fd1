"""A world is saved as one file and loaded again: the same state, tokens, limits, faults, traffic and future."""

import json

import msgspec
import pytest
from tests.simulator.conftest import EU, START, UK, Amazon
from tests.simulator.test_faults import summaries

from amazon_simulator import router
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Request
from amazon_simulator.events.delivery import Subscription
from amazon_simulator.snapshot import head_of
from amazon_simulator.traffic.traffic import Plan, TrafficProfile
from amazon_simulator.world.entities import Intent
from amazon_simulator.world.fulfilments import Fulfilment

LIMIT = {"sellerId": EU, "operation": "searchOrders", "rate": 7, "burst": 9}


def lived(home=None):
    amazon = Amazon(home=home)
    amazon.control("POST", "traffic", {"ordersPerHour": 30, "odd": 0.2})
    amazon.control("POST", "limits", LIMIT)
    amazon.control("POST", "faults", {"kind": "500", "operation": "getOrder", "count": 3})
    amazon.advance(20_000)
    amazon.token()
    return amazon


def everything(amazon):
    parts = ("books", "limits", "faults", "traffic", "accounts")
    return [amazon.control("GET", part)[1] for part in parts]


def load(amazon, content):
    answer = router.answer(amazon.simulator, Request("POST", "/_simulator/world", "", {}, content))
    return answer.status, json.loads(answer.body)


def test_a_loaded_world_is_the_saved_one_and_has_the_same_future():
    first, second = lived(), Amazon(seed=5)
    file = first.send("GET", "/_simulator/world")
    assert file.headers["content-disposition"] == 'attachment; filename="amazon-2026-09-21T19-46-40.jsonl"'
    assert load(second, file.body)[0] == 200
    assert everything(second) == everything(first)
    second._tokens = dict(first._tokens)
    for amazon in (first, second):
        amazon.advance(2_000)
        assert amazon.search()[0] == 200
        amazon.advance(50_000)
    assert everything(second) == everything(first)
    assert second.send("GET", "/_simulator/world").body == first.send("GET", "/_simulator/world").body


def test_amazons_stock_has_the_same_times_in_the_loaded_world():
    first, second = Amazon(), Amazon()
    orders = [first.order(sku="FBA-0000", by="AMAZON", pendingSeconds=900) for _ in range(2)]
    first.advance(60)
    first.control("POST", f"orders/{orders[0]['orderId']}/cancel", {"by": "BUYER"})
    first.advance(60)
    rows = [row for row in summaries(first)[1]["payload"]["inventorySummaries"] if row["sellerSku"] == "FBA-0000"]
    assert (
        rows[0]["lastUpdatedTime"],
        rows[0]["inventoryDetails"]["reservedQuantity"]["pendingCustomerOrderQuantity"],
    ) == (
        iso(START + 60),
        1,
    )
    load(second, first.send("GET", "/_simulator/world").body)
    assert summaries(second) == summaries(first)


def test_a_world_of_an_earlier_time_catches_up():
    first = lived()
    file = first.send("GET", "/_simulator/world").body
    late = Amazon()
    late.advance(70_000)
    load(late, file)
    first.advance(50_000)
    assert everything(late) == everything(first)


def test_a_loaded_world_is_in_the_journal(tmp_path):
    file = lived().send("GET", "/_simulator/world").body
    amazon = Amazon(home=tmp_path)
    amazon.order()
    load(amazon, file)
    books = everything(amazon)
    amazon.simulator.close()
    again = Amazon(home=tmp_path)
    again.simulator.clock.advance(20_000)
    assert everything(again) == books
    again.simulator.close()


@pytest.mark.parametrize(
    "corrupt",
    [
        lambda file: b"",
        lambda file: b"{}\n",
        lambda file: file[: len(file) // 2],
        lambda file: file + b'{"type":"dragon"}\n',
        lambda file: file.replace(b'"version":1', b'"version":99', 1),
        lambda file: b"\xff\xfe" + file,
    ],
)
def test_an_invalid_world_is_refused_and_changes_nothing(amazon, corrupt):
    file = lived().send("GET", "/_simulator/world").body
    order = amazon.order()
    status, body = load(amazon, corrupt(file))
    assert (status, "body" in body["error"]) == (400, True)
    assert [row["orderId"] for row in amazon.control("GET", "books")[1]["orders"]] == [order["orderId"]]


def test_the_first_line_has_the_time_of_the_world(amazon):
    amazon.advance(10)
    head = head_of(amazon.send("GET", "/_simulator/world").body)
    assert (head.now, head.seed, head.version) == (1_790_000_010.0, 1, 1)


def test_pages_and_calls_go_on_in_the_loaded_world(amazon):
    file = lived().send("GET", "/_simulator/world").body
    load(amazon, file)
    assert amazon.send("GET", "/").status == amazon.send("GET", "/shop", query={"seller": EU}).status == 200
    order = amazon.order(marketplace=UK)
    amazon.advance(121)
    assert order["orderId"] in {row["orderId"] for row in amazon.control("GET", "books")[1]["orders"]}


@pytest.mark.parametrize(
    ("entity", "member"),
    [
        (Intent(1, 0.0, "pay", "1", params={"a": 1}), {"told": {"a": 1}}),
        (Fulfilment(0, EU, "S", "1", UK, 0.0, request={"a": 1}), {"told": {"a": 1}}),
        (Plan(seed="1", done=0.0, profile=TrafficProfile(fba=0.5)), {"habits": {"fba": 0.5}}),
        (Subscription("1", EU, "K", "1.0", "d", 0.0, failure="no queue"), {"trouble": "no queue"}),
    ],
)
def test_a_member_keeps_the_name_that_saved_worlds_and_journals_have(entity, member):
    written = msgspec.json.decode(msgspec.json.encode(entity))
    name, value = next(iter(member.items()))
    assert (written[name] | value if isinstance(value, dict) else value) == written[name]
    assert msgspec.convert(written, type(entity)) == entity
