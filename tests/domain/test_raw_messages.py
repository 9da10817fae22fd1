"""What a role sees of a message, and what differs between two."""

import json

import pytest
from tests.amazon.wire_orders import FULL_ORDER
from tests.web.test_personal_data import CANARY, marked

from wharfinger.domain.orders.raw_messages import HIDDEN, Difference, Reader, differences, without_people, written

ALL, WAREHOUSE, NOBODY = Reader(True, True), Reader(True, False), Reader(False, False)
ORDER = {
    "orderId": "026-1",
    "buyer": {"buyerName": "Grace Hopper", "buyerEmail": "g@example"},
    "recipient": {"deliveryAddress": {"name": "Grace Hopper", "countryCode": "GB"}},
    "tax": {"taxRegistrations": [{"taxRegistrationNumber": "GB123"}]},
    "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {"sellerSku": "MUG", "title": "Mug"}}],
    "somethingNew": "Grace Hopper lives here",
}


def test_who_may_see_all_sees_the_message_as_it_came():
    assert json.loads(written(json.dumps(ORDER).encode(), ALL)) == ORDER


def test_without_people_every_member_stays_and_its_personal_values_are_hidden():
    assert without_people(ORDER, NOBODY) == {
        "orderId": "026-1",
        "buyer": {"buyerName": HIDDEN, "buyerEmail": HIDDEN},
        "recipient": {"deliveryAddress": {"name": HIDDEN, "countryCode": HIDDEN}},
        "tax": {"taxRegistrations": [{"taxRegistrationNumber": HIDDEN}]},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {"sellerSku": "MUG", "title": "Mug"}}],
        "somethingNew": HIDDEN,
    }


def test_the_warehouse_sees_the_address_and_neither_e_mail_nor_tax_number():
    seen = without_people(ORDER, WAREHOUSE)
    assert seen["recipient"] == ORDER["recipient"]
    assert seen["buyer"] == {"buyerName": "Grace Hopper", "buyerEmail": HIDDEN}
    assert seen["tax"] == {"taxRegistrations": [{"taxRegistrationNumber": HIDDEN}]}


def test_no_text_of_a_person_is_left_in_a_full_order():
    assert CANARY in json.dumps(marked(FULL_ORDER))
    assert CANARY not in json.dumps(without_people(marked(FULL_ORDER), NOBODY))


@pytest.mark.parametrize("body", [b"Grace Hopper, 1 Quay Street", b'{"a": ' + b"[" * 5000, b"\xff\xfe"])
def test_what_is_no_message_is_hidden_whole(body):
    assert written(body, NOBODY) == HIDDEN
    assert written(body, WAREHOUSE) == HIDDEN
    assert written(body, ALL) == body.decode("utf-8", "replace")


def test_what_amazon_changed_is_named_field_by_field():
    newer = {
        **ORDER,
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED"},
        "orderItems": [
            {"orderItemId": "2", "quantityOrdered": 1},
            {"orderItemId": "1", "quantityOrdered": 3, "product": {"sellerSku": "MUG"}},
        ],
    }
    assert differences(ORDER, newer, ALL) == (
        Difference("Line › 2 › order Item Id", "", "2"),
        Difference("Line › 2 › Quantity ordered", "", "1"),
        Difference("Line › 1 › Quantity ordered", "2", "3"),
        Difference("Fulfilment › Status at Amazon", "", "UNSHIPPED"),
        Difference("Line › 1 › product › title", "Mug", ""),
    )


def test_a_hidden_value_that_changed_says_that_it_did_and_no_more():
    moved = {**ORDER, "recipient": {"deliveryAddress": {"name": "Ada Lovelace", "countryCode": "GB"}}}
    assert differences(ORDER, moved, NOBODY) == (Difference("recipient › Delivery address › name", HIDDEN, HIDDEN),)
    assert differences(ORDER, moved, WAREHOUSE)[0].after == "Ada Lovelace"


def test_two_entries_with_one_name_are_known_by_their_place():
    before = {"breakdowns": [{"type": "TAX", "amount": "1"}, {"type": "TAX", "amount": "2"}]}
    after = {"breakdowns": [{"type": "TAX", "amount": "1"}, {"type": "TAX", "amount": "3"}]}
    assert differences(before, after, NOBODY) == (Difference("breakdowns › 2 › amount", "2", "3"),)


@pytest.mark.parametrize(("before", "after"), [({}, {}), (None, None), ([], {}), (ORDER, ORDER)])
def test_alike_is_no_difference(before, after):
    assert differences(before, after, ALL) == ()
