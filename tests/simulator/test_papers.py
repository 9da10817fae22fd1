"""The books tell of feeds, reports, invoices and money too."""

import json

from tests.simulator.conftest import EU, NA, UK
from tests.simulator.feeding import LISTINGS, WORKED, feed, fresh, listings, quantity
from tests.simulator.reporting import MADE, ask


def books(amazon, **query):
    return json.loads(amazon.send("GET", "/_simulator/books", query=query).body)


def test_feeds_reports_and_what_was_earned_are_in_the_books(amazon):
    number = feed(amazon, LISTINGS, listings(quantity(1, "HH-0010", 5)))
    report = ask(amazon, "GET_MERCHANT_LISTINGS_ALL_DATA")
    order = amazon.order()
    amazon.confirm(order)
    amazon.advance(max(WORKED, MADE))
    fresh(amazon)
    told = books(amazon)
    row = {"at": "2026-09-21T14:13:20.000Z", "sellerId": EU, "marketplaceIds": [UK], "status": "DONE"}
    assert told["feeds"] == [{**row, "feedId": number, "feedType": LISTINGS}]
    assert told["reports"] == [
        {**row, "reportId": report, "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "reportScheduleId": ""}
    ]
    (money,) = told["transactions"]
    assert (money["kind"], money["orderId"], money["currency"]) == ("Shipment", order["orderId"], "GBP")
    assert [(charge["type"], charge["description"]) for charge in money["charges"]] == [
        ("ItemPrice", "Principal"),
        ("ItemPrice", "Shipping"),
        ("ItemFees", "Commission"),
    ]
    assert told["invoices"] == []


def test_books_can_be_had_of_one_seller_and_without_money(amazon):
    amazon.confirm(amazon.order())
    feed(amazon, LISTINGS, listings(quantity(1, "HH-0010", 5)))
    theirs = books(amazon, sellerId=NA)
    assert (theirs["feeds"], theirs["transactions"]) == ([], [])
    assert books(amazon, transactions="0")["transactions"] == []
