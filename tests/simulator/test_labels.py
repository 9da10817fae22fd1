"""Buy Shipping: offers, labels as files, tracking numbers at once, refunds."""

import base64
import gzip
import hashlib
import json
import re
import struct
import zlib
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.judge import conforms
from tests.simulator.conftest import EU, NA, US, Amazon

from amazon_simulator.buy_shipping import barcode
from amazon_simulator.buy_shipping.labels import Label
from amazon_simulator.buy_shipping.pdf import pdf
from amazon_simulator.buy_shipping.png import png
from amazon_simulator.buy_shipping.zpl import zpl

DAY = 24 * 3600.0
SHIPMENTS = "/mfn/v0/shipments"
HULL = {
    "Name": "Harbour & Home",
    "AddressLine1": "1 Quay Street",
    "Email": "post@harbour.example",
    "City": "Hull",
    "PostalCode": "HU1 1AA",
    "CountryCode": "GB",
    "Phone": "01482 000000",
}
OREGON = {**HULL, "City": "Portland", "StateOrProvinceCode": "OR", "PostalCode": "97201", "CountryCode": "US"}


@pytest.fixture
def amazon():
    return Amazon(lifted=True)


def details(order, *, quantity=1, ship_from=HULL, **more):
    return {
        "AmazonOrderId": order["orderId"],
        "ItemList": [{"OrderItemId": order["items"][0]["orderItemId"], "Quantity": quantity}],
        "ShipFromAddress": ship_from,
        "PackageDimensions": {"Length": 30, "Width": 20, "Height": 10, "Unit": "centimeters"},
        "Weight": {"Value": 900, "Unit": "g"},
        "ShippingServiceOptions": {
            "DeliveryExperience": "DeliveryConfirmationWithoutSignature",
            "CarrierWillPickUp": False,
        },
        **more,
    }


def options(**more):
    return {"DeliveryExperience": "DeliveryConfirmationWithoutSignature", "CarrierWillPickUp": False, **more}


def offers(amazon, order, seller=EU, filters=None, **more):
    body = {"ShipmentRequestDetails": details(order, **more)}
    body |= {"ShippingOfferingFilter": filters} if filters else {}
    status, result = amazon.call("POST", "/mfn/v0/eligibleShippingServices", seller=seller, body=body)
    assert status == 200, result
    return result["payload"]


def buy(amazon, order, service="ROYAL_MAIL_TRACKED_48", seller=EU, extra=None, **more):
    body = {"ShipmentRequestDetails": details(order, **more), "ShippingServiceId": service, **(extra or {})}
    return amazon.call("POST", SHIPMENTS, seller=seller, body=body)


def bought(amazon, order, **more):
    status, body = buy(amazon, order, **more)
    assert status == 200, body
    return body["payload"]


def read(amazon, shipment, method="GET", seller=EU):
    status, body = amazon.call(method, f"{SHIPMENTS}/{shipment['ShipmentId']}", seller=seller)
    assert status == 200, body
    return body["payload"]


def file_of(shipment):
    contents = shipment["Label"]["FileContents"]
    content = gzip.decompress(base64.b64decode(contents["Contents"]))
    assert base64.b64decode(contents["Checksum"]) == hashlib.md5(content).digest()
    return contents["FileType"], content


def error_of(answer):
    return answer[0], answer[1]["errors"][0]["code"], answer[1]["errors"][0]["message"]


def state_of(amazon, order):
    rows = amazon.control("GET", "books")[1]["orders"]
    return next(row for row in rows if row["orderId"] == order["orderId"])


# --- offers


def test_services_of_the_country_are_offered_with_price_and_days(amazon):
    offered = offers(amazon, amazon.order())
    found = {row["ShippingServiceId"]: row for row in offered["ShippingServiceList"]}
    assert sorted(found) == ["EVRI_STANDARD", "ROYAL_MAIL_TRACKED_24", "ROYAL_MAIL_TRACKED_48"]
    assert found["ROYAL_MAIL_TRACKED_48"]["Rate"] == {"CurrencyCode": "GBP", "Amount": 2.7}
    rejected = {row["ShippingServiceId"]: row["RejectionReasonCode"] for row in offered["RejectedShippingServiceList"]}
    assert rejected == {"DPD_UK_NEXT_DAY": "DELIVERY_EXPERIENCE_NOT_SUPPORTED"}


def test_weight_costs_and_excludes(amazon):
    order = amazon.order()
    offered = offers(amazon, order, Weight={"Value": 18, "Unit": "oz"})["ShippingServiceList"]
    assert {row["ShippingServiceId"]: row["Rate"]["Amount"] for row in offered}["ROYAL_MAIL_TRACKED_24"] == 3.4
    offered = offers(amazon, order, Weight={"Value": 18_500, "Unit": "g"})
    assert "EVRI_STANDARD" not in {row["ShippingServiceId"] for row in offered["ShippingServiceList"]}
    codes = {row["ShippingServiceId"]: row["RejectionReasonCode"] for row in offered["RejectedShippingServiceList"]}
    assert codes["EVRI_STANDARD"] == "PACKAGE_WEIGHT_EXCEEDS_LIMIT"


def test_signature_pick_up_and_arrival_choose(amazon):
    order = amazon.order()
    signed = options(DeliveryExperience="DeliveryConfirmationWithSignature")
    found = offers(amazon, order, ShippingServiceOptions=signed)["ShippingServiceList"]
    assert "DPD_UK_NEXT_DAY" in {row["ShippingServiceId"] for row in found}
    found = offers(amazon, order, ShippingServiceOptions=options(CarrierWillPickUp=True))["ShippingServiceList"]
    assert {row["CarrierName"] for row in found} == {"Royal Mail"}
    found = offers(amazon, order, filters={"CarrierWillPickUp": "CarrierWillPickUp"})["ShippingServiceList"]
    assert {row["CarrierName"] for row in found} == {"Royal Mail"}
    found = offers(amazon, order, MustArriveByDate="2026-09-24T00:00:00Z")["ShippingServiceList"]
    assert {row["ShippingServiceId"] for row in found} <= {"ROYAL_MAIL_TRACKED_24"}


def test_an_american_sends_from_america(amazon):
    offered = offers(amazon, amazon.order(seller=NA, marketplace=US), seller=NA, ship_from=OREGON)
    found = {row["ShippingServiceId"] for row in offered["ShippingServiceList"]}
    assert found == {"USPS_GROUND_ADVANTAGE", "USPS_PRIORITY", "UPS_PTP_GND", "UPS_PTP_2ND_DAY_AIR"}


# --- labels


def test_a_label_confirms_the_order_with_its_tracking_number(amazon):
    order = amazon.order()
    shipment = bought(amazon, order)
    assert (shipment["Status"], len(shipment["TrackingId"])) == ("Purchased", 13)
    row = state_of(amazon, order)
    parcels = [(one["carrierCode"], one["trackingNumber"]) for one in row["packages"]]
    assert (row["status"], parcels) == ("SHIPPED", [("Royal Mail", shipment["TrackingId"])])
    assert read(amazon, shipment) == shipment
    status, parcels = amazon.confirm(order, reference="2")
    assert (status, "already fulfilled" in parcels["errors"][0]["message"]) == (400, True)
    assert amazon.control("GET", "labels")[1]["labels"][0]["trackingNumber"] == shipment["TrackingId"]


def test_a_pdf_label_is_a_pdf_whose_table_finds_its_objects(amazon):
    kind, content = file_of(bought(amazon, amazon.order()))
    assert (kind, content[:8], content.rstrip()[-5:]) == ("application/pdf", b"%PDF-1.4", b"%%EOF")
    begins = int(re.search(rb"startxref\n(\d+)", content).group(1))
    assert content[begins : begins + 4] == b"xref"
    places = [int(one) for one in re.findall(rb"^(\d{10}) 00000 n ", content, re.MULTILINE)]
    assert [content[at:].split(b" ", 1)[0] for at in places] == [b"%d" % number for number in range(1, len(places) + 1)]
    length, stream = re.search(rb"/Length (\d+)\s*>>\s*stream\r?\n(.*?)endstream", content, re.DOTALL).groups()
    assert (int(length), b"(Harbour & Home) Tj" in stream) == (len(stream), True)


def test_a_png_label_is_a_picture_of_four_by_six_inches(amazon):
    order = amazon.order()
    kind, content = file_of(bought(amazon, order, ShippingServiceOptions=options(LabelFormat="PNG")))
    assert (kind, content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, {}
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        name, chunk = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        assert int.from_bytes(content[at + 8 + size : at + 12 + size], "big") == zlib.crc32(name + chunk)
        chunks[name], at = chunk, at + 12 + size
    width, height, depth = struct.unpack(">IIB", chunks[b"IHDR"][:9])
    rows = zlib.decompress(chunks[b"IDAT"])
    assert (width, height, depth, len(rows)) == (812, 1218, 1, 1218 * (1 + 102))
    assert rows.count(b"\x00") > 1218  # something is drawn


@pytest.mark.parametrize(("form", "width"), [("ZPL203", b"^PW812"), ("ZPL300", b"^PW1200")])
def test_a_zpl_label_is_as_fine_as_was_requested_and_only_the_coarse_has_custom_text(amazon, form, width):
    shipment = bought(
        amazon,
        amazon.order(),
        ShippingServiceOptions=options(LabelFormat=form),
        LabelCustomization={"CustomTextForLabel": "Shelf ^7", "StandardIdForLabel": "AmazonOrderId"},
    )
    kind, content = file_of(shipment)
    assert (kind, content[:3], width in content) == ("application/zpl", b"^XA", True)
    assert (b"Shelf _5E7" in content) == (form == "ZPL203")
    assert shipment["AmazonOrderId"].encode() in content
    assert shipment["Label"]["CustomTextForLabel"] == "Shelf ^7"


STRIPES = {
    "start": "211214", "P": "313121", "J": "112133", "1": "123221", "2": "223211", "3": "221132", "C": "131321",
    "check": "311321", "stop": "2331112",
}  # fmt: skip
"""Bars and spaces of symbols of set B, in modules. Source: ISO/IEC 15417."""


def drawn(text):
    """Bars and spaces in turn, as wide as they are."""
    bars = barcode.modules(text)
    ends = [at + width for at, width in bars]
    gaps = [begins - ended for (begins, _), ended in zip(bars[1:], ends, strict=False)]
    assert (bars[0][0], barcode.width(text)) == (10, ends[-1] + 10)
    return "".join(str(one) for (_, width), gap in zip(bars, [*gaps, 0], strict=True) for one in (width, gap))[:-1]


def test_the_bars_of_a_known_word_are_those_of_the_standard():
    """PJJ123C: the well-known example has the check symbol 54 in set A, so 55 in set B, whose start is one more."""
    assert drawn("PJJ123C") == "".join(STRIPES[one] for one in ("start", *"PJJ123C", "check", "stop"))


def test_pairs_of_digits_take_half_the_place():
    assert barcode.width("003404341234") == 11 * (6 + 2) + 13 + 2 * 10


def test_a_label_is_the_same_to_the_byte_each_time():
    label = Label("DHL", "DHL Paket", "003404341234", ("Harbour",), ("Łukasz Müller",), "1 kg", "2026-11-26")
    for made in (pdf, png):
        assert made(label) == made(label)
    assert "(Lukasz Müller) Tj".encode("cp1252") in pdf(label).replace(b"\\374", "ü".encode("cp1252"))


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(name=st.text(max_size=40), town=st.text(max_size=40))
def test_any_address_is_printed_in_every_format(name, town):
    label = Label("DHL", "DHL Paket", "003404341234", ("A",), (name, town), "1 kg", "2026-11-26", name)
    assert pdf(label).rstrip().endswith(b"%%EOF")
    assert png(label).endswith(b"IEND\xaeB`\x82")
    assert zpl(label, 203).count(b"^FS") == zpl(label, 203).count(b"^FO")


def test_two_parcels_of_an_order_have_two_labels(amazon):
    order = amazon.order(quantity=2)
    first, second = bought(amazon, order), bought(amazon, order, service="EVRI_STANDARD")
    row = state_of(amazon, order)
    assert [one["trackingNumber"] for one in row["packages"]] == [first["TrackingId"], second["TrackingId"]]
    assert error_of(buy(amazon, order))[1:] == (
        "InvalidInput",
        f"The items of order {order['orderId']} are shipped already, or have a label",
    )


def test_a_cancelled_label_is_refunded_a_day_later_and_the_order_stays_shipped(amazon):
    order = amazon.order()
    shipment = bought(amazon, order)
    cancelled = read(amazon, shipment, "DELETE")
    assert (cancelled["Status"], cancelled["Label"]["FileContents"]["Contents"]) == ("RefundPending", "")
    assert state_of(amazon, order)["status"] == "SHIPPED"
    assert read(amazon, shipment, "DELETE")["Status"] == "RefundPending"
    amazon.advance(DAY + 1)
    amazon._tokens.clear()
    assert read(amazon, shipment)["Status"] == "RefundApplied"


def test_another_label_takes_the_place_of_a_cancelled_one(amazon):
    order = amazon.order()
    first = bought(amazon, order)
    assert buy(amazon, order)[0] == 400
    read(amazon, first, "DELETE")
    second = bought(amazon, order, service="ROYAL_MAIL_TRACKED_24")
    packages = state_of(amazon, order)["packages"]
    assert [one["trackingNumber"] for one in packages] == [second["TrackingId"]]
    assert buy(amazon, order)[0] == 400


def test_a_label_that_is_cancelled_too_late_is_not_refunded(amazon):
    shipment = bought(amazon, amazon.order())
    amazon.advance(6 * DAY)
    amazon._tokens.clear()
    assert read(amazon, shipment, "DELETE")["Status"] == "RefundPending"
    amazon.advance(DAY + 1)
    amazon._tokens.clear()
    refused = read(amazon, shipment)
    assert (refused["Status"], file_of(refused)[0]) == ("RefundRejected", "application/pdf")


def test_beyond_the_customs_border_customs_data_are_required(amazon):
    order = amazon.order(marketplace="A1PA6795UKMFR9")
    found = offers(amazon, order)["ShippingServiceList"]
    needs = {row["ShippingServiceId"]: row["RequiresAdditionalSellerInputs"] for row in found}
    assert needs == {"UPS_STANDARD_INTERNATIONAL": True}
    service = "UPS_STANDARD_INTERNATIONAL"
    body = {"ShippingServiceId": service, "ShipFromAddress": HULL, "OrderId": order["orderId"]}
    payload = amazon.call("POST", "/mfn/v0/additionalSellerInputs", body=body)[1]["payload"]
    shipment = [one["AdditionalInputFieldName"] for one in payload["ShipmentLevelFields"]]
    item = [one["AdditionalInputFieldName"] for one in payload["ItemLevelFieldsList"][0]["AdditionalInputs"]]
    answer = buy(amazon, order, service=service)
    assert (answer[0], "NON_DELIVERY_INSTRUCTION" in error_of(answer)[2]) == (400, True)

    def inputs(names):
        return [
            {"AdditionalInputFieldName": name, "AdditionalSellerInput": {"DataType": "String", "ValueAsString": "DE"}}
            for name in names
        ]

    line = {**details(order)["ItemList"][0], "ItemLevelSellerInputsList": inputs(item)}
    extra = {"ShipmentLevelSellerInputsList": inputs(shipment)}
    assert buy(amazon, order, service=service, extra=extra, ItemList=[line])[0] == 200


# --- refusals


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"ship_from": {**HULL, "CountryCode": "USA"}},
            "1 validation error detected: Value 'USA' at 'shipmentRequestDetails.shipFromAddress.countryCode' failed "
            "to satisfy constraint: Member must have length less than or equal to 2",
        ),
        (
            {"ship_from": {name: value for name, value in HULL.items() if name != "Phone"}},
            "1 validation error detected: Value null at 'shipmentRequestDetails.shipFromAddress.phone' failed to "
            "satisfy constraint: Member must not be null",
        ),
        (
            {"Weight": {"Value": 0, "Unit": "g"}},
            "1 validation error detected: Value '0' at 'shipmentRequestDetails.weight.value' failed to satisfy "
            "constraint: Member must be greater than 0",
        ),
        (
            {"ShippingServiceOptions": options(LabelFormat="GIF")},
            "1 validation error detected: Value 'GIF' at 'shipmentRequestDetails.shippingServiceOptions.labelFormat' "
            "failed to satisfy constraint: Member must satisfy enum value set: [PDF, PNG, ZPL203, ZPL300, "
            "ShippingServiceDefault]",
        ),
        (
            {"ItemList": []},
            "1 validation error detected: Value '[]' at 'shipmentRequestDetails.itemList' failed to satisfy "
            "constraint: Member must not be empty",
        ),
        ({"ItemList": [{"OrderItemId": "x", "Quantity": 1}]}, None),
        ({"quantity": 9}, None),
        ({"AmazonOrderId": "026-0000000-0000000"}, None),
        ({"ShipDate": "2020-01-01T00:00:00Z"}, None),
        ({"service": "TEA_TROLLEY"}, None),
        ({"extra": {"ShippingServiceOfferId": "x"}}, None),
        ({"extra": {"LabelFormatOption": {"IncludePackingSlipWithLabel": True}}}, None),
    ],
)
def test_a_wrong_request_is_refused_and_nothing_is_bought(amazon, more, message):
    order = amazon.order()
    status, code, refusal = error_of(buy(amazon, order, **more))
    assert (status, code, refusal if message else None) == (400, "InvalidInput", message)
    assert (state_of(amazon, order)["status"], amazon.control("GET", "labels")[1]["labels"]) == ("UNSHIPPED", [])


def test_orders_that_are_not_the_sellers_to_send_get_no_label(amazon):
    pending, fba = amazon.order(status="PENDING"), amazon.order("FBA-0001", by="AMAZON")
    cancelled = amazon.order()
    amazon.control("POST", f"orders/{cancelled['orderId']}/cancel", {"by": "BUYER"})
    other = amazon.order(seller=NA, marketplace=US)
    assert [buy(amazon, order)[0] for order in (pending, fba, cancelled, other)] == [400] * 4


def test_an_offer_is_for_its_order_and_a_day(amazon):
    order, other = amazon.order(), amazon.order()
    offered = offers(amazon, order)["ShippingServiceList"]
    offer = next(row for row in offered if row["ShippingServiceId"] == "EVRI_STANDARD")["ShippingServiceOfferId"]
    extra = {"ShippingServiceOfferId": offer}
    assert buy(amazon, other, service="EVRI_STANDARD", extra=extra)[0] == 400
    amazon.advance(DAY + 1)
    amazon._tokens.clear()
    assert buy(amazon, order, service="EVRI_STANDARD", extra=extra)[0] == 400
    assert buy(amazon, order, service="EVRI_STANDARD")[0] == 200


def test_a_shipment_is_found_by_its_owner_and_its_number(amazon):
    shipment = bought(amazon, amazon.order())
    path = f"{SHIPMENTS}/{shipment['ShipmentId']}"
    assert amazon.call("GET", path, seller=NA)[0] == 404
    status, _, message = error_of(amazon.call("GET", f"{SHIPMENTS}/TEST_CASE_400"))
    pattern = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    assert (status, message) == (
        400,
        "1 validation error detected: Value 'TEST_CASE_400' at 'shipmentId' failed to satisfy constraint: Member must "
        f"satisfy regular expression pattern: {pattern}",
    )


def test_labels_want_the_role_that_opens_addresses(amazon):
    order = amazon.order()
    amazon.control("POST", "application", {"roles": ["Inventory and Order Tracking"]})
    assert buy(amazon, order)[0] == 403


def test_labels_outlive_a_kill_byte_by_byte(tmp_path):
    before = Amazon(tmp_path, lifted=True)
    shipment, second = bought(before, before.order()), bought(before, before.order("HH-0011"))
    read(before, second, "DELETE")
    before.simulator.close()
    after = Amazon(tmp_path, lifted=True)
    assert read(after, shipment) == shipment
    after.advance(DAY + 1)
    after._tokens.clear()
    assert read(after, second)["Status"] == "RefundApplied"
    after.simulator.close()


def test_answers_conform(amazon):
    file, order = "merchantFulfillmentV0.json", amazon.order(quantity=2)
    heavy = {"ShipmentRequestDetails": details(order, Weight={"Value": 18_500, "Unit": "g"})}
    result = amazon.call("POST", "/mfn/v0/eligibleShippingServices", body=heavy)[1]
    assert conforms(file, "GetEligibleShipmentServicesResponse", result) == []
    made = buy(amazon, order, LabelCustomization={"CustomTextForLabel": "x"})[1]
    assert conforms(file, "CreateShipmentResponse", made) == []
    path = f"{SHIPMENTS}/{made['payload']['ShipmentId']}"
    assert conforms(file, "GetShipmentResponse", amazon.call("GET", path)[1]) == []
    assert conforms(file, "CancelShipmentResponse", amazon.call("DELETE", path)[1]) == []
    abroad = amazon.order(marketplace="A1PA6795UKMFR9")
    body = {"ShippingServiceId": "DHL_EXPRESS_WORLDWIDE", "ShipFromAddress": HULL, "OrderId": abroad["orderId"]}
    result = amazon.call("POST", "/mfn/v0/additionalSellerInputs", body=body)[1]
    assert conforms(file, "GetAdditionalSellerInputsResponse", result) == []
    assert conforms(file, "CreateShipmentResponse", buy(amazon, order, service="x")[1]) == []


ANY = Amazon(lifted=True)
ORDER = ANY.order(quantity=3)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


def mixed(sample):
    """The sample with some of its members replaced by anything."""
    if isinstance(sample, dict):
        return st.fixed_dictionaries({name: mixed(inner) for name, inner in sample.items()}) | SCALAR
    if isinstance(sample, list):
        return st.lists(mixed(sample[0]), max_size=2) | SCALAR
    return st.just(sample) | SCALAR


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    body=mixed({"ShipmentRequestDetails": details(ORDER), "ShippingServiceId": "EVRI_STANDARD"}),
    path=st.sampled_from([SHIPMENTS, "/mfn/v0/eligibleShippingServices", "/mfn/v0/additionalSellerInputs"]),
)
def test_any_request_is_answered_and_no_more_is_shipped_than_was_ordered(body, path):
    answer = ANY.send("POST", path, body=json.loads(json.dumps(body)), headers={"x-amz-access-token": ANY.token()})
    assert answer.status < 500, (answer.status, body)
    item = ANY.simulator.world.orders[ORDER["orderId"]].items[0]
    assert 0 <= item.shipped <= item.quantity


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(name=st.text(min_size=1, max_size=40))
def test_any_number_of_a_shipment_is_answered(name):
    path = f"{SHIPMENTS}/{quote(name, safe='')}"
    assert ANY.send("GET", path, headers={"x-amz-access-token": ANY.token()}).status in (400, 403, 404)
