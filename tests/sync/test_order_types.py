"""Which order type an order of Amazon's is: the row of the (Global) list that holds for it."""

import json

import pytest
from tests.factories.amazon_orders import line, order

from wharfinger.amazon.messages.orders import decode_order
from wharfinger.domain.channels.options import ORDER_TYPES
from wharfinger.sync.translate.orders import translate_order

REPLACES = [{"orderId": "026-0000009-0000001", "associationType": "REPLACEMENT_ORIGINAL_ID"}]

EXCHANGED = [{"orderId": "026-0000009-0000001", "associationType": "EXCHANGE_ORIGINAL_ID"}]


@pytest.mark.parametrize(
    ("by", "level", "changes", "expected"),
    [
        ("MERCHANT", "STANDARD", {}, "standard"),
        ("MERCHANT", "NEXT_DAY", {}, "expedited"),
        ("MERCHANT", "NEXT_DAY", {"programs": ["PRIME"]}, "prime"),
        ("MERCHANT", "STANDARD", {"programs": ["AMAZON_BUSINESS"]}, "business"),
        ("MERCHANT", "STANDARD", {"programs": ["PRIME"], "associatedOrders": REPLACES}, "replacement"),
        ("MERCHANT", "STANDARD", {"associatedOrders": EXCHANGED}, "exchange"),
        ("AMAZON", "STANDARD", {"associatedOrders": EXCHANGED}, "exchange"),
        ("MERCHANT", "STANDARD", {"associatedOrders": [{"associationType": "EXCHANGE_ORIGINAL_ID"}]}, "standard"),
        ("AMAZON", "NEXT_DAY", {}, "fba"),
        ("AMAZON", "NEXT_DAY", {"programs": ["PRIME"]}, "fba"),
        ("AMAZON", "STANDARD", {"programs": ["PRIME", "AMAZON_BUSINESS"]}, "business"),
        ("AMAZON", "STANDARD", {"associatedOrders": REPLACES}, "replacement"),
    ],
)
def test_an_order_has_one_type_that_its_kind_can_have(by, level, changes, expected):
    message = order(line("MUG"), by=by, **changes)
    message["fulfillment"]["fulfillmentServiceLevel"] = level
    incoming = translate_order(decode_order(json.dumps(message).encode()))
    assert incoming.order_type.value == expected
    assert incoming.order_type in ORDER_TYPES[incoming.fulfilment]
