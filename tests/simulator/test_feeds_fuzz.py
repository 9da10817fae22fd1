"""Whatever is uploaded as a feed: it ends, nothing ships or is paid back that was not there, and the next one works."""

import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.simulator.conftest import EU, UK, Amazon
from tests.simulator.feeding import JSON, LISTINGS, WORKED, XML, feed, fresh, quantity, status
from tests.simulator.guesses import TEXT

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
AMAZON = Amazon(lifted=True)
ORDER = AMAZON.order(quantity=5)
ITEM = ORDER["items"][0]["orderItemId"]
AMAZON.confirm(ORDER, quantity=2)
KINDS = {
    "OrderFulfillment": "POST_ORDER_FULFILLMENT_DATA",
    "OrderAcknowledgement": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
    "OrderAdjustment": "POST_PAYMENT_ADJUSTMENT_DATA",
}
TAGS = {
    "OrderFulfillment": (
        "AmazonOrderID", "MerchantOrderID", "MerchantFulfillmentID", "FulfillmentDate", "FulfillmentData",
        "CarrierCode", "CarrierName", "ShippingMethod", "ShipperTrackingNumber", "Item", "AmazonOrderItemCode",
        "Quantity", "TransparencyCode",
    ),
    "OrderAcknowledgement": (
        "AmazonOrderID", "MerchantOrderID", "StatusCode", "Item", "AmazonOrderItemCode", "CancelReason",
    ),
    "OrderAdjustment": (
        "AmazonOrderID", "AdjustedItem", "AmazonOrderItemCode", "AdjustmentReason", "ItemPriceAdjustments", "Component",
        "Type", "Amount", "QuantityCancelled",
    ),
}  # fmt: skip
VALUES = st.sampled_from(
    [
        ORDER["orderId"], ITEM, "1", "2", "0", "-1", "1.5", "1e9", "9" * 30, "2026-10-01T10:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59+14:00", "DPD", "Other", "Failure", "Success", "NoInventory", "CustomerReturn",
        "Principal", "NaN",
        "Infinity", "", "٣",
    ]
)  # fmt: skip
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)


def elements(kind):
    """XML of the tags that a message may have, in any order and nesting."""
    leaf = st.tuples(st.sampled_from(TAGS[kind]), VALUES | TEXT.map(_plain)).map(
        lambda part: f'<{part[0]} currency="GBP">{escape(part[1])}</{part[0]}>'
    )
    nest = st.tuples(st.sampled_from(TAGS[kind]), st.lists(leaf, max_size=5)).map(
        lambda part: f"<{part[0]}>{''.join(part[1])}</{part[0]}>"
    )
    order = f"<AmazonOrderID>{ORDER['orderId']}</AmazonOrderID>"
    return st.lists(leaf | nest, max_size=6).map(lambda part: order + "".join(part))


def _plain(text):
    return "".join(letter for letter in text if letter.isprintable())


def changed(sample):
    """The sample with some of its members replaced by anything."""
    if isinstance(sample, dict):
        return st.fixed_dictionaries({}, optional={name: changed(one) for name, one in sample.items()}) | ANYTHING
    if isinstance(sample, list):
        return st.lists(changed(sample[0]), max_size=3) | ANYTHING
    return st.just(sample) | SCALAR


def ended(kind, content, content_type):
    fresh(AMAZON)
    number = feed(AMAZON, kind, content, content_type)
    AMAZON.advance(WORKED)
    fresh(AMAZON)
    state = status(AMAZON, number)
    order = AMAZON.simulator.world.orders[ORDER["orderId"]]
    for item in order.items:
        assert 2 <= item.shipped + item.cancelled <= item.quantity
        assert AMAZON.simulator.ledger.refunded(order.id, item.id, "Principal") <= item.price
    return state


@pytest.mark.parametrize("kind", KINDS)
def test_any_message_of_an_order_feed_is_worked_through(kind):
    @QUIET
    @given(body=elements(kind), number=st.sampled_from(["1", "", "-1", "x", "9" * 25]))
    def sent(body, number):
        message = f"<Message><MessageID>{number}</MessageID><{kind}>{body}</{kind}></Message>"
        content = f"<AmazonEnvelope><MessageType>{kind}</MessageType>{message}</AmazonEnvelope>"
        assert ended(KINDS[kind], content.encode(), XML) == "DONE"

    sent()


@QUIET
@given(content=st.binary(min_size=1, max_size=200) | st.text(min_size=1, max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_worked_through(content):
    assert ended("POST_ORDER_FULFILLMENT_DATA", content, XML) == "DONE"
    assert ended(LISTINGS, content, JSON) == "DONE"
    assert ended("UPLOAD_VAT_INVOICE", content, "application/pdf") == "DONE"


@QUIET
@given(data=st.data())
def test_any_listings_feed_is_worked_through(data):
    partial = {
        "messageId": 2,
        "sku": "HH-0011",
        "operationType": "PARTIAL_UPDATE",
        "productType": "HOME",
        "attributes": {"fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}]},
    }
    put = {**partial, "operationType": "UPDATE", "requirements": "LISTING"}
    message = changed(quantity(1, "HH-0010", 4)) | changed(partial) | changed(put)
    header = {"sellerId": EU, "version": "2.0"}
    report = {"includedData": ["summaries"], "apiVersion": "2021-08-01"}
    feeds = st.fixed_dictionaries(
        {"header": st.just(header) | st.just({**header, "report": report}), "messages": st.lists(message, max_size=4)}
    )
    drawn = data.draw(feeds | changed({"header": {**header, "report": report}, "messages": [partial]}))
    content = json.dumps(drawn).encode("utf-8", "surrogatepass")
    assert ended(LISTINGS, content, JSON) == "DONE"


def test_the_world_is_consistent_after_all_of_it():
    listing = AMAZON.listing("HH-0010")
    assert (listing.quantity or 0) >= 0
    assert AMAZON.call("GET", f"/listings/2021-08-01/items/{EU}/HH-0010", query={"marketplaceIds": UK})[0] in (200, 404)
