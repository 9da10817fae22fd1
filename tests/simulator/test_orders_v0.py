"""The old reads of orders, as older clients know them."""

import pytest
from tests.contract.judge import conforms
from tests.simulator.conftest import DE, EU, NA, UK, US

from amazon_simulator.access.entities import AccessToken

PATH = "/orders/v0/orders"
SINCE = {"MarketplaceIds": UK, "LastUpdatedAfter": "2026-09-01T00:00:00Z"}


def search(amazon, **query):
    return amazon.call("GET", PATH, query={**SINCE, **query})


def ids(body):
    return [order["AmazonOrderId"] for order in body["payload"]["Orders"]]


def restricted(amazon, path, *elements, method="GET"):
    """Calls with a token that opens these elements of that path."""
    token = "Atz.sprdt|test"
    resources = [(method, path, list(elements))]
    amazon.simulator.application.make(
        AccessToken(token, EU, amazon.simulator.clock.seconds() + 3600, resources=resources)
    )
    amazon._tokens[EU] = token


def test_an_order_is_spelt_the_old_way(amazon):
    order = amazon.order(quantity=2, sellerOrderId="MY-1")
    payload = amazon.call("GET", f"{PATH}/{order['orderId']}")[1]["payload"]
    assert {
        name: payload[name] for name in ("AmazonOrderId", "SellerOrderId", "OrderStatus", "FulfillmentChannel")
    } == {
        "AmazonOrderId": order["orderId"],
        "SellerOrderId": "MY-1",
        "OrderStatus": "Unshipped",
        "FulfillmentChannel": "MFN",
    }
    assert payload["OrderTotal"] == {"CurrencyCode": "GBP", "Amount": order["grandTotal"]}
    assert (payload["NumberOfItemsUnshipped"], payload["IsReplacementOrder"], payload["IsPrime"]) == (2, "false", False)
    assert payload["PurchaseDate"] == "2026-09-21T14:13:20Z"


def test_an_unknown_order_is_an_empty_payload(amazon):
    for tail in ("", "/orderItems", "/address", "/buyerInfo", "/orderItems/buyerInfo", "/regulatedInfo"):
        assert amazon.call("GET", f"{PATH}/999-0000000-0000000{tail}") == (200, {"payload": {}})


def test_an_ordinary_token_gets_the_town_and_no_buyer(amazon):
    order = amazon.order(buyer={"phone": "123"})
    payload = amazon.call("GET", f"{PATH}/{order['orderId']}")[1]["payload"]
    assert (sorted(payload["ShippingAddress"]), "BuyerInfo" in payload) == (
        ["City", "CountryCode", "PostalCode"],
        False,
    )
    address = amazon.call("GET", f"{PATH}/{order['orderId']}/address")[1]["payload"]
    assert "Name" not in address["ShippingAddress"]
    buyer = amazon.call("GET", f"{PATH}/{order['orderId']}/buyerInfo")[1]["payload"]
    assert buyer == {"AmazonOrderId": order["orderId"]}


def test_a_restricted_data_token_opens_what_it_was_made_for(amazon):
    order = amazon.order(buyer={"phone": "123", "name": "Ada Byron", "taxRegistrationNumber": "GB1"})
    restricted(amazon, f"{PATH}/{order['orderId']}", "shippingAddress", "buyerInfo")
    payload = amazon.call("GET", f"{PATH}/{order['orderId']}")[1]["payload"]
    assert (payload["ShippingAddress"]["Name"], payload["ShippingAddress"]["Phone"]) == ("Ada Byron", "123")
    assert (payload["BuyerInfo"]["BuyerName"], "BuyerTaxInfo" in payload["BuyerInfo"]) == ("Ada Byron", False)
    assert amazon.call("GET", f"{PATH}/{order['orderId']}/address")[0] == 403


def test_a_restricted_path_may_be_meant_for_all_orders(amazon):
    order = amazon.order(giftWrap=True, giftMessage="Hello")
    restricted(amazon, f"{PATH}/{{orderId}}/orderItems", "buyerInfo")
    (item,) = amazon.call("GET", f"{PATH}/{order['orderId']}/orderItems")[1]["payload"]["OrderItems"]
    assert (item["BuyerInfo"]["GiftMessageText"], item["IsGift"]) == ("Hello", "true")


def test_booleans_of_a_line_are_texts_and_cancelling_is_an_object(amazon):
    order = amazon.order()
    path = f"{PATH}/{order['orderId']}/orderItems"
    (item,) = amazon.call("GET", path)[1]["payload"]["OrderItems"]
    assert (item["IsGift"], item["ProductInfo"]) == ("false", {"NumberOfItems": "1"})
    assert item["BuyerRequestedCancel"] == {"IsBuyerRequestedCancel": "false", "BuyerCancelReason": ""}
    assert item["ItemTax"] == {"CurrencyCode": "GBP", "Amount": "0.00"}
    amazon.control("POST", f"orders/{order['orderId']}/request-cancel", {"reason": "Too dear"})
    (item,) = amazon.call("GET", path)[1]["payload"]["OrderItems"]
    assert item["BuyerRequestedCancel"] == {"IsBuyerRequestedCancel": "true", "BuyerCancelReason": "Too dear"}


def test_a_pending_order_has_no_money_no_address_no_buyer(amazon):
    order = amazon.order(pendingSeconds=600)
    payload = amazon.call("GET", f"{PATH}/{order['orderId']}")[1]["payload"]
    assert payload["OrderStatus"] == "Pending"
    assert not {"OrderTotal", "ShippingAddress", "BuyerInfo"} & set(payload)
    (item,) = amazon.call("GET", f"{PATH}/{order['orderId']}/orderItems")[1]["payload"]["OrderItems"]
    assert not {"ItemPrice", "ItemTax"} & set(item)


def test_a_cancelled_order_keeps_its_total_and_has_an_empty_buyer(amazon):
    order = amazon.order()
    amazon.control("POST", f"orders/{order['orderId']}/cancel", {"by": "BUYER"})
    payload = amazon.call("GET", f"{PATH}/{order['orderId']}")[1]["payload"]
    assert (payload["OrderStatus"], payload["BuyerInfo"], "OrderTotal" in payload) == ("Canceled", {}, True)
    assert not {"ShippingAddress", "LatestShipDate", "LatestDeliveryDate"} & set(payload)


def test_every_order_is_paged_once_by_a_token_and_the_marketplaces(amazon):
    amazon.control("POST", "orders", {"mix": {"count": 120, "fbaShare": 0}})
    amazon.advance(200)
    placed = {o.id for o in amazon.simulator.world.records.newest(EU, 1000) if o.marketplace in (UK, DE)}
    found, query = [], {**SINCE, "MarketplaceIds": f"{UK},{DE}", "MaxResultsPerPage": 7}
    while query:
        status, page = amazon.call("GET", PATH, query=query)
        assert status == 200
        found += ids(page)
        token = page["payload"].get("NextToken")
        query = {"MarketplaceIds": UK, "NextToken": token} if token else None
        if token:
            amazon.advance(60)
    assert (len(found), set(found)) == (len(placed), placed)


def test_orders_are_found_by_their_numbers_without_a_date(amazon):
    orders = [amazon.order(sellerOrderId=f"MY-{number}") for number in range(3)]
    wanted = [order["orderId"] for order in orders[:2]]
    query = {"MarketplaceIds": UK, "AmazonOrderIds": ",".join(wanted)}
    assert sorted(ids(amazon.call("GET", PATH, query=query)[1])) == sorted(wanted)
    query = {"MarketplaceIds": UK, "SellerOrderId": "MY-2"}
    assert ids(amazon.call("GET", PATH, query=query)[1]) == [orders[2]["orderId"]]


def test_unshipped_and_partly_shipped_are_one_group(amazon):
    order = amazon.order(quantity=2)
    amazon.confirm(order)
    other = amazon.order()
    amazon.advance(200)
    assert sorted(ids(search(amazon, OrderStatuses="Unshipped")[1])) == sorted([order["orderId"], other["orderId"]])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"FulfillmentChannels": "MFN"}, 1),
        ({"FulfillmentChannels": "AFN"}, 0),
        ({"PaymentMethods": "COD"}, 0),
        ({"PaymentMethods": "Other"}, 1),
        ({"BuyerEmail": "nobody@example.com"}, 0),
        ({"IsISPU": "true"}, 0),
        ({"EasyShipShipmentStatuses": "Delivered"}, 0),
        ({"LatestDeliveryDateAfter": "2026-09-22T00:00:00Z"}, 1),
        ({"LatestDeliveryDateBefore": "2026-09-22T00:00:00Z"}, 0),
        ({"EarliestDeliveryDateBefore": "2026-10-22T00:00:00Z"}, 1),
    ],
)
def test_a_search_is_narrowed(amazon, query, found):
    amazon.order()
    amazon.advance(200)
    status, body = search(amazon, **query)
    assert (status, len(body["payload"]["Orders"])) == (200, found)


def test_a_channel_as_the_documents_write_it_is_refused(amazon):
    status, body = search(amazon, FulfillmentChannels="SellerFulfilled")
    assert (status, body["errors"][0]["message"]) == (
        400,
        "1 validation error detected: Value '[SellerFulfilled]' at 'fulfillmentChannel' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must satisfy enum value set: [AFN, MFN]]",
    )


@pytest.mark.parametrize(
    "query",
    [
        {"MarketplaceIds": ""},
        {"CreatedAfter": "2026-09-01T00:00:00Z"},
        {"LastUpdatedAfter": ""},
        {"LastUpdatedBefore": "2026-09-21T14:13:00Z"},
        {"MaxResultsPerPage": "101"},
        {"OrderStatuses": "Lost"},
        {"SellerOrderId": "X"},
        {"NextToken": "mangled"},
        {"LatestDeliveryDateAfter": "soon"},
    ],
)
def test_a_wrong_search_is_invalid_input(amazon, query):
    status, body = search(amazon, **query)
    assert (status, body["errors"][0]["code"]) == (400, "InvalidInput")


def test_a_token_without_the_marketplaces_is_refused_without_a_message(amazon):
    for _ in range(2):
        amazon.order()
    amazon.advance(130)
    token = search(amazon, MaxResultsPerPage="1")[1]["payload"]["NextToken"]
    refused = (400, {"errors": [{"message": None, "code": "InvalidInput"}]})
    assert amazon.call("GET", "/orders/v0/orders", query={"NextToken": token}) == refused
    status, body = amazon.call("GET", "/orders/v0/orders", query={"NextToken": "x", "MarketplaceIds": UK})
    assert (status, body["errors"][0]["message"].startswith("We could not decode your NextToken.")) == (400, True)
    query = {"NextToken": token, "MarketplaceIds": UK}
    assert amazon.call("GET", "/orders/v0/orders", query=query)[0] == 200


@pytest.mark.parametrize(
    ("seller", "market", "level", "words"),
    [
        (EU, UK, "STANDARD", "Std UK Dom_1"),
        (EU, DE, "EXPEDITED", "Exp DE Dom"),
        (NA, US, "STANDARD", "Std US D2D Dom_1"),
        (NA, US, "SECOND_DAY", "Second US D2D Dom"),
    ],
)
def test_a_service_level_is_spelt_as_v0_spells_it(amazon, seller, market, level, words):
    order = amazon.order(seller=seller, marketplace=market, serviceLevel=level)
    payload = amazon.call("GET", f"{PATH}/{order['orderId']}", seller=seller)[1]["payload"]
    assert payload["ShipServiceLevel"] == words


def test_a_foreign_marketplace_is_denied(amazon):
    assert search(amazon, MarketplaceIds="ATVPDKIKX0DER")[0] == 403


def test_a_prescription_is_approved_and_then_sent(amazon):
    order = amazon.order(regulated=True)
    path = f"{PATH}/{order['orderId']}/regulatedInfo"
    status_before = amazon.call("GET", path)[1]["payload"]["RegulatedOrderVerificationStatus"]
    assert (status_before["Status"], status_before["RequiresMerchantAction"]) == ("Pending", True)
    verdict = {"status": "Approved", "externalReviewerId": "vet-1"}
    assert amazon.call("PATCH", path, body={"regulatedOrderVerificationStatus": verdict})[0] == 204
    assert amazon.call("PATCH", path, body={"regulatedOrderVerificationStatus": verdict})[0] == 400
    assert amazon.confirm(order)[0] == 204


def test_a_prescription_is_rejected_for_a_reason_that_amazon_knows(amazon):
    order = amazon.order(regulated=True)
    path = f"{PATH}/{order['orderId']}/regulatedInfo"
    verdict = {"status": "Rejected", "externalReviewerId": "vet-1", "rejectionReasonId": "none of these"}
    assert amazon.call("PATCH", path, body={"regulatedOrderVerificationStatus": verdict})[0] == 400
    verdict["rejectionReasonId"] = "shield_pom_vps_reject_age"
    assert amazon.call("PATCH", path, body={"regulatedOrderVerificationStatus": verdict})[0] == 204
    payload = amazon.call("GET", f"{PATH}/{order['orderId']}")[1]["payload"]
    assert (payload["OrderStatus"], payload["HasRegulatedItems"]) == ("Canceled", True)


def test_old_answers_conform_but_for_a_boolean_that_amazon_sends_as_a_text(amazon):
    amazon.control("POST", "orders", {"mix": {"count": 80}})
    for by, sku in (("MERCHANT", "HH-0010"), ("AMAZON", "FBA-0000")):
        line = {"taxScheme": "IOSS", "points": 3, "discount": "1.00", "constraints": ["palletDelivery"]}
        order = amazon.order(by=by, items=[{"sku": sku, **line}], giftWrap=True, regulated=True, buyer={"phone": "1"})
        paths = {
            "GetOrderItemsResponse": "/orderItems",
            "GetOrderAddressResponse": "/address",
            "GetOrderBuyerInfoResponse": "/buyerInfo",
            "GetOrderItemsBuyerInfoResponse": "/orderItems/buyerInfo",
            "GetOrderRegulatedInfoResponse": "/regulatedInfo",
        }
        for kind, tail in paths.items():
            for open_ in (False, True):
                if open_:
                    restricted(amazon, f"{PATH}/{{orderId}}{tail}")
                body = amazon.call("GET", f"{PATH}/{order['orderId']}{tail}")[1]
                assert conforms("ordersV0.json", kind, body) == []
                amazon._tokens.clear()
    amazon.advance(200)
    restricted(amazon, PATH, "shippingAddress", "buyerInfo", "buyerTaxInformation")
    body = search(amazon)[1]
    assert len(ids(body)) > 5
    faults = conforms("ordersV0.json", "GetOrdersResponse", body)
    assert {fault.rsplit(".", 1)[1] for fault in faults} == {"IsReplacementOrder: 'false' is no boolean"}


def test_another_sellers_order_is_unknown(amazon):
    order = amazon.order()
    assert amazon.call("GET", f"{PATH}/{order['orderId']}", seller=NA) == (200, {"payload": {}})
