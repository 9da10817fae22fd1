"""The state report has feeds, reports, invoices and money too."""

import json

from tests.simulator.conftest import EU, NA, UK
from tests.simulator.feeding import LISTINGS, WORKED, feed, fresh, listings, quantity
from tests.simulator.reporting import MADE, ask


def state_of(amazon, **query):
    return json.loads(amazon.send("GET", "/_simulator/books", query=query).body)


def test_feeds_reports_and_transactions_are_in_the_state_report(amazon):
    number = feed(amazon, LISTINGS, listings(quantity(1, "HH-0010", 5)))
    report = ask(amazon, "GET_MERCHANT_LISTINGS_ALL_DATA")
    order = amazon.order()
    amazon.confirm(order)
    amazon.advance(max(WORKED, MADE))
    fresh(amazon)
    state = state_of(amazon)
    row = {"at": "2026-09-21T14:13:20.000Z", "sellerId": EU, "marketplaceIds": [UK], "status": "DONE"}
    assert state["feeds"] == [{**row, "feedId": number, "feedType": LISTINGS}]
    assert state["reports"] == [
        {**row, "reportId": report, "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "reportScheduleId": ""}
    ]
    (money,) = state["transactions"]
    assert (money["kind"], money["orderId"], money["currency"]) == ("Shipment", order["orderId"], "GBP")
    assert [(charge["type"], charge["description"]) for charge in money["charges"]] == [
        ("ItemPrice", "Principal"),
        ("ItemPrice", "Shipping"),
        ("ItemFees", "Commission"),
    ]
    assert state["invoices"] == []


def test_the_state_report_can_be_limited_to_one_seller_and_without_money(amazon):
    amazon.confirm(amazon.order())
    feed(amazon, LISTINGS, listings(quantity(1, "HH-0010", 5)))
    theirs = state_of(amazon, sellerId=NA)
    assert (theirs["feeds"], theirs["transactions"]) == ([], [])
    assert state_of(amazon, transactions="0")["transactions"] == []
