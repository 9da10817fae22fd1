"""The page of the simulator names every control call, and none that is not there."""

import json
import re
from pathlib import Path

import pytest
from tests.simulator.conftest import EU, UK, Amazon

from amazon_simulator.control.orders import CHANGES
from amazon_simulator.control.router import ROUTES
from amazon_simulator.control.warehouse import MOVES

VERBS = {*CHANGES, *MOVES}
TWO, LATE = {"sku": "HH-0010", "quantity": "two"}, {"openHours": {"from": 24}}
ORDER = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010"}]}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"


def documented():
    """The calls in the first column of the table under “Control”; what is written large stands for anything."""
    control = PAGE.read_text(encoding="utf-8").split("\n## Control\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.+?`) \|", control, re.MULTILINE)
    calls = [call for cell in cells for call in re.findall(r"`(GET|POST) /_simulator/([\w/]+)`", cell)]
    return {(method, *re.sub(r"\b[A-Z]+\b", "*", path).split("/")) for method, path in calls}


def answered():
    """The calls of the table; a name in a path stands for anything, and verbs of one noun count as one."""
    return {
        (route.method, *("*" if piece.startswith("{") or piece in VERBS else piece for piece in route.segments))
        for route in ROUTES
    }


def test_the_page_names_every_control_call():
    assert len(answered()) > 25
    assert answered() == documented()


def test_the_openapi_document_is_made_from_the_table():
    shown = Amazon().control("GET", "openapi")[1]
    assert {(method.upper(), path) for path, calls in shown["paths"].items() for method in calls} == {
        (route.method, f"/_simulator/{route.path}") for route in ROUTES
    }
    clock = shown["paths"]["/_simulator/clock"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert clock == {"$ref": "#/components/schemas/Clock"}
    assert shown["components"]["schemas"]["Clock"]["properties"]["rate"] == {
        "type": "number",
        "minimum": 0.001,
        "maximum": 10_000,
    }
    assert set(re.findall(r"#/components/schemas/(\w+)", json.dumps(shown))) <= set(shown["components"]["schemas"])


def test_the_page_of_calls_shows_each_with_its_members():
    answer = Amazon().send("GET", "/control/calls")
    shown = answer.body.decode()
    assert answer.status == 200
    assert all(f"{route.method} /_simulator/{route.path}" in shown for route in ROUTES)
    assert "number from 0.001 to 10000" in shown
    assert "/control/calls" in Amazon().send("GET", "/").body.decode()


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("clock", {"rate": 0}, "rate: give a number from 0.001 to 10000"),
        ("clock", {"now": "soon"}, "now: Invalid isoformat string: 'soon'; give a time like 2026-12-01T00:00:00Z"),
        ("clock", [], "the body: give a JSON object"),
        ("orders", {**ORDER, "items": [TWO]}, "items[0].quantity: give a whole number from 0 to 1000000"),
        ("orders", {**ORDER, "items": []}, "items: give a list with at least one object"),
        ("orders", {**ORDER, "items": [{}]}, "items[0].sku: give a text of at most 2000 characters"),
        ("orders", {**ORDER, "shippingPrice": "dear"}, 'shippingPrice: give an amount like "3.99"'),
        ("orders", {**ORDER, "shippingPrice": "NaN"}, 'shippingPrice: give an amount like "3.99"'),
        ("orders", {**ORDER, "status": "LOST"}, "status: choose from PENDING, UNSHIPPED"),
        ("orders", {**ORDER, "buyer": LATE}, "buyer.openHours.from: give a whole number from 0 to 23"),
        ("listings", {"sellerId": EU, "sku": ""}, "sku: must not be empty"),
        ("accounts", {"region": "EU", "sellerId": "a b"}, "sellerId: give 4 to 20 capital letters and digits"),
        ("traffic", {"habits": {"naps": 1}}, "habits.naps: choose from addresses, asks, "),
        ("traffic", {"habits": {"fba": 2}}, "habits.fba: give a number from 0 to 1"),
        ("faults", {"kind": "500", "window": {"from": "x"}}, "window.from: choose from since, until"),
        ("limits", {"operation": "getOrder"}, "rate: give a number from 0 to 10000"),
        ("fba/steal", {}, "steal: no such verb; use restock, send-in, receive, lose, find, damage, future"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_member_and_the_remedy(amazon, path, body, sentence):
    status, result = amazon.control("POST", path, body)
    assert (status, result["error"].startswith(sentence)) == (400, True), result
