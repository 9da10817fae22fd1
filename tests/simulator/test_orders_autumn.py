"""What orders have since autumn 2026: transit times, warranties, Seller Flex; listings' issues of any category."""

import io
import zipfile
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.simulator.conftest import EU, UK, Amazon

from amazon_simulator.pages.shop import KINDS


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


def test_a_service_stands_in_its_order_beside_what_it_belongs_to(amazon):
    lines = [{"sku": "HH-0010"}, {"sku": "HH-0011", "serviceOf": 0, "service": "VALUE_ADD_SERVICE"}]
    found = amazon.read(amazon.order(items=lines), "")
    goods, service = found["orderItems"]
    assert goods["associatedOrderItems"] == [
        {"orderId": found["orderId"], "orderItemId": service["orderItemId"], "associationType": "VALUE_ADD_SERVICE"}
    ]
    assert "associatedOrderItems" not in service
    body = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010", "serviceOf": 3}]}
    status, answer = amazon.control("POST", "orders", body)
    assert (status, answer["error"].startswith("items.serviceOf: ")) == (400, True)


def test_serial_numbers_are_wanted_of_a_line_or_known(amazon):
    lines = [{"sku": "HH-0010", "serialNumbersRequired": True}, {"sku": "HH-0011", "serialNumbers": ["SN-1"]}]
    wanted, known = amazon.read(amazon.order(items=lines), "FULFILLMENT")["orderItems"]
    assert wanted["fulfillment"]["packing"] == {"serialNumberRequirement": {"requirementType": "REQUIRED"}}
    assert known["product"]["serialNumbers"] == ["SN-1"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_order_can_be_bought_in_the_shop(amazon, kind):
    listing = next(row for row in amazon.simulator.world.by_seller[EU].values() if row.channel == "DEFAULT")
    form = {"seller": EU, "marketplace": UK, "sku": listing.sku, "quantity": "2", "kind": kind}
    before = set(amazon.simulator.world.orders)
    assert amazon.send("POST", "/shop/buy", form=form).status == 303
    (made,) = set(amazon.simulator.world.orders) - before
    assert amazon.read({"orderId": made}, "FULFILLMENT,TAX,PROCEEDS")["orderId"] == made


def test_what_a_buyer_wrote_lies_in_an_archive_whose_address_is_new_at_each_reading(amazon):
    placed = amazon.order(items=[{"sku": "HH-0010", "customization": "For the harbour master"}])

    def address():
        return amazon.read(placed, "")["orderItems"][0]["product"]["customization"]["customizedUrl"]

    def get(url):
        parts = urlsplit(url)
        return amazon.send("GET", parts.path, query=dict(parse_qsl(parts.query)))

    first = address()
    with zipfile.ZipFile(io.BytesIO(get(first).body)) as archive:
        assert "For the harbour master" in archive.read("customization.json").decode()
    amazon.advance(600)
    assert get(first).status == 403
    assert get(address()).status == 200
