"""listTransactions agrees with what was sent and given back; its dates and pages are Amazon's."""

from decimal import Decimal

import pytest
from tests.simulator.conftest import DE, EU, NA, UK, US, Amazon
from tests.simulator.reporting import SETTLEMENT, fresh, rows_of

PATH = "/finances/2024-06-19/transactions"
SINCE = "2026-09-21T00:00:00Z"


def listed(amazon, *, seller=EU, **query):
    status, body = amazon.call("GET", PATH, seller=seller, query={"postedAfter": SINCE, **query})
    assert status == 200, body
    return body["payload"]["transactions"]


def sent(amazon, *, seller=EU, **more):
    order = amazon.order(seller=seller, **more)
    amazon.confirm(order, quantity=more.get("quantity", 1), seller=seller)
    return order


def amount(money):
    return Decimal(str(money["currencyAmount"]))


def test_a_shipment_is_listed_two_minutes_later_with_what_it_earned(amazon):
    order = sent(amazon, quantity=2)
    assert listed(amazon) == []
    amazon.advance(130)
    (transaction,) = listed(amazon)
    item = amazon.simulator.world.orders[order["orderId"]].items[0]
    commission = ((item.price + item.shipping) * Decimal("0.15")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert (transaction["transactionType"], transaction["description"], transaction["transactionStatus"]) == (
        "Shipment",
        "Order Payment",
        "RELEASED",
    )
    assert amount(transaction["totalAmount"]) == item.price + item.shipping - commission
    assert transaction["relatedIdentifiers"][1] == {
        "relatedIdentifierName": "ORDER_ID",
        "relatedIdentifierValue": order["orderId"],
    }
    assert transaction["items"][0]["contexts"][0] == {
        "contextType": "ProductContext",
        "asin": item.asin,
        "sku": "HH-0010",
        "quantityShipped": 2,
        "fulfillmentNetwork": "MFN",
    }


def test_every_transactions_parts_add_up(amazon):
    for seller, market in ((EU, UK), (EU, DE), (NA, US)):
        sent(amazon, seller=seller, marketplace=market, quantity=3, giftWrap=True)
    order = amazon.order(sku="FBA-0001", by="AMAZON", quantity=2)
    amazon.advance(400)
    placed = amazon.simulator.world.orders[order["orderId"]]
    amazon.simulator.world.returning.take_back(placed, placed.items[0].id, 1, amazon.simulator.clock.seconds())
    amazon.advance(200)
    found = [*listed(amazon), *listed(amazon, seller=NA)]
    assert [one["transactionType"] for one in found] == ["Shipment", "Shipment", "Shipment", "Refund", "Shipment"]
    for one in found:
        total = amount(one["totalAmount"])
        assert sum(amount(part["breakdownAmount"]) for part in one["breakdowns"]) == total
        assert sum(amount(item["totalAmount"]) for item in one["items"]) == total
        for part in one["breakdowns"]:
            assert sum(amount(inner["breakdownAmount"]) for inner in part["breakdowns"]) == amount(
                part["breakdownAmount"]
            )
    assert amount(found[3]["totalAmount"]) < 0


def test_orders_that_were_not_sent_and_free_ones_have_no_transaction(amazon):
    first = sent(amazon)
    amazon.order()
    amazon.control("POST", f"orders/{amazon.order()['orderId']}/cancel", {"by": "BUYER"})
    sent(amazon, replaces=first["orderId"])
    amazon.advance(130)
    assert len(listed(amazon)) == 1


def test_transactions_are_found_by_order_marketplace_status_and_group(amazon):
    here, there = sent(amazon), sent(amazon, marketplace=DE)
    amazon.advance(130)

    def found(**query):
        return [one["relatedIdentifiers"][1]["relatedIdentifierValue"] for one in listed(amazon, **query)]

    assert found() == [here["orderId"], there["orderId"]]
    assert found(marketplaceId=DE) == [there["orderId"]]
    assert found(relatedIdentifierName="ORDER_ID", relatedIdentifierValue=here["orderId"]) == [here["orderId"]]
    assert (found(transactionStatus="RELEASED"), found(transactionStatus="DEFERRED")) == (found(), [])
    group = listed(amazon)[0]["relatedIdentifiers"][0]["relatedIdentifierValue"]
    assert found(relatedIdentifierName="FINANCIAL_EVENT_GROUP_ID", relatedIdentifierValue=group) == [here["orderId"]]


def test_pages_go_on_where_the_last_one_ended_with_the_same_parameters(amazon):
    amazon = Amazon(lifted=True)
    amazon.control("POST", "listings", {"sellerId": EU, "sku": "MANY", "title": "Many", "quantity": 500})
    orders = [sent(amazon, sku="MANY")["orderId"] for _ in range(120)]
    amazon.advance(130)
    query = {"postedAfter": SINCE, "marketplaceId": UK}
    first = amazon.call("GET", PATH, query=query)[1]["payload"]
    sent(amazon, sku="MANY")
    amazon.advance(130)
    second = amazon.call("GET", PATH, query={**query, "nextToken": first["nextToken"]})[1]["payload"]
    transactions = [*first["transactions"], *second["transactions"]]
    assert [one["relatedIdentifiers"][1]["relatedIdentifierValue"] for one in transactions] == orders
    assert "nextToken" not in second
    other = {"postedAfter": SINCE, "nextToken": first["nextToken"]}
    assert amazon.call("GET", PATH, query=other)[0] == 400
    assert amazon.call("GET", PATH, seller=NA, query={**query, "nextToken": first["nextToken"]})[0] == 400


def test_a_range_of_more_than_180_days_is_empty(amazon):
    sent(amazon)
    amazon.advance(130)
    assert len(listed(amazon, postedAfter="2026-04-01T00:00:00Z")) == 1
    assert listed(amazon, postedAfter="2026-03-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"postedAfter": "soon"},
        {"postedAfter": "2026-09-21T14:12:00Z"},
        {"postedAfter": SINCE, "postedBefore": "2026-09-21T14:12:00Z"},
        {"postedAfter": SINCE, "postedBefore": "2026-09-20T00:00:00Z"},
        {"postedAfter": SINCE, "transactionStatus": "LOST"},
        {"relatedIdentifierName": "ORDER_ID"},
        {"relatedIdentifierName": "SHIPMENT_ID", "relatedIdentifierValue": "1"},
        {"postedAfter": SINCE, "nextToken": "mangled"},
    ],
)
def test_an_invalid_query_is_400(amazon, query):
    assert amazon.call("GET", PATH, query=query)[0] == 400


def test_finances_want_their_role_and_a_marketplace_of_the_seller(amazon):
    assert amazon.call("GET", PATH, query={"postedAfter": SINCE, "marketplaceId": US})[0] == 403
    amazon.control("POST", "application", {"roles": ["Product Listing"]})
    fresh(amazon)
    assert amazon.call("GET", PATH, query={"postedAfter": SINCE})[0] == 403


def test_what_is_paid_out_is_what_the_settlement_says(amazon):
    sent(amazon)
    amazon.advance(14 * 86_400)
    fresh(amazon)
    transactions = listed(amazon)
    assert [one["transactionType"] for one in transactions] == ["Shipment", "Transfer"]
    report = amazon.call("GET", "/reports/2021-06-30/reports", query={"reportTypes": SETTLEMENT})[1]["reports"][0]
    first = rows_of(amazon, report)[0]
    assert (
        amount(transactions[1]["totalAmount"])
        == -Decimal(first["total-amount"])
        == -amount(transactions[0]["totalAmount"])
    )
    assert transactions[1]["relatedIdentifiers"][1]["relatedIdentifierValue"] == first["settlement-id"]


def test_transactions_outlive_a_restart_and_are_posted_once(tmp_path):
    amazon = Amazon(home=tmp_path)
    order = sent(amazon, quantity=2)
    amazon.advance(130)
    transactions = listed(amazon)
    amazon.simulator.close()
    again = Amazon(home=tmp_path)
    amazon_order = again.simulator.world.orders[order["orderId"]]
    again.simulator.world.records.touch(amazon_order)
    again.advance(130)
    assert listed(again) == transactions
    again.simulator.close()
