"""Shipping v2: offers for ten minutes, labels bought once by their key, orders that confirm themselves."""

import base64
import io

import pytest
from PIL import Image
from tests.simulator.conftest import DE, EU, NA, UK, US, Amazon
from tests.simulator.walks.shipping import (
    DAY,
    DIRECT,
    FORMS,
    HULL,
    INPUTS,
    ONE_CLICK,
    PNG,
    RATES,
    SHIPMENTS,
    TRACKING,
    one_click_request,
    parcel,
    purchase_request,
    rates_request,
)

from amazon_simulator.buy_shipping import barcode
from amazon_simulator.snapshot import load

SCHEMA = "/shipping/v2/shipments/additionalInputs/schema"
BUSINESS, KEY = "x-amzn-shipping-business-id", "x-amzn-idempotencykey"
MINUTE = 60
PORTLAND = {**HULL, "city": "Portland", "stateOrRegion": "OR", "postalCode": "97201", "countryCode": "US"}


@pytest.fixture
def amazon():
    return Amazon(lifted=True)


def offers(amazon, order, *, seller=EU, business="", **more):
    headers = {BUSINESS: business} if business else None
    status, body = amazon.call("POST", RATES, seller=seller, body=rates_request(order, **more), headers=headers)
    assert status == 200, body
    return body["payload"]


def buy(amazon, order, *, key="", found=None, rate=None, **more):
    """(status, body) of a purchase of the cheapest rate."""
    body = purchase_request(found or offers(amazon, order), rate, **more)
    return amazon.call("POST", SHIPMENTS, body=body, headers={KEY: key} if key else None)


def bought(amazon, order, **more):
    status, body = buy(amazon, order, **more)
    assert status == 200, body
    return body["payload"]


def error_of(answer):
    status, body = answer
    return status, body["errors"][0]["code"], body["errors"][0]["details"]


def labels(amazon):
    return [one for one in amazon.control("GET", "labels")[1]["labels"] if one["api"] == "shippingV2"]


def state_of(amazon, order):
    rows = amazon.control("GET", "books")[1]["orders"]
    return next(row for row in rows if row["orderId"] == order["orderId"])


def tracking_of(made):
    return made["packageDocumentDetails"][0]["trackingId"]


def file_of(made):
    document = made["packageDocumentDetails"][0]["packageDocuments"][0]
    return document["format"], base64.b64decode(document["contents"])


# --- offers


def test_offers_have_price_promise_services_and_documents_the_cheapest_first(amazon):
    found = offers(amazon, amazon.order())
    assert [(rate["serviceId"], rate["totalCharge"]) for rate in found["rates"]] == [
        ("EVRI_STANDARD", {"value": 2.6, "unit": "GBP"}),
        ("ROYAL_MAIL_TRACKED_48", {"value": 2.7, "unit": "GBP"}),
        ("ROYAL_MAIL_TRACKED_24", {"value": 3.4, "unit": "GBP"}),
        ("DPD_UK_NEXT_DAY", {"value": 5.2, "unit": "GBP"}),
    ]
    groups = {one["groupId"]: one for one in found["rates"][1]["availableValueAddedServiceGroups"]}
    assert {name: one["isRequired"] for name, one in groups.items()} == {"CONFIRMATION": True, "COLLECTION": False}
    assert groups["CONFIRMATION"]["valueAddedServices"][1] == {
        "id": "SIGNATURE_CONFIRMATION",
        "name": "Signature confirmation",
        "cost": {"value": 1.5, "unit": "GBP"},
    }


def test_what_cannot_carry_it_says_why(amazon):
    heavy = offers(amazon, amazon.order(), package={"weight": {"value": 18.5, "unit": "KILOGRAM"}})
    reasons = {one["serviceId"]: one["ineligibilityReasons"][0]["code"] for one in heavy["ineligibleRates"]}
    assert reasons["EVRI_STANDARD"] == "WEIGHT_RESTRICTIONS"
    long = {"dimensions": {"length": 70, "width": 5, "height": 5, "unit": "INCH"}}
    assert offers(amazon, amazon.order(), package=long)["rates"] == []
    assert offers(amazon, amazon.order(), package={"isHazmat": True})["rates"] == []


def test_the_business_sells_for_its_own_marketplace_alone(amazon):
    """The header's default is the United Kingdom's; no business is Germany's."""
    american = amazon.order(seller=NA, marketplace=US)
    nothing = offers(amazon, american, seller=NA, shipFrom=PORTLAND)
    assert (nothing["rates"], nothing["ineligibleRates"][0]["ineligibilityReasons"][0]["code"]) == (
        [],
        "PROGRAM_CONSTRAINTS",
    )
    assert offers(amazon, american, seller=NA, business="AmazonShipping_US", shipFrom=PORTLAND)["rates"]
    assert offers(amazon, amazon.order(marketplace=DE))["rates"] == []
    answer = amazon.call("POST", RATES, body=rates_request(amazon.order()), headers={BUSINESS: "AmazonShipping_DE"})
    assert error_of(answer)[:2] == (400, "InvalidRequest")


def test_protections_come_with_reasons_against_them(amazon):
    order = amazon.order()
    rates = {one["serviceId"]: one["benefits"] for one in offers(amazon, order)["rates"]}
    assert rates["ROYAL_MAIL_TRACKED_24"] == {
        "includedBenefits": ["CLAIMS_PROTECTED"],
        "excludedBenefits": [{"benefit": "OTDR_PROTECTED", "reasonCodes": ["NON_SSA_ORDER", "NON_AHT_ORDER"]}],
    }
    own = amazon.order(transitTime={"source": "AMAZON_AUTOMATED"})
    rates = {one["serviceId"]: one["benefits"] for one in offers(amazon, own)["rates"]}
    assert rates["ROYAL_MAIL_TRACKED_24"]["includedBenefits"] == ["CLAIMS_PROTECTED", "OTDR_PROTECTED"]


def test_a_parcel_that_leaves_late_loses_its_protection_and_then_its_offers(amazon):
    order = amazon.order()
    seen = set()
    for _ in range(20):
        found = offers(amazon, order)
        seen |= {
            reason
            for rate in found["rates"]
            for one in rate["benefits"]["excludedBenefits"]
            if one["benefit"] == "CLAIMS_PROTECTED"
            for reason in one["reasonCodes"]
        }
        amazon.advance(12 * 3600)
        amazon._tokens.clear()
    assert (seen, found["rates"]) == ({"LATE_DELIVERY_RISK"}, [])
    assert {one["ineligibilityReasons"][0]["code"] for one in found["ineligibleRates"]} >= {"LATE_DELIVERY"}


def test_an_offer_lives_ten_minutes(amazon):
    order = amazon.order()
    found = offers(amazon, order)
    amazon.advance(9 * MINUTE)
    assert buy(amazon, order, found=found)[0] == 200
    amazon.advance(2 * MINUTE)
    assert error_of(buy(amazon, order, found=found))[:2] == (400, "TOKEN_EXPIRED")
    chosen = {"requestToken": found["requestToken"], "rateId": found["rates"][0]["rateId"]}
    assert error_of(amazon.call("GET", SCHEMA, query=chosen))[:2] == (400, "TOKEN_EXPIRED")
    amazon.advance(3 * DAY)
    amazon._tokens.clear()
    assert error_of(buy(amazon, order, found=found))[:2] == (400, "TOKEN_EXPIRED")
    assert amazon.simulator.shipping.quotes == {}


# --- purchases


def test_the_same_key_gives_the_same_answer_and_one_label_even_after_the_offer_ended(amazon):
    order = amazon.order()
    found = offers(amazon, order)
    first = bought(amazon, order, found=found, key="parcel-1")
    amazon.advance(11 * MINUTE)
    assert bought(amazon, order, found=found, key="parcel-1") == first
    assert len(labels(amazon)) == 1
    answer = buy(amazon, order, found=found, rate=found["rates"][1], key="parcel-1")
    assert error_of(answer) == (400, "InvalidRequest", "x-amzn-IdempotencyKey was used before with other parameters")


def test_without_a_key_the_same_units_are_paid_twice(amazon):
    order = amazon.order()
    bought(amazon, order)
    bought(amazon, order)
    assert [one["orderId"] for one in labels(amazon)] == [order["orderId"]] * 2
    amazon.advance(6 * MINUTE)
    assert len(state_of(amazon, order)["packages"]) == 1


def test_a_lost_answer_is_fetched_again_by_its_key(amazon):
    order = amazon.order()
    body = purchase_request(offers(amazon, order))
    amazon.control("POST", "faults", {"kind": "cut_after", "operation": "purchaseShipment"})
    headers = {KEY: "parcel-1", "x-amz-access-token": amazon.token()}
    assert amazon.send("POST", SHIPMENTS, body=body, headers=headers).cut
    made = amazon.call("POST", SHIPMENTS, body=body, headers={KEY: "parcel-1"})[1]["payload"]
    assert [one["trackingNumber"] for one in labels(amazon)] == [tracking_of(made)]


@pytest.mark.parametrize(
    ("more", "details"),
    [
        (
            {"requestedValueAddedServices": []},
            "One value added service of the required group CONFIRMATION must be requested",
        ),
        ({"requestedValueAddedServices": [{"id": "TEA"}]}, "Value added service TEA is not available for the rate"),
        (
            {"requestedDocumentSpecification": {**PNG, "dpi": 300}},
            "Requested dpi is not supported by the rate",
        ),
        (
            {"requestedDocumentSpecification": {**PNG, "size": {"width": 6, "length": 4, "unit": "INCH"}}},
            "Requested document size is not supported by the rate",
        ),
        ({"rateId": "another"}, "RateId is not one of the request token's rates"),
        ({"requestToken": "another"}, "RequestToken is not valid"),
    ],
)  # fmt: skip
def test_what_the_rate_does_not_have_is_refused_and_nothing_is_bought(amazon, more, details):
    order = amazon.order()
    assert error_of(buy(amazon, order, **more)) == (400, "InvalidRequest", details)
    assert labels(amazon) == []


def test_a_signature_costs_what_the_offer_said(amazon):
    found = offers(amazon, amazon.order())
    more = {"requestedValueAddedServices": [{"id": "SIGNATURE_CONFIRMATION"}, {"id": "CARRIER_COLLECTS"}]}
    bought(amazon, None, found=found, rate=found["rates"][1], **more)
    assert labels(amazon)[0]["rate"] == {"CurrencyCode": "GBP", "Amount": 6.2}


def test_beyond_the_customs_border_inputs_are_required(amazon):
    order = amazon.order(buyer={"countryCode": "FR", "postalCode": "59000", "city": "Lille"})
    found = offers(amazon, order)
    assert all(rate["requiresAdditionalInputs"] for rate in found["rates"])
    chosen = {"requestToken": found["requestToken"], "rateId": found["rates"][0]["rateId"]}
    assert amazon.call("GET", SCHEMA, query=chosen)[1]["payload"]["required"] == sorted(INPUTS)
    for wrong in ({}, {**INPUTS, "countryOfOrigin": "England"}, {**INPUTS, "colour": "blue"}):
        assert buy(amazon, order, found=found, additionalInputs=wrong)[0] == 400
    assert bought(amazon, order, found=found, additionalInputs=INPUTS)


# --- orders confirm themselves


def test_the_order_shows_the_parcel_minutes_later_without_a_call(amazon):
    order = amazon.order()
    made = bought(amazon, order)
    assert (state_of(amazon, order)["status"], labels(amazon)[0]["packageReferenceId"]) == ("UNSHIPPED", "")
    amazon.advance(5 * MINUTE)
    row = state_of(amazon, order)
    parcels = [(one["carrierCode"], one["trackingNumber"]) for one in row["packages"]]
    assert (row["status"], parcels) == ("SHIPPED", [("Evri", tracking_of(made))])
    assert amazon.control("GET", "books")[1]["confirmations"] == []
    item = order["items"][0]["orderItemId"]
    message = f"Order {order['orderId']} has no 1 of item {item} left to ship"
    assert error_of(buy(amazon, order)) == (400, "InvalidRequest", message)


def test_partial_parcels_have_a_label_each(amazon):
    order = amazon.order(quantity=3)
    first = bought(amazon, order, found=offers(amazon, order, quantity=2))
    amazon.advance(5 * MINUTE)
    assert state_of(amazon, order)["status"] == "PARTIALLY_SHIPPED"
    assert buy(amazon, order, found=offers(amazon, order, quantity=2))[0] == 400
    second = bought(amazon, order)
    amazon.advance(5 * MINUTE)
    row = state_of(amazon, order)
    assert (row["status"], [one["trackingNumber"] for one in row["packages"]]) == (
        "SHIPPED",
        [tracking_of(first), tracking_of(second)],
    )


def test_a_ship_plus_order_is_shipped_by_its_label_alone(amazon):
    order = amazon.order(programs=["FBM_SHIP_PLUS"])
    assert amazon.confirm(order)[0] == 400
    rate = offers(amazon, order)["rates"][0]
    assert "FBM_SHIP_PLUS" in rate["benefits"]["includedBenefits"]
    bought(amazon, order)
    amazon.advance(5 * MINUTE)
    assert state_of(amazon, order)["status"] == "SHIPPED"


@pytest.mark.parametrize(
    ("fault", "after"),
    [({"kind": "label_never_confirmed"}, None), ({"kind": "label_confirmed_late", "seconds": 7200}, 7200)],
)
def test_a_fault_keeps_the_order_from_showing_it(amazon, fault, after):
    order = amazon.order()
    amazon.control("POST", "faults", fault)
    bought(amazon, order)
    amazon.advance(10 * MINUTE)
    assert state_of(amazon, order)["status"] == "UNSHIPPED"
    amazon.advance(after or 2 * DAY)
    assert state_of(amazon, order)["status"] == ("SHIPPED" if after else "UNSHIPPED")


def test_a_cancelled_order_shows_nothing(amazon):
    order = amazon.order()
    bought(amazon, order)
    amazon.control("POST", f"orders/{order['orderId']}/cancel", {})
    amazon.advance(6 * MINUTE)
    assert state_of(amazon, order)["packages"] == []


# --- documents and cancellation


def test_documents_are_fetched_again_in_any_format_with_the_same_number(amazon):
    made = bought(amazon, amazon.order())
    form, content = file_of(made)
    width = Image.open(io.BytesIO(content)).size[0]
    assert (form, width, barcode.width(tracking_of(made)) > 0) == ("PNG", 812, True)
    path = f"{SHIPMENTS}/{made['shipmentId']}/documents"
    query = {"packageClientReferenceId": made["packageDocumentDetails"][0]["packageClientReferenceId"]}
    again = amazon.call("GET", path, query=query)[1]["payload"]
    assert (again["packageDocumentDetail"], again["benefits"]) == (made["packageDocumentDetails"][0], made["benefits"])
    detail = amazon.call("GET", path, query={**query, "format": "ZPL", "dpi": 300})[1]["payload"][
        "packageDocumentDetail"
    ]
    zpl = base64.b64decode(detail["packageDocuments"][0]["contents"])
    assert (b"^PW1200" in zpl, zpl.count(f"^FH^FD{tracking_of(made)}^FS".encode())) == (True, 2)
    pdf = amazon.call("GET", path, query={**query, "format": "PDF"})[1]["payload"]["packageDocumentDetail"]
    assert base64.b64decode(pdf["packageDocuments"][0]["contents"])[:5] == b"%PDF-"
    assert amazon.call("GET", path, query=query, seller=NA)[0] == 404


def test_a_label_is_cancelled_before_the_order_shows_it(amazon):
    order = amazon.order()
    made = bought(amazon, order)
    path = f"{SHIPMENTS}/{made['shipmentId']}"
    assert amazon.call("PUT", f"{path}/cancel", body={}) == (200, {"payload": {}})
    assert amazon.call("PUT", f"{path}/cancel", body={}) == (200, {"payload": {}})
    amazon.advance(6 * MINUTE)
    assert (state_of(amazon, order)["status"], labels(amazon)[0]["status"]) == ("UNSHIPPED", "Cancelled")
    reference = {"packageClientReferenceId": made["packageDocumentDetails"][0]["packageClientReferenceId"]}
    assert amazon.call("GET", f"{path}/documents", query=reference)[0] == 400


def test_another_label_takes_the_place_of_a_cancelled_one(amazon):
    order = amazon.order()
    first = bought(amazon, order)
    amazon.advance(6 * MINUTE)
    assert buy(amazon, order)[0] == 400
    amazon.call("PUT", f"{SHIPMENTS}/{first['shipmentId']}/cancel", body={})
    assert state_of(amazon, order)["status"] == "SHIPPED"
    second = bought(amazon, order)
    amazon.advance(6 * MINUTE)
    assert [one["trackingNumber"] for one in state_of(amazon, order)["packages"]] == [tracking_of(second)]
    assert buy(amazon, order)[0] == 400


def test_what_the_carrier_has_collected_is_cancelled_no_more(amazon):
    made = bought(amazon, amazon.order())
    amazon.advance(9 * 3600)
    amazon._tokens.clear()
    assert amazon.call("PUT", f"{SHIPMENTS}/{made['shipmentId']}/cancel", body={})[0] == 400


def test_tracking_goes_from_the_label_to_the_door(amazon):
    numbers = [tracking_of(bought(amazon, amazon.order())) for _ in range(12)]
    seen = set()
    for _ in range(14):
        for number in numbers:
            answer = amazon.call("GET", TRACKING, query={"trackingId": number, "carrierId": "EVRI"})
            seen.add(answer[1]["payload"]["summary"]["status"])
        amazon.advance(12 * 3600 - 1800)
        amazon._tokens.clear()
    assert seen >= {"PreTransit", "InTransit", "Delivered"}
    wrong = amazon.call("GET", TRACKING, query={"trackingId": numbers[0], "carrierId": "DPD"})
    assert wrong[0] == 404


# --- the other ways to buy


def test_one_click_buys_the_first_service_that_carries_it(amazon):
    body = one_click_request(amazon.order(), "TEA_TROLLEY", "ROYAL_MAIL_TRACKED_48")
    status, answer = amazon.call("POST", ONE_CLICK, body=body)
    assert (status, answer["payload"]["service"]["id"]) == (200, "ROYAL_MAIL_TRACKED_48")
    assert answer["payload"]["totalCharge"] == {"value": 2.7, "unit": "GBP"}


def test_a_direct_purchase_is_the_cheapest_and_has_a_key(amazon):
    body = {**rates_request(amazon.order()), "labelSpecifications": PNG}
    first = amazon.call("POST", DIRECT, body=body, headers={KEY: "direct-1"})
    assert amazon.call("POST", DIRECT, body=body, headers={KEY: "direct-1"}) == first
    assert [one["shippingServiceId"] for one in labels(amazon)] == ["EVRI_STANDARD"]


def test_other_channels_need_an_account_with_amazon(amazon):
    order = amazon.order()
    body = {**rates_request(order), "channelDetails": {"channelType": "EXTERNAL"}, "shipTo": HULL}
    assert error_of(amazon.call("POST", RATES, body=body))[2] == "ChannelType EXTERNAL needs an Amazon Shipping account"


def test_a_collection_form_takes_each_parcel_once(amazon):
    bought(amazon, amazon.order())
    bought(amazon, amazon.order("HH-0011"))
    made = amazon.call("POST", FORMS, body={"carrierId": "EVRI"})[1]["collectionsFormDocument"]
    content = base64.b64decode(made["base64EncodedContent"])
    assert all(one["trackingNumber"].encode() in content for one in labels(amazon))
    assert amazon.call("POST", FORMS, body={"carrierId": "EVRI"})[0] == 400


# --- refusals, roles, restarts


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"channelDetails": None}, "channelDetails"),
        ({"shipFrom": {**HULL, "countryCode": "GBR"}}, "shipFrom.countryCode"),
        ({"shipFrom": {name: one for name, one in HULL.items() if name != "stateOrRegion"}}, "shipFrom.stateOrRegion"),
        ({"shipFrom": {**HULL, "name": "x" * 51}}, "shipFrom.name"),
        ({"packages": []}, "packages"),
        ({"shipDate": "2020-01-01T00:00:00Z"}, "shipDate"),
    ],
)
def test_a_refusal_names_the_member(amazon, change, place):
    status, code, details = error_of(amazon.call("POST", RATES, body={**rates_request(amazon.order()), **change}))
    assert (status, code, f"at '{place}'" in details) == (400, "InvalidRequest", True)


@pytest.mark.parametrize(
    "package",
    [
        {"items": []},
        {"items": [{"itemIdentifier": "1", "quantity": 1}]},
        {"weight": {"value": 0, "unit": "GRAM"}},
        {"insuredValue": {"value": 3, "unit": "POUNDS"}},
        {"packageClientReferenceId": ""},
    ],
)
def test_a_package_that_is_none_is_refused(amazon, package):
    order = amazon.order()
    assert amazon.call("POST", RATES, body=rates_request(order, package=package))[0] == 400


def test_orders_that_are_not_the_sellers_to_send_have_no_rates(amazon):
    assert amazon.call("POST", RATES, body=rates_request(amazon.order()), seller=NA)[0] == 400
    by_amazon = amazon.order(sku="FBA-0001", by="AMAZON")
    assert amazon.call("POST", RATES, body=rates_request(by_amazon))[0] == 400
    two = {**rates_request(amazon.order()), "packages": [parcel(amazon.order())] * 2}
    assert amazon.call("POST", RATES, body=two)[0] == 400


def test_buying_wants_the_role_that_opens_addresses(amazon):
    order = amazon.order()
    amazon.control("POST", "application", {"roles": ["Inventory and Order Tracking"]})
    assert amazon.call("POST", RATES, body=rates_request(order))[0] == 403


def test_purchases_outlive_a_kill_and_go_on(tmp_path):
    before = Amazon(tmp_path, lifted=True)
    order = before.order()
    found = offers(before, order)
    made = bought(before, order, found=found, key="parcel-1")
    before.simulator.close()
    after = Amazon(tmp_path, lifted=True)
    assert bought(after, order, found=found, key="parcel-1") == made
    after.advance(6 * MINUTE)
    assert state_of(after, order)["status"] == "SHIPPED"
    after.simulator.close()


def test_a_saved_world_has_its_purchases(amazon):
    made = bought(amazon, amazon.order(), key="parcel-1")
    saved = amazon.send("GET", "/_simulator/world").body
    other = Amazon(lifted=True)
    assert other.simulator.shipping.shipments == {}
    load(other.simulator, saved)
    assert [one["trackingNumber"] for one in labels(other)] == [tracking_of(made)]


def test_the_plan_lets_a_hundred_through_at_once():
    amazon = Amazon()
    order = amazon.order(marketplace=UK)
    statuses = [amazon.call("POST", RATES, body=rates_request(order))[0] for _ in range(101)]
    assert (statuses[:100], statuses[100]) == ([200] * 100, 429)
