"""What other shops sold, sent by Amazon; and the whole of FBA's stock."""

import json

import pytest
from tests.contract.judge import conforms
from tests.simulator.conftest import DE, EU, NA, UK, Amazon

ORDERS = "/fba/outbound/2020-07-01/fulfillmentOrders"
MODEL = "fulfillmentOutbound_2020-07-01.json"
KEY = (EU, "UK", "FBA-0000")
DAY = 24 * 3600


@pytest.fixture
def amazon():
    return Amazon(lifted=True)


def order_body(name="SHOP-1", quantity=2, **more):
    line = {"sellerSku": "FBA-0000", "sellerFulfillmentOrderItemId": "1", "quantity": quantity, "giftMessage": "Hi"}
    return {
        "marketplaceId": UK,
        "sellerFulfillmentOrderId": name,
        "displayableOrderId": name,
        "displayableOrderDate": "2026-09-21T10:00:00Z",
        "displayableOrderComment": "Thank you",
        "shippingSpeedCategory": "Expedited",
        "destinationAddress": {
            "name": "Ada Byron", "addressLine1": "1 Quay Street", "city": "Hull", "postalCode": "HU1 1AA",
            "countryCode": "GB",
        },
        "items": [line],
        **more,
    }  # fmt: skip


def create(amazon, *args, **more):
    return amazon.call("POST", ORDERS, body=order_body(*args, **more))


def read(amazon, name="SHOP-1"):
    status, body = amazon.call("GET", f"{ORDERS}/{name}")
    assert status == 200, body
    return body["payload"]


def state(amazon, name="SHOP-1"):
    return read(amazon, name)["fulfillmentOrder"]["fulfillmentOrderStatus"]


def summary(amazon, sku="FBA-0000", market=UK, **query):
    params = {"granularityType": "Marketplace", "granularityId": market, "marketplaceIds": market, "details": "true"}
    status, body = amazon.call("GET", "/fba/inventory/v1/summaries", query={**params, "sellerSku": sku, **query})
    assert status == 200, body
    return body["payload"]["inventorySummaries"]


def details(amazon, sku="FBA-0000"):
    return summary(amazon, sku)[0]["inventoryDetails"]


def test_an_order_of_another_shop_is_allocated_sent_and_followed(amazon):
    stock = amazon.simulator.world.fba[KEY]
    before = stock.fulfillable
    assert create(amazon) == (200, {})
    assert (amazon.simulator.world.warehouses.free(stock), stock.fulfillable) == (before - 2, before)
    states = [state(amazon)]
    for seconds in (61, 60, 200):
        amazon.advance(seconds)
        states.append(state(amazon))
    assert states == ["Received", "Planning", "Processing", "Complete"]
    assert (amazon.simulator.world.warehouses.free(stock), stock.fulfillable) == (before - 2, before - 2)
    (shipment,) = read(amazon)["fulfillmentShipments"]
    (package,) = shipment["fulfillmentShipmentPackage"]
    assert (shipment["fulfillmentShipmentStatus"], package["trackingNumber"]) == ("SHIPPED", "TBA000000000000")
    places = []
    for days in (0, 1.9, 0.2):
        amazon.advance(days * DAY)
        amazon._tokens.clear()
        query = {"packageNumber": package["packageNumber"]}
        payload = amazon.call("GET", "/fba/outbound/2020-07-01/tracking", query=query)[1]["payload"]
        places.append((payload["currentStatus"], len(payload["trackingEvents"])))
    assert places == [("IN_TRANSIT", 1), ("OUT_FOR_DELIVERY", 2), ("DELIVERED", 3)]


def test_among_the_orders_it_stands_on_another_channel_without_money(amazon):
    create(amazon)
    amazon.advance(500)
    (order,) = amazon.search(includedData="FULFILLMENT,PROCEEDS,PAYMENT,BUYER,RECIPIENT")[1]["orders"]
    assert order["orderId"].startswith("S01-")
    assert (order["salesChannel"]["channelName"], order["fulfillment"]["fulfilledBy"]) == ("NON_AMAZON", "AMAZON")
    assert order["orderAliases"] == [{"aliasId": "SHOP-1", "aliasType": "SELLER_ORDER_ID"}]
    assert not {"proceeds", "payment"} & set(order)
    query = {"MarketplaceIds": UK, "LastUpdatedAfter": "2026-09-01T00:00:00Z"}
    (old,) = amazon.call("GET", "/orders/v0/orders", query=query)[1]["payload"]["Orders"]
    assert (old["SalesChannel"], "OrderTotal" in old) == ("Non-Amazon", False)


def test_what_cannot_be_had_is_unfulfillable_as_a_whole(amazon):
    free = amazon.simulator.world.fba[KEY].fulfillable
    create(amazon, quantity=free + 1)
    found = read(amazon)
    assert found["fulfillmentOrder"]["fulfillmentOrderStatus"] == "Unfulfillable"
    assert found["fulfillmentOrderItems"][0]["unfulfillableQuantity"] == free + 1
    amazon.advance(200)
    (order,) = amazon.search()[1]["orders"]
    assert order["fulfillment"]["fulfillmentStatus"] == "UNFULFILLABLE"
    assert amazon.simulator.world.records.reserved.get(KEY, 0) == 0


def test_all_that_is_there_may_be_sent(amazon):
    free = amazon.simulator.world.fba[KEY].fulfillable
    create(amazon, quantity=free + 1, fulfillmentPolicy="FillAllAvailable")
    amazon.advance(400)
    found = read(amazon)
    assert found["fulfillmentOrder"]["fulfillmentOrderStatus"] == "CompletePartialled"
    assert found["fulfillmentShipments"][0]["fulfillmentShipmentItem"][0]["quantity"] == free
    assert amazon.simulator.world.fba[KEY].fulfillable == 0


def test_or_it_waits_for_the_rest(amazon):
    free = amazon.simulator.world.fba[KEY].fulfillable
    create(amazon, quantity=free + 1, fulfillmentPolicy="FillAll")
    amazon.advance(400)
    assert state(amazon) == "Processing"
    amazon.control("POST", "fba/restock", {"sellerId": EU, "sku": "FBA-0000", "pool": "UK", "quantity": 1})
    amazon.advance(3600)
    amazon._tokens.clear()
    assert state(amazon) == "Complete"


def test_a_cancelled_order_sets_its_stock_free(amazon):
    create(amazon)
    assert amazon.call("PUT", f"{ORDERS}/SHOP-1/cancel") == (200, {})
    assert (state(amazon), amazon.simulator.world.records.reserved[KEY]) == ("Cancelled", 0)
    assert read(amazon)["fulfillmentOrderItems"][0]["cancelledQuantity"] == 2
    assert amazon.call("PUT", f"{ORDERS}/SHOP-1/cancel")[0] == 400


def test_a_held_order_goes_when_it_is_released(amazon):
    create(amazon, fulfillmentAction="Hold")
    amazon.advance(DAY)
    amazon._tokens.clear()
    assert state(amazon) == "New"
    address = {**order_body()["destinationAddress"], "city": "York"}
    body = {"fulfillmentAction": "Ship", "destinationAddress": address}
    assert amazon.call("PUT", f"{ORDERS}/SHOP-1", body=body) == (200, {})
    amazon.advance(301)
    found = read(amazon)["fulfillmentOrder"]
    assert (found["fulfillmentOrderStatus"], found["destinationAddress"]["city"]) == ("Complete", "York")
    assert amazon.call("PUT", f"{ORDERS}/SHOP-1", body=body)[0] == 400


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"destinationAddress": [order_body()["destinationAddress"]]}, "parameters are missing: [PostalCode, City]"),
        ({"destinationAddress": {"name": "Ada", "countryCode": "GB"}}, "[AddressLine1, PostalCode, City]"),
        ({"items": []}, "items"),
        ({"items": [{**order_body()["items"][0], "quantity": 0}]}, "quantity"),
        ({"items": [order_body()["items"][0]] * 2}, "used twice"),
        ({"items": [{**order_body()["items"][0], "quantity": 251}]}, "at most 250 units"),
        ({"items": [{**order_body()["items"][0], "sellerSku": "HH-0010"}]}, "ItemIsNotAvailable"),
        ({"shippingSpeedCategory": "ScheduledDelivery"}, "shippingSpeedCategory"),
        ({"displayableOrderDate": "today"}, "displayableOrderDate"),
        ({"sellerFulfillmentOrderId": "X" * 41}, "sellerFulfillmentOrderId"),
        ({"marketplaceId": "MOON"}, "marketplaceId"),
    ],
)
def test_a_wrong_request_is_refused_and_nothing_is_allocated(amazon, changes, words):
    status, body = create(amazon, **changes)
    assert (status, words in body["errors"][0]["message"]) == (400, True), body
    assert (amazon.simulator.world.records.reserved.get(KEY, 0), amazon.simulator.world.orders) == (0, {})


def test_one_name_is_used_once_and_by_its_seller_alone(amazon):
    create(amazon)
    assert create(amazon)[0] == 400
    assert amazon.call("GET", f"{ORDERS}/SHOP-1", seller=NA)[0] == 404
    assert amazon.call("GET", f"{ORDERS}/SHOP-2")[0] == 404


def test_orders_are_listed_by_their_last_update(amazon):
    for number in range(60):
        create(amazon, f"SHOP-{number:02d}", quantity=1, fulfillmentPolicy="FillAllAvailable")
        amazon.advance(1)
    amazon.advance(400)
    found, query = [], {"queryStartDate": "2026-09-21T00:00:00Z"}
    while query:
        payload = amazon.call("GET", ORDERS, query=query)[1]["payload"]
        found += [row["sellerFulfillmentOrderId"] for row in payload["fulfillmentOrders"]]
        query = {"nextToken": payload["nextToken"]} if "nextToken" in payload else None
    assert found == [f"SHOP-{number:02d}" for number in range(60)]
    later = amazon.call("GET", ORDERS, query={"queryStartDate": "2026-10-21T00:00:00Z"})[1]["payload"]
    assert later == {"fulfillmentOrders": []}


def test_a_preview_shows_what_each_speed_means(amazon):
    body = {"marketplaceId": UK, "address": order_body()["destinationAddress"], "items": order_body()["items"]}
    previews = amazon.call("POST", f"{ORDERS}/preview", body=body)[1]["payload"]["fulfillmentPreviews"]
    assert [(row["shippingSpeedCategory"], row["isFulfillable"]) for row in previews] == [
        ("Standard", True), ("Expedited", True), ("Priority", True),
    ]  # fmt: skip
    body["items"] = order_body(quantity=250)["items"]
    previews = amazon.call("POST", f"{ORDERS}/preview", body={**body, "shippingSpeedCategories": ["Standard"]})[1]
    (row,) = previews["payload"]["fulfillmentPreviews"]
    assert (row["isFulfillable"], row["orderUnfulfillableReasons"]) == (False, ["InventoryUnavailable"])


def test_it_outlives_a_restart(tmp_path):
    before = Amazon(home=tmp_path)
    create(before)
    create(before, "SHOP-2", fulfillmentAction="Hold")
    found = [read(before, name) for name in ("SHOP-1", "SHOP-2")]
    before.simulator.close()
    after = Amazon(home=tmp_path)
    again = [read(after, name) for name in ("SHOP-1", "SHOP-2")]
    after.advance(400)
    states = [state(after, name) for name in ("SHOP-1", "SHOP-2")]
    after.simulator.close()
    assert (again, states) == (found, ["Complete", "New"])


# --- FBA's stock


def test_what_customers_ordered_is_reserved_and_not_fulfillable(amazon):
    before = details(amazon)["fulfillableQuantity"]
    total = summary(amazon)[0]["totalQuantity"]
    amazon.order(sku="FBA-0000", by="AMAZON", quantity=3)
    levels = details(amazon)
    assert (levels["fulfillableQuantity"], levels["reservedQuantity"]) == (
        before - 3,
        {
            "totalReservedQuantity": 3,
            "pendingCustomerOrderQuantity": 3,
            "pendingTransshipmentQuantity": 0,
            "fcProcessingQuantity": 0,
        },
    )
    assert summary(amazon)[0]["totalQuantity"] == total
    amazon.advance(301)
    levels = details(amazon)
    assert (levels["fulfillableQuantity"], levels["reservedQuantity"]["totalReservedQuantity"]) == (before - 3, 0)
    assert summary(amazon)[0]["totalQuantity"] == total - 3


def move(amazon, verb, quantity):
    status, body = amazon.control(
        "POST", f"fba/{verb}", {"sellerId": EU, "sku": "FBA-0000", "pool": "UK", "quantity": quantity}
    )
    assert status == 200, body


def test_lost_units_grow_old_and_the_oldest_are_found_first(amazon):
    def parts():
        levels = details(amazon)["researchingQuantity"]
        return [row["quantity"] for row in levels["researchingQuantityBreakdown"]]

    move(amazon, "lose", 2)
    amazon.advance(12 * DAY)
    amazon._tokens.clear()
    move(amazon, "lose", 3)
    assert parts() == [3, 2, 0]
    amazon.advance(15 * DAY)
    amazon._tokens.clear()
    assert parts() == [0, 3, 2]
    move(amazon, "find", 3)
    assert parts() == [0, 2, 0]


def test_damaged_units_are_listed_by_who_damaged_them(amazon):
    order = amazon.order(sku="FBA-0000", by="AMAZON", quantity=2)
    amazon.advance(301)
    move(amazon, "damage", 4)
    for disposition in ("CUSTOMER_DAMAGED", "DEFECTIVE"):
        amazon.control("POST", "returns", {"orderId": order["orderId"], "disposition": disposition})
    levels = details(amazon)["unfulfillableQuantity"]
    assert {name: units for name, units in levels.items() if units} == {
        "totalUnfulfillableQuantity": 6,
        "customerDamagedQuantity": 1,
        "warehouseDamagedQuantity": 4,
        "defectiveQuantity": 1,
    }


def test_future_supply_comes_alone_where_nothing_else_is(amazon):
    amazon.simulator.world.fba[KEY].fulfillable = amazon.simulator.world.fba[KEY].inbound = 0
    move(amazon, "future", 7)
    supply = {"reservedFutureSupplyQuantity": 0, "futureSupplyBuyableQuantity": 7}
    assert details(amazon) == {"futureSupplyQuantity": supply}


def test_only_what_changed_since_is_listed_and_skus_are_ignored_then(amazon):
    amazon.advance(100)
    since = "2026-09-21T14:14:00Z"
    assert summary(amazon, startDateTime=since) == []
    amazon.order(sku="FBA-0003", by="AMAZON")
    move(amazon, "send-in", 5)  # on its way in: not detected
    (row,) = summary(amazon, startDateTime=since)
    assert (row["sellerSku"], row["lastUpdatedTime"]) == ("FBA-0003", "2026-09-21T14:15:00.000Z")
    query = {"granularityType": "Marketplace", "granularityId": UK, "marketplaceIds": UK}
    for start in ("2024-09-21T14:14:00Z", "soon"):
        assert amazon.call("GET", "/fba/inventory/v1/summaries", query={**query, "startDateTime": start})[0] == 400
        amazon.advance(1)


def test_a_sku_with_a_comma_is_requested_alone(amazon):
    world = amazon.simulator.world
    amazon.control("POST", "listings", {"sellerId": EU, "sku": "A,B"})
    world.records.make(type(world.fba[KEY])(EU, "UK", "A,B", 1))
    assert [row["sellerSku"] for row in summary(amazon, "A,B")] == ["A,B"]
    query = {"granularityType": "Marketplace", "granularityId": UK, "marketplaceIds": UK, "sellerSkus": "A,B"}
    body = amazon.call("GET", "/fba/inventory/v1/summaries", query=query)[1]
    assert body["payload"]["inventorySummaries"] == []


def test_everything_conforms(amazon):
    create(amazon)
    create(amazon, "SHOP-2", quantity=250)
    create(amazon, "SHOP-3", marketplaceId=DE, fulfillmentAction="Hold")
    for seconds in (0, 130, 300):
        amazon.advance(seconds)
        for name in ("SHOP-1", "SHOP-2", "SHOP-3"):
            assert conforms(MODEL, "GetFulfillmentOrderResponse", {"payload": read(amazon, name)}) == []
    assert conforms(MODEL, "ListAllFulfillmentOrdersResponse", amazon.call("GET", ORDERS)[1]) == []
    result = amazon.call("GET", "/fba/outbound/2020-07-01/tracking", query={"packageNumber": 20_000_000})[1]
    assert conforms(MODEL, "GetPackageTrackingDetailsResponse", result) == []
    body = {"address": order_body()["destinationAddress"], "items": order_body()["items"]}
    result = amazon.call("POST", f"{ORDERS}/preview", body=body)[1]
    assert conforms(MODEL, "GetFulfillmentPreviewResponse", json.loads(json.dumps(result))) == []
    amazon.order(sku="FBA-0000", by="AMAZON")
    move(amazon, "lose", 1)
    payload = {"granularity": {}, "inventorySummaries": summary(amazon)}
    assert conforms("fbaInventory.json", "GetInventorySummariesResult", payload) == []
