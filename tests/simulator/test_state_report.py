"""What the state report has of a listing's quantity: each write with its fate, each order with what was shown."""

import json

from tests.simulator import feeding
from tests.simulator.conftest import EU, UK
from tests.simulator.test_faults import fault


def writes(amazon, sku):
    return [row for row in amazon.control("GET", "books")[1]["writes"] if row["sku"] == sku]


def test_a_write_is_noted_when_it_came_and_when_it_took_effect(amazon):
    amazon.set_quantity("HH-0010", 7)
    (row,) = writes(amazon, "HH-0010")
    assert row.pop("reference").count("-") == 4  # the call's request id
    assert row == {
        "receivedTime": "2026-09-21T14:13:20.000Z",
        "sellerId": EU,
        "sku": "HH-0010",
        "marketplaceId": UK,
        "operation": "patchListingsItem",
        "quantity": 7,
        "status": "ACCEPTED",
        "effect": "waiting",
        "appliedTime": None,
    }
    amazon.advance(5)
    (row,) = writes(amazon, "HH-0010")
    assert (row["effect"], row["appliedTime"]) == ("applied", "2026-09-21T14:13:24.000Z")


def test_what_came_to_nothing_says_why(amazon):
    fault(amazon, "accepted_not_applied")
    amazon.set_quantity("HH-0010", 7)
    fault(amazon, "invalid")
    amazon.set_quantity("HH-0010", 8)
    amazon.set_quantity("HH-0010", -1)
    amazon.set_quantity("NOBODY", 9)
    amazon.advance(60)
    rows = [(row["quantity"], row["status"], row["effect"]) for row in writes(amazon, "HH-0010")]
    assert rows[:2] == [(7, "ACCEPTED", "accepted_not_applied"), (None, "INVALID", "invalid")]
    assert rows[2][:2] == (None, "INVALID")
    assert "whole number" in rows[2][2]
    assert [(row["quantity"], row["effect"]) for row in writes(amazon, "NOBODY")] == [(9, "unknown SKU")]


def test_a_message_of_a_feed_came_when_its_feed_did(amazon):
    number = feeding.feed(amazon, feeding.LISTINGS, feeding.listings(feeding.quantity(1, "HH-0010", 5)))
    amazon.advance(feeding.WORKED)
    (row,) = writes(amazon, "HH-0010")
    assert (row["operation"], row["reference"], row["receivedTime"]) == (
        "JSON_LISTINGS_FEED", number, "2026-09-21T14:13:20.000Z",
    )  # fmt: skip
    assert (row["effect"], row["appliedTime"] > row["receivedTime"]) == ("applied", True)


def test_an_order_says_what_its_listing_showed(amazon):
    amazon.set_quantity("HH-0010", 3)
    amazon.advance(5)
    amazon.set_quantity("HH-0010", 0)  # on its way: the buyer still sees three
    placed = [amazon.order(quantity=2), amazon.order(quantity=2, oversell=True)]
    assert [(row["items"][0]["shownQuantity"], row["items"][0]["takenQuantity"]) for row in placed] == [(3, 2), (1, 1)]
    assert writes(amazon, "HH-0010")[1]["effect"] == "waiting"
    history = amazon.control("GET", "books")[1]["listings"]
    rows = next(row for row in history if row["sku"] == "HH-0010" and row["sellerId"] == EU)["history"]
    assert [(row["quantity"], row["orderId"]) for row in rows[-2:]] == [
        (1, placed[0]["orderId"]),
        (0, placed[1]["orderId"]),
    ]


def test_parts_of_the_state_report_can_be_left_out(amazon):
    amazon.set_quantity("HH-0010", 3)
    fault(amazon, "500")
    amazon.search()
    state = json.loads(amazon.send("GET", "/_simulator/books", query={"writes": "0", "faultEvents": "0"}).body)
    assert (state["writes"], state["faultEvents"]) == ([], [])
    assert [row["kind"] for row in amazon.control("GET", "books")[1]["faultEvents"]] == ["500"]
