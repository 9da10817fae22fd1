"""What orders have since autumn 2026: transit times, warranties, Seller Flex; listings' issues of any category."""

import pytest
from tests.simulator.conftest import EU, UK, Amazon


def test_a_delivery_promise_names_what_it_was_computed_from(amazon):
    transit = {"dataSource": "AMAZON_AUTOMATED", "carrier": "Royal Mail", "shippingService": "Royal Mail Tracked 48"}
    found = amazon.read(amazon.order(transitTime=transit), "FULFILLMENT")["fulfillment"]
    details = {"carrier": "Royal Mail", "shippingService": "Royal Mail Tracked 48"}
    assert found["promiseCalculationInputs"] == {
        "transitTime": {"dataSource": "AMAZON_AUTOMATED", "details": details},
    }
    found = amazon.read(amazon.order(transitTime={"dataSource": "SELLER_SET"}), "FULFILLMENT")["fulfillment"]
    assert found["promiseCalculationInputs"] == {"transitTime": {"dataSource": "SELLER_SET"}}
    assert "promiseCalculationInputs" not in amazon.read(amazon.order(), "FULFILLMENT")["fulfillment"]


def test_a_warranty_stands_beside_its_line(amazon):
    bought = [{"asin": "B0WARRANTY", "purchasePrice": "4.99"}, {"associationType": "VALUE_ADD_SERVICE"}]
    order = amazon.order(items=[{"sku": "HH-0010", "associatedItems": bought}])
    warranty, service = amazon.read(order, "")["orderItems"][0]["associatedOrderItems"]
    assert (warranty["associationType"], warranty["asin"], warranty["purchasePrice"]) == (
        "WARRANTY", "B0WARRANTY", {"amount": "4.99", "currencyCode": "GBP"},
    )  # fmt: skip
    assert set(service) == {"orderId", "orderItemId", "associationType"}
    assert warranty["orderItemId"] != service["orderItemId"]


def test_seller_flex_has_fulfilment_orders_where_they_are_requested(amazon):
    flex, other = amazon.order(sellerFlex=True), amazon.order()
    assert len(amazon.read(flex, "FULFILLMENT_ORDERS")["fulfillmentOrders"]) == 1
    assert "fulfillmentOrders" not in amazon.read(flex, "FULFILLMENT")
    assert "fulfillmentOrders" not in amazon.read(other, "FULFILLMENT_ORDERS")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"transitTime": {"dataSource": "GUESSED"}}, "transitTime.dataSource: "),
        ({"transitTime": 3}, "transitTime: "),
        ({"items": [{"sku": "HH-0010", "associatedItems": [{"associationType": "TEA"}]}]},
         "items[0].associatedItems[0].associationType: "),
    ],
)  # fmt: skip
def test_a_wrong_member_is_named(amazon, changed, field):
    body = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010"}], **changed}
    status, answer = amazon.control("POST", "orders", body)
    assert (status, answer["error"].startswith(field)) == (400, True)


def test_traffic_has_transit_times_and_warranties():
    amazon = Amazon(seed=3)
    amazon.control("POST", "traffic", {"ordersPerHour": 100, "habits": {"warranty": 0.3}})
    amazon.advance(3 * 3600)
    orders = list(amazon.simulator.world.orders.values())
    sources = {order.transit.source for order in orders if order.transit}
    assert sources == {"AMAZON_AUTOMATED", "SELLER_SET", "THIRD_PARTY_INTEGRATOR"}
    assert any(item.associated for order in orders for item in order.items)
    assert all(order.transit is None for order in orders if order.fulfilled_by == "AMAZON")


def test_a_listings_issue_may_have_a_category_that_nobody_knows(amazon):
    issue = {"severity": "ERROR", "categories": ["FRAGRANCE_POLICY_2026"], "message": "Not in summer."}
    amazon.control("POST", "listings/issues", {"sellerId": EU, "sku": "HH-0010", "issues": [issue]})
    query = {"marketplaceIds": UK, "includedData": "issues"}
    body = amazon.call("GET", f"/listings/2021-08-01/items/{EU}/HH-0010", query=query)[1]
    assert body["issues"][0]["categories"] == ["FRAGRANCE_POLICY_2026"]
