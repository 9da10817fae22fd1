"""Buy Shipping: our parcels as Amazon's requests, its offers and labels as our values."""

import base64
import json
from datetime import UTC, datetime
from decimal import Decimal

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.amazon.fake import NOW, Amazon, failing

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.errors import InvalidRequest, NotAnsweredAsPromised, OffersExpired, Refused, TimedOut, Verdict
from wharfinger.amazon.messages.buy_shipping import (
    Benefits,
    BoughtShipment,
    Cost,
    DocumentChoice,
    DocumentSize,
    ExcludedBenefit,
    Parcel,
    ParcelItem,
    Promise,
    Purchase,
    ShippingAddress,
    TimeWindow,
    write_purchase,
)
from wharfinger.amazon.shipping import BUSINESSES

UK, DE, US = "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "ATVPDKIKX0DER"
HULL = {
    "name": "Harbour & Home",
    "address_line1": "1 Quay Street",
    "city": "Hull",
    "postal_code": "HU1 1AA",
    "country_code": "GB",
    "phone_number": "01482 000000",
}
SIZE = DocumentSize(width=Decimal(4), length=Decimal(6), unit="INCH")
PNG = DocumentChoice(format="PNG", size=SIZE, page_layout="DEFAULT", dpi=203)
PURCHASE = Purchase(request_token="t1", rate_id="r1", document=PNG, services=("SIGNATURE_CONFIRMATION",))
LABEL = b"\x89PNG label"
WINDOW = {"start": "2026-11-25T00:00:00Z", "end": "2026-11-26T23:59:59Z"}


def a_parcel(**changes):
    values = {
        "order_id": "026-1-1",
        "reference": "SO1-1",
        "items": (ParcelItem(item_identifier="11", quantity=2),),
        "grams": 900,
        "length": 30,
        "width": 20,
        "height": 10,
        "insured": Cost(value=Decimal("19.99"), unit="gbp"),
        "ship_from": ShippingAddress(**HULL),
    }
    return Parcel(**{**values, **changes})


def a_rate(**more):
    print_option = {
        "supportedDPIs": [203, 300],
        "supportedPageLayouts": ["DEFAULT"],
        "supportedFileJoiningOptions": [False, True],
        "supportedDocumentDetails": [{"name": "LABEL", "isMandatory": True}],
    }
    return {
        "rateId": "r1",
        "carrierId": "ROYAL_MAIL",
        "carrierName": "Royal Mail",
        "serviceId": "RM48",
        "serviceName": "Tracked 48",
        "totalCharge": {"value": 2.7, "unit": "GBP"},
        "promise": {"deliveryWindow": WINDOW},
        "supportedDocumentSpecifications": [
            {"format": "PNG", "size": {"width": 4, "length": 6, "unit": "INCH"}, "printOptions": [print_option]}
        ],
        "requiresAdditionalInputs": False,
        "benefits": {
            "includedBenefits": ["CLAIMS_PROTECTED"],
            "excludedBenefits": [{"benefit": "OTDR_PROTECTED", "reasonCodes": ["NON_SSA_ORDER"]}],
        },
        **more,
    }


def offers_answer(*rates):
    ineligible = {"serviceId": "DPD", "ineligibilityReasons": [{"code": "LATE_DELIVERY", "message": "too late"}]}
    return {"payload": {"requestToken": "t1", "rates": list(rates), "ineligibleRates": [ineligible]}}


def package(reference="SO1-1", **more):
    document = {"type": "LABEL", "format": "PNG", "contents": base64.b64encode(LABEL).decode()}
    return {"packageClientReferenceId": reference, "packageDocuments": [document], "trackingId": "QC1", **more}


def bought_answer(**more):
    benefits = {"includedBenefits": ["CLAIMS_PROTECTED"], "excludedBenefits": []}
    found = {"shipmentId": "s1", "packageDocumentDetails": [package()], "promise": {"deliveryWindow": WINDOW}}
    return {"payload": {**found, "benefits": benefits, **more}}


def purchase(amazon, **changes):
    return amazon.client.purchase_shipment(UK, "SO1-1", PURCHASE, **{"key": "k1", "now": NOW, **changes})


# --- offers


def test_a_parcel_is_this_request():
    amazon = Amazon(200, offers_answer())
    amazon.client.get_rates(UK, a_parcel(ship_date=datetime(2026, 11, 24, 15, tzinfo=UTC)), now=NOW)
    request = amazon.request
    assert (request.method, amazon.target) == ("POST", "/shipping/v2/shipments/rates")
    assert request.headers["x-amzn-shipping-business-id"] == "AmazonShipping_UK"
    assert json.loads(request.content) == {
        "shipFrom": {
            "name": "Harbour & Home",
            "addressLine1": "1 Quay Street",
            "city": "Hull",
            "postalCode": "HU1 1AA",
            "countryCode": "GB",
            "stateOrRegion": "",
            "phoneNumber": "01482 000000",
        },
        "packages": [
            {
                "dimensions": {"length": 30, "width": 20, "height": 10, "unit": "CENTIMETER"},
                "weight": {"value": 900, "unit": "GRAM"},
                "insuredValue": {"value": 19.99, "unit": "GBP"},
                "packageClientReferenceId": "SO1-1",
                "items": [{"itemIdentifier": "11", "quantity": 2}],
            }
        ],
        "channelDetails": {"channelType": "AMAZON", "amazonOrderDetails": {"orderId": "026-1-1"}},
        "shipDate": "2026-11-24T15:00:00.000Z",
    }


def test_offers_come_with_price_promise_protections_and_what_cannot_carry_it():
    amazon = Amazon(200, offers_answer(a_rate()), {"x-amzn-RateLimit-Limit": "80"})
    answer = amazon.client.get_rates(UK, a_parcel(), now=NOW)
    offers = answer.value
    (rate,) = offers.rates
    assert (answer.rate_limit, offers.request_token, rate.total_charge) == (
        80,
        "t1",
        Cost(value=Decimal("2.7"), unit="GBP"),
    )
    assert rate.promise.delivery_window.end == datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)
    assert rate.benefits == Benefits(
        included_benefits=("CLAIMS_PROTECTED",),
        excluded_benefits=(ExcludedBenefit(benefit="OTDR_PROTECTED", reason_codes=("NON_SSA_ORDER",)),),
    )
    assert [one.ineligibility_reasons[0].code for one in offers.ineligible_rates] == ["LATE_DELIVERY"]


def test_a_rate_that_cannot_be_read_keeps_none_of_the_others_out():
    answer = Amazon(200, offers_answer({"rateId": "r0"}, a_rate())).client.get_rates(UK, a_parcel(), now=NOW)
    assert [rate.rate_id for rate in answer.value.rates] == ["r1"]
    assert (len(answer.unreadable), answer.unreadable) == (1, answer.value.unreadable)


def test_a_label_is_chosen_to_the_letter_of_what_the_offer_supports():
    (rate,) = Amazon(200, offers_answer(a_rate())).client.get_rates(UK, a_parcel(), now=NOW).value.rates
    assert rate.choice("PNG") == PNG
    assert rate.choice("PNG", dpi=300) == msgspec.structs.replace(PNG, dpi=300)
    assert rate.choice("PNG", dpi=600) == PNG
    assert rate.choice("PDF") is None


def test_a_document_that_must_come_with_another_is_not_chosen():
    wire = a_rate()
    details = wire["supportedDocumentSpecifications"][0]["printOptions"][0]["supportedDocumentDetails"]
    details.append({"name": "CUSTOM_FORM", "isMandatory": True})
    (rate,) = Amazon(200, offers_answer(wire)).client.get_rates(UK, a_parcel(), now=NOW).value.rates
    assert rate.choice("PNG") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_id": ""}, "order_id"),
        ({"reference": " "}, "reference"),
        ({"grams": 0}, "grams"),
        ({"height": 0}, "height"),
        ({"items": ()}, "items"),
        ({"items": (ParcelItem(item_identifier="", quantity=1),)}, "items"),
        ({"insured": Cost(value=Decimal(-1), unit="GBP")}, "insured"),
    ],
)
def test_a_parcel_that_amazon_would_refuse_cannot_be_made(changes, field):
    with pytest.raises(ValueError, match=field):
        a_parcel(**changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "x" * 51}, "name"),
        ({"address_line1": ""}, "address_line1"),
        ({"address_line2": ""}, "address_line2"),
        ({"phone_number": "0" * 21}, "phone_number"),
        ({"country_code": "GBR"}, "country_code"),
    ],
)
def test_an_address_that_amazon_would_refuse_cannot_be_made(changes, field):
    with pytest.raises(ValueError, match=field):
        ShippingAddress(**{**HULL, **changes})


def test_the_address_is_personal():
    assert "Quay" not in repr(a_parcel())


def test_a_marketplace_without_a_shipping_business_is_never_sent_as_the_united_kingdoms():
    amazon = Amazon(200, offers_answer())
    with pytest.raises(InvalidRequest):
        amazon.client.get_rates(DE, a_parcel(), now=NOW)
    assert amazon.requests == []
    amazon.client.get_rates(US, a_parcel(), now=NOW)
    assert amazon.request.headers["x-amzn-shipping-business-id"] == BUSINESSES[US] == "AmazonShipping_US"


def test_what_an_offer_wants_to_know_is_a_schema():
    schema = {"type": "object", "properties": {"countryOfOrigin": {"type": "string"}}}
    amazon = Amazon(200, {"payload": schema})
    assert amazon.client.get_additional_inputs(UK, "t/+==", "r1", now=NOW).value == schema
    assert amazon.target == "/shipping/v2/shipments/additionalInputs/schema?requestToken=t%2F%2B%3D%3D&rateId=r1"


# --- purchases


def test_a_purchase_is_this_request_under_its_key():
    amazon = Amazon(200, bought_answer())
    answer = purchase(amazon)
    assert amazon.request.headers["x-amzn-idempotencykey"] == "k1"
    assert (amazon.request.method, amazon.target) == ("POST", "/shipping/v2/shipments")
    assert json.loads(amazon.request.content) == {
        "requestToken": "t1",
        "rateId": "r1",
        "requestedDocumentSpecification": {
            "format": "PNG",
            "size": {"width": 4.0, "length": 6.0, "unit": "INCH"},
            "dpi": 203,
            "pageLayout": "DEFAULT",
            "needFileJoining": False,
            "requestedDocumentTypes": ["LABEL"],
        },
        "requestedValueAddedServices": [{"id": "SIGNATURE_CONFIRMATION"}],
    }
    assert answer == Answer(
        BoughtShipment(
            shipment_id="s1",
            reference="SO1-1",
            tracking_number="QC1",
            format="PNG",
            promise=Promise(
                delivery_window=TimeWindow(
                    start=datetime(2026, 11, 25, tzinfo=UTC), end=datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)
                )
            ),
            benefits=Benefits(included_benefits=("CLAIMS_PROTECTED",)),
            label=LABEL,
        )
    )
    assert "label" not in repr(answer.value)


@given(st.permutations(["harmonizedSystemCode", "countryOfOrigin", "nonDeliveryInstruction"]))
def test_the_same_purchase_is_the_same_bytes(names):
    one = msgspec.structs.replace(PURCHASE, inputs=dict.fromkeys(names, "x"))
    other = msgspec.structs.replace(PURCHASE, inputs=dict.fromkeys(sorted(names), "x"))
    assert write_purchase(one) == write_purchase(other)


@pytest.mark.parametrize("number", [1578648261977, "1578648261977", " 1578648261977 "])
def test_a_tracking_number_may_come_as_a_number(number):
    wire = bought_answer(packageDocumentDetails=[package(trackingId=number)])
    assert purchase(Amazon(200, wire)).value.tracking_number == "1578648261977"


def test_a_purchase_without_a_number_or_a_label_is_one_all_the_same():
    wire = bought_answer(packageDocumentDetails=[{"packageClientReferenceId": "SO1-1", "packageDocuments": []}])
    bought = purchase(Amazon(200, wire)).value
    assert (bought.shipment_id, bought.tracking_number, bought.label, bought.format) == ("s1", "", b"", "")


@pytest.mark.parametrize(
    "wire",
    [
        bought_answer(packageDocumentDetails=[]),
        bought_answer(packageDocumentDetails=[package(), package()]),
        bought_answer(
            packageDocumentDetails=[package(packageDocuments=[{"type": "LABEL", "format": "PNG", "contents": "?"}])]
        ),
        {"payload": {}},
    ],
)
def test_an_answer_that_is_no_purchase_leaves_it_unknown(wire):
    with pytest.raises(NotAnsweredAsPromised) as caught:
        purchase(Amazon(200, wire))
    assert caught.value.outcome_unknown


def test_a_lost_answer_leaves_it_unknown():
    with pytest.raises(TimedOut) as caught:
        failing(httpx2.ReadTimeout).purchase_shipment(UK, "SO1-1", PURCHASE, key="k1", now=NOW)
    assert caught.value.outcome_unknown


def test_offers_that_have_expired_are_a_refusal_of_their_own():
    errors = {"errors": [{"code": "TOKEN_EXPIRED", "message": "The request token has expired."}]}
    with pytest.raises(OffersExpired) as caught:
        purchase(Amazon(400, errors))
    assert (caught.value.verdict, caught.value.outcome_unknown) == (Verdict.NEVER, False)
    assert issubclass(OffersExpired, Refused)


@pytest.mark.parametrize("key", ["", "x" * 65, "k\n1", "schlüssel"])
def test_a_key_that_no_header_takes_is_not_sent(key):
    amazon = Amazon(200, bought_answer())
    with pytest.raises(InvalidRequest):
        purchase(amazon, key=key)
    assert amazon.requests == []


@pytest.mark.parametrize(
    ("changes", "field"), [({"request_token": ""}, "request_token"), ({"services": ("A", "A")}, "services")]
)
def test_a_purchase_that_amazon_would_refuse_cannot_be_made(changes, field):
    with pytest.raises(ValueError, match=field):
        Purchase(**{"request_token": "t1", "rate_id": "r1", "document": PNG, **changes})


# --- afterwards


def test_a_label_is_fetched_again_in_another_format():
    wire = {"payload": {"shipmentId": "s1", "packageDocumentDetail": package()}}
    amazon = Amazon(200, wire)
    again = amazon.client.get_shipment_documents(UK, "s1", "SO1-1", label_format="ZPL", now=NOW).value
    assert amazon.target == "/shipping/v2/shipments/s1/documents?packageClientReferenceId=SO1-1&format=ZPL"
    assert (again.label, again.tracking_number) == (LABEL, "QC1")


def test_a_label_is_cancelled_by_an_empty_put():
    amazon = Amazon(200, {"payload": {}})
    assert amazon.client.cancel_shipment(UK, "s1", now=NOW).value is None
    assert (amazon.request.method, amazon.target) == ("PUT", "/shipping/v2/shipments/s1/cancel")


def test_tracking():
    wire = {
        "payload": {
            "trackingId": "QC1",
            "eventHistory": [{"eventCode": "Delivered", "eventTime": "2026-11-26T10:00:00Z"}],
            "summary": {"status": "Delivered"},
        }
    }
    amazon = Amazon(200, wire)
    found = amazon.client.get_tracking(UK, "QC1", "ROYAL_MAIL", now=NOW).value
    assert amazon.target == "/shipping/v2/tracking?trackingId=QC1&carrierId=ROYAL_MAIL"
    assert (found.summary.status, found.event_history[0].event_time) == (
        "Delivered",
        datetime(2026, 11, 26, 10, tzinfo=UTC),
    )
