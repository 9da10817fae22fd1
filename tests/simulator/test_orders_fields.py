"""An order with all data requested: each field that a seller's order can have, and who may see it."""

import pytest
from tests.contract.judge import conforms
from tests.simulator.conftest import EU, NA, UK, US

ALL = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
DAY = 24 * 3600
COMPANY = {
    "name": "Ada Byron",
    "recipientName": "Stores, Ada Byron",
    "addressLine2": "Gate 4",
    "addressLine3": "Rear yard",
    "districtOrCounty": "East Riding",
    "stateOrRegion": "Yorkshire",
    "phone": "+44 1482 000000",
    "companyName": "Analytical Engines Ltd",
    "purchaseOrderNumber": "PO-77",
    "taxRegistrationNumber": "GB123456789",
    "addressInstruction": "Ring twice",
    "dropOffLocation": "RECEPTIONIST",
    "addressType": "COMMERCIAL",
    "deliveryCapabilities": ["PALLET_ENABLED"],
    "openHours": {"from": 8, "to": 16},
}


def sold(amazon, *lines, **more):
    items = [{"sku": "HH-0010", **line} for line in lines or [{}]]
    return amazon.order(items=items, **more)


def test_a_business_order_shows_who_buys_and_where_it_is_to_be_left(amazon):
    order = sold(amazon, programs=["AMAZON_BUSINESS"], buyer=COMPANY, sellerOrderId="MY-1")
    found = amazon.read(order, ALL)
    assert found["orderAliases"] == [{"aliasId": "MY-1", "aliasType": "SELLER_ORDER_ID"}]
    assert {name: found["buyer"][name] for name in ("buyerName", "buyerCompanyName", "buyerPurchaseOrderNumber")} == {
        "buyerName": "Ada Byron",
        "buyerCompanyName": "Analytical Engines Ltd",
        "buyerPurchaseOrderNumber": "PO-77",
    }
    address = found["recipient"]["deliveryAddress"]
    assert (address["name"], address["companyName"], address["addressLine3"], address["phone"]) == (
        "Stores, Ada Byron",
        "Analytical Engines Ltd",
        "Rear yard",
        "+44 1482 000000",
    )
    preference = found["recipient"]["deliveryPreference"]
    assert (preference["dropOffLocation"], preference["addressInstruction"]) == ("RECEPTIONIST", "Ring twice")
    assert preference["deliveryTime"]["businessHours"][0] == {
        "dayOfWeek": "MON",
        "timeWindows": [{"startTime": {"hour": 8, "minute": 0}, "endTime": {"hour": 16, "minute": 0}}],
    }
    (registration,) = found["tax"]["taxRegistrations"]
    assert (registration["entityType"], registration["taxRegistrationType"]) == ("BUYER", "VAT")
    assert registration["taxRegistrationNumber"] == "GB123456789"
    assert found["orderItems"][0]["product"]["price"]["priceDesignation"] == "BUSINESS_PRICE"


def test_without_a_tax_role_nobody_learns_the_tax_number(amazon):
    order = sold(amazon, buyer=COMPANY)
    amazon.control("POST", "application", {"roles": ["Inventory and Order Tracking", "Direct-to-Consumer Shipping"]})
    found = amazon.read(order, ALL)
    assert ("tax" in found, found["buyer"]["buyerName"]) == (False, "Ada Byron")


def test_a_phone_is_kept_back_after_the_delivery_was_due(amazon):
    order = sold(amazon, buyer={"phone": "123"})
    amazon.confirm(order)
    phones = []
    for days in (0, 4, 4):
        amazon.advance(days * DAY)
        amazon._tokens.clear()
        phones.append(amazon.read(order, "RECIPIENT")["recipient"]["deliveryAddress"].get("phone"))
    assert phones == ["123", "123", None]


def test_of_an_fba_order_only_the_town_is_shown(amazon):
    order = amazon.order(sku="FBA-0000", by="AMAZON", buyer=COMPANY)
    found = amazon.read(order, ALL)
    address = found["recipient"]["deliveryAddress"]
    assert (sorted(address), "buyerEmail" in found["buyer"]) == (["city", "countryCode", "stateOrRegion"], False)


def test_a_line_may_be_discounted_bought_on_delivery_and_brought_to_a_hand(amazon):
    line = {
        "discount": "1.00",
        "shippingDiscount": "0.50",
        "codFee": "2.00",
        "promotionIds": ["SUMMER"],
        "constraints": ["signatureConfirmation"],
        "programs": ["SUBSCRIBE_AND_SAVE"],
        "customizedUrl": "https://custom.example/1.zip",
    }
    found = amazon.read(sold(amazon, line, paymentMethod="CashOnDelivery"), ALL)
    (item,) = found["orderItems"]
    parts = {part["type"]: part["subtotal"]["amount"] for part in item["proceeds"]["breakdowns"]}
    assert (parts["COD_FEE"], parts["DISCOUNT"]) == ("2.00", "-1.50")
    discount = next(part for part in item["proceeds"]["breakdowns"] if part["type"] == "DISCOUNT")
    assert [(row["subtype"], row["value"]["amount"]) for row in discount["detailedBreakdowns"]] == [
        ("ITEM", "-1.00"),
        ("SHIPPING", "-0.50"),
    ]
    assert item["promotion"]["breakdowns"] == [{"promotionId": "SUMMER"}]
    assert item["programs"] == ["SUBSCRIBE_AND_SAVE"]
    assert item["product"]["customization"]["customizedUrl"] == "https://custom.example/1.zip"
    assert item["fulfillment"]["shipping"]["shippingConstraints"] == {
        "signatureConfirmation": "MANDATORY",
        "cashOnDelivery": "MANDATORY",
    }
    assert found["payment"]["paymentExecutions"][0]["paymentMethod"] == "CashOnDelivery"


def test_a_discount_beyond_the_price_is_refused(amazon):
    order = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010", "discount": "99999"}]}
    status, body = amazon.control("POST", "orders", order)
    assert (status, "items.discount" in body["error"]) == (400, True)


@pytest.mark.parametrize(
    ("scheme", "breakdowns", "number"),
    [("IOSS", [{"reportingScheme": "IOSS"}], "IM0000000135"), ("UOSS", [{"reportingScheme": "UOSS"}], None)],
)
def test_a_deemed_reseller_collects_the_vat_of_a_line(amazon, scheme, breakdowns, number):
    found = amazon.read(sold(amazon, {"taxScheme": scheme}), ALL)
    (item,) = found["orderItems"]
    assert item["tax"]["taxCalculationBreakdowns"] == breakdowns
    assert item["tax"]["taxCollections"][0]["model"] == "MARKETPLACE_FACILITATOR"
    shipping = item["fulfillment"].get("shipping", {})
    assert shipping.get("internationalShipping", {}).get("iossNumber") == number


def test_american_tax_is_broken_down_and_adds_up(amazon):
    order = amazon.order(seller=NA, marketplace=US, giftWrap=True)
    (item,) = amazon.read(order, ALL, seller=NA)["orderItems"]
    tax = next(part for part in item["proceeds"]["breakdowns"] if part["type"] == "TAX")
    pennies = [round(float(row["value"]["amount"]) * 100) for row in tax["detailedBreakdowns"]]
    assert sum(pennies) == round(float(tax["subtotal"]["amount"]) * 100)
    assert [row["subtype"] for row in tax["detailedBreakdowns"]] == ["ITEM", "SHIPPING", "GIFT_WRAP"]


def test_points_are_the_sellers_expense(amazon):
    (item,) = amazon.read(sold(amazon, {"points": 30}), ALL)["orderItems"]
    assert item["expense"]["pointsCost"]["pointsGranted"]["pointsNumber"] == 30


def test_a_replacement_is_free_and_names_the_order_that_it_replaces(amazon):
    first = amazon.order()
    body = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010"}], "replaces": first["orderId"]}
    assert amazon.control("POST", "orders", body)[0] == 400  # nothing was sent yet
    amazon.confirm(first)
    found = amazon.read(amazon.order(replaces=first["orderId"]), ALL)
    assert found["associatedOrders"] == [{"orderId": first["orderId"], "associationType": "REPLACEMENT_ORIGINAL_ID"}]
    assert found["proceeds"]["grandTotal"]["amount"] == "0.00"


def test_a_pre_order_waits_for_its_goods_then_for_its_payment(amazon):
    order = amazon.order(programs=["PREORDER"], availableSeconds=1000, pendingSeconds=500)
    path = []
    for seconds in (0, 1001, 500):
        amazon.advance(seconds)
        path.append(amazon.read(order, ALL)["fulfillment"]["fulfillmentStatus"])
    assert path == ["PENDING_AVAILABILITY", "PENDING", "UNSHIPPED"]


def test_a_scheduled_delivery_has_a_window_of_hours(amazon):
    (item,) = amazon.read(sold(amazon, serviceLevel="SCHEDULED"), ALL)["orderItems"]
    assert set(item["fulfillment"]["shipping"]["scheduledDeliveryWindow"]) == {"earliestDateTime", "latestDateTime"}


def test_units_of_a_line_are_cancelled_and_given_back(amazon):
    before = amazon.listing("HH-0010").quantity
    order = amazon.order(quantity=3)
    line = {"orderItemId": order["items"][0]["orderItemId"], "quantity": 2}
    amazon.control("POST", f"orders/{order['orderId']}/cancel", {"by": "MERCHANT", **line})
    found = amazon.read(order, ALL)
    (item,) = found["orderItems"]
    assert (found["fulfillment"]["fulfillmentStatus"], item["fulfillment"]["quantityUnfulfilled"]) == ("UNSHIPPED", 1)
    assert item["cancellation"]["cancellationExecution"]["cancelledBy"] == "MERCHANT"
    assert amazon.listing("HH-0010").quantity == before - 1
    amazon.control("POST", f"orders/{order['orderId']}/cancel", {"by": "MERCHANT", **line, "quantity": 1})
    assert amazon.read(order, ALL)["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert amazon.listing("HH-0010").quantity == before


def test_units_of_an_fba_line_are_allocated_no_more_when_cancelled(amazon):
    order = amazon.order(sku="FBA-0000", by="AMAZON", quantity=3)
    line = {"orderItemId": order["items"][0]["orderItemId"], "quantity": 2}
    amazon.control("POST", f"orders/{order['orderId']}/cancel", {"by": "BUYER", **line})
    assert amazon.simulator.world.records.reserved[(EU, "UK", "FBA-0000")] == 1
    amazon.advance(400)
    assert amazon.simulator.world.records.reserved[(EU, "UK", "FBA-0000")] == 0


def test_a_buyer_moves_house_before_the_parcel_leaves(amazon):
    order = amazon.order(buyer={"phone": "1"})
    amazon.control("POST", f"orders/{order['orderId']}/address", {"addressLine1": "9 New Street"})
    address = amazon.read(order, ALL)["recipient"]["deliveryAddress"]
    assert (address["addressLine1"], address["phone"]) == ("9 New Street", "1")
    amazon.confirm(order)
    assert amazon.control("POST", f"orders/{order['orderId']}/address", {"city": "York"})[0] == 400


def test_a_parcel_travels_and_is_delivered(amazon):
    order = amazon.order()
    line = {"orderItemId": order["items"][0]["orderItemId"], "quantity": 1, "transparencyCodes": ["AZ:1"]}
    amazon.confirm(order, orderItems=[line])
    states = []
    for hours in (0, 7, 8 * 24):
        amazon.advance(hours * 3600)
        amazon._tokens.clear()
        (package,) = amazon.read(order, ALL)["packages"]
        states.append(package["packageStatus"]["status"])
    assert (states, package["packageItems"][0]["transparencyCodes"]) == (
        ["SHIPPED", "IN_TRANSIT", "DELIVERED"],
        ["AZ:1"],
    )
    assert package["shipFromAddress"]["name"] == "Harbour & Home Ltd"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"programs": ["FBM_SHIP_PLUS"]}, "not confirmed by the seller"),
        ({"regulated": True}, "has not been approved"),
    ],
)
def test_an_order_that_is_not_to_be_confirmed_is_refused(amazon, changes, words):
    status, body = amazon.confirm(amazon.order(**changes))
    assert (status, words in body["errors"][0]["message"]) == (400, True)


def test_cash_is_collected_in_japan_only(amazon):
    order = amazon.order()
    detail = {
        "packageReferenceId": "1", "carrierCode": "DPD", "trackingNumber": "T", "shipDate": "2026-10-01T10:00:00Z",
        "orderItems": [{"orderItemId": order["items"][0]["orderItemId"], "quantity": 1}],
    }  # fmt: skip
    path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
    body = {"marketplaceId": UK, "packageDetail": detail}
    messages = [
        amazon.call("POST", path, body={**body, "codCollectionMethod": method})[1]["errors"][0]["message"]
        for method in ("DirectPayment", "Barter")
    ]
    assert messages == [
        "codCollectionMethod is only supported in the JP marketplace.",
        "Please check the fields with invalid type [codCollectionMethod].",
    ]


@pytest.mark.parametrize(
    ("status", "ends"), [("ReadyForPickup", "UNSHIPPED"), ("PickedUp", "SHIPPED"), ("RefusedPickup", "CANCELLED")]
)
def test_an_order_that_the_buyer_fetches(amazon, status, ends):
    order = amazon.order(programs=["IN_STORE_PICK_UP"])
    path = f"/orders/v0/orders/{order['orderId']}/shipment"
    assert amazon.call("POST", path, body={"marketplaceId": UK, "shipmentStatus": status})[0] == 204
    assert amazon.read(order, ALL)["fulfillment"]["fulfillmentStatus"] == ends


def test_an_order_that_is_sent_is_not_fetched(amazon):
    order = amazon.order()
    path = f"/orders/v0/orders/{order['orderId']}/shipment"
    assert amazon.call("POST", path, body={"marketplaceId": UK, "shipmentStatus": "PickedUp"})[0] == 400
    body = amazon.call("POST", path, body={"marketplaceId": "1", "shipmentStatus": "PickedUp"})[1]
    assert body["errors"][0] == {"code": "InvalidInput", "message": "Marketplace ID is not defined", "details": "1001"}


def test_everything_conforms(amazon):
    line = {"taxScheme": "IOSS", "points": 3, "discount": "1.00", "constraints": ["palletDelivery"]}
    orders = [
        sold(amazon, line, buyer=COMPANY, sellerOrderId="X", serviceLevel="SCHEDULED", giftMessage="x"),
        amazon.order(availableSeconds=100),
        amazon.order(sku="FBA-0000", by="AMAZON"),
    ]
    for order in orders:
        assert conforms("orders_2026-01-01.json", "GetOrderResponse", {"order": amazon.read(order, ALL)}) == []
    account = amazon.call("GET", "/sellers/v1/account")[1]
    assert conforms("sellers.json", "GetAccountResponse", account) == []
