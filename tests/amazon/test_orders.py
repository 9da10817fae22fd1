"""Their order, our value; and what may be wrong with it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.amazon.wire_orders import FULL_ORDER, plain_order

from wharfinger.amazon.messages.orders import (
    AmazonOrder,
    Buyer,
    ItemProduct,
    OrderItem,
    SalesChannel,
    decode_order,
    order_key,
    read_search_page,
    read_single_order,
)
from wharfinger.amazon.messages.wire import Money, Unreadable, read


def _raw(order: dict[str, Any]) -> bytes:
    return json.dumps(order).encode()


def _in_utc(value: Any) -> Any:
    """The wire order as it comes back from us: times in UTC, all else as it was."""
    match value:
        case dict():
            return {name: _in_utc(inner) for name, inner in value.items()}
        case list():
            return [_in_utc(inner) for inner in value]
        case "2026-11-20T10:15:30.250+01:00":
            return "2026-11-20T09:15:30.250000Z"
        case _:
            return value


def test_every_member_of_a_full_order_survives_the_way_in_and_out():
    order = decode_order(_raw(FULL_ORDER))
    assert json.loads(msgspec.json.encode(order)) == _in_utc(FULL_ORDER)


def test_a_plain_order_is_this_value():
    assert decode_order(_raw(plain_order())) == AmazonOrder(
        order_id="026-1234567-7654321",
        created_time=datetime(2026, 11, 20, 8, 15, 30, tzinfo=UTC),
        last_updated_time=datetime(2026, 11, 20, 8, 15, 30, tzinfo=UTC),
        sales_channel=SalesChannel(channel_name="AMAZON"),
        order_items=(OrderItem(order_item_id="1", quantity_ordered=1, product=ItemProduct()),),
    )


def test_times_become_utc_whatever_the_zone():
    order = decode_order(_raw(FULL_ORDER))
    assert order.last_updated_time == datetime(2026, 11, 20, 9, 15, 30, 250000, tzinfo=UTC)
    assert order.last_updated_time.tzinfo is UTC
    naive = decode_order(_raw(plain_order(createdTime="2026-11-20T08:15:30")))
    assert naive.created_time == datetime(2026, 11, 20, 8, 15, 30, tzinfo=UTC)


def test_unknown_members_and_values_are_taken():
    order = decode_order(
        _raw(plain_order(novelty={"a": 1}, fulfillment={"fulfillmentStatus": "ON_THE_MOON", "fulfilledBy": "ROBOT"}))
    )
    assert order.fulfillment is not None
    assert order.fulfillment.fulfillment_status == "ON_THE_MOON"
    assert order.fulfillment.fulfilled_by == "ROBOT"


def test_nulls_and_empties_are_as_if_absent():
    order = decode_order(
        _raw(
            plain_order(
                programs=None,
                buyer=[],
                proceeds={"grandTotal": None, "breakdowns": None},
                orderItems=[{"orderItemId": "1", "quantityOrdered": "2", "product": None, "fulfillment": ""}],
            )
        )
    )
    assert order.programs == ()
    assert order.buyer is None
    assert order.order_items == (OrderItem(order_item_id="1", quantity_ordered=2),)


def test_packages_not_reported_of_differ_from_no_packages():
    assert decode_order(_raw(plain_order())).packages is None
    assert decode_order(_raw(plain_order(packages=[]))).packages == ()
    assert decode_order(_raw(plain_order(packages=[], programs=None))).packages == ()


def test_an_order_without_its_list_of_items_is_no_order():
    order = plain_order()
    del order["orderItems"]
    with pytest.raises(Unreadable, match="orderItems"):
        decode_order(_raw(order))


@pytest.mark.parametrize(
    "changes",
    [
        {"orderId": None},
        {"orderId": ""},
        {"createdTime": "yesterday"},
        {"orderItems": {"orderItemId": "1"}},
        {"orderItems": [{"orderItemId": "1", "quantityOrdered": "two"}]},
        {"orderItems": [{"orderItemId": "1", "quantityOrdered": 10**12}]},
        {"orderItems": [{"orderItemId": "1", "quantityOrdered": 1.5}]},
        {"proceeds": {"grandTotal": {"amount": "NaN", "currencyCode": "GBP"}}},
        {"proceeds": {"grandTotal": {"amount": "1,50", "currencyCode": "EUR"}}},
        {"proceeds": {"grandTotal": {"amount": "1e400", "currencyCode": "EUR"}}},
        {"proceeds": {"grandTotal": {"amount": "1.50"}}},
    ],
)
def test_what_a_shop_cannot_stand_on_is_unreadable(changes):
    with pytest.raises(Unreadable):
        decode_order(_raw(plain_order(**changes)))


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 100_000])
def test_no_order_at_all_is_unreadable(body):
    with pytest.raises(Unreadable):
        decode_order(body)


def test_the_complaint_names_the_place_and_not_the_content():
    order = plain_order(recipient={"deliveryAddress": {"name": {"secret": "Ada Buyer"}}})
    with pytest.raises(Unreadable) as caught:
        decode_order(_raw(order))
    assert "$.recipient.deliveryAddress.name" in str(caught.value)
    assert "Ada" not in str(caught.value)


def test_personal_data_is_in_no_repr():
    shown = repr(decode_order(_raw(FULL_ORDER)))
    for personal in ("Ada", "Quay", "BS1 1AA", "+44", "happy returns", "GB000000000", "Ring twice", "0815"):
        assert personal not in shown


def test_nuls_are_stripped_and_escaped_backslashes_left_alone():
    raw = _raw(plain_order(buyer={"buyerName": "A\0da \\u0000"}))
    assert decode_order(raw).buyer == Buyer(buyer_name="Ada \\u0000")


def test_full_width_letters_stay_as_they_are():
    item = decode_order(_raw(FULL_ORDER)).order_items[0]
    assert item.product.title == "Brass lantern ＆ wick"


@given(
    st.decimals(
        min_value=Decimal("-99999999999.9999"), max_value=Decimal("99999999999.9999"), places=4, allow_nan=False
    )
)
def test_an_amount_is_exact_from_string_and_from_number(amount):
    text = format(amount, "f")
    from_string = read(f'{{"amount":"{text}","currencyCode":"EUR"}}'.encode(), Money)
    from_number = read(f'{{"amount":{text},"currencyCode":"EUR"}}'.encode(), Money)
    loosely = read(f'{{"amount":{text},"currencyCode":"EUR","x":"\\u0000"}}'.encode(), Money)
    assert {str(money.amount) for money in (from_string, from_number, loosely)} == {text}
    assert from_string == from_number == loosely == Money(amount=amount, currency_code="EUR")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*FULL_ORDER, "amount", "x"]), inner),
    )
)
def test_any_json_is_an_order_or_unreadable(value):
    try:
        decode_order(json.dumps(value).encode())
    except Unreadable:
        return
    assert isinstance(value, dict)


def test_a_page_keeps_each_order_as_the_bytes_that_came():
    body = b'{"orders":[ {"orderId":"1",  "x":1},{"b":2} ],"pagination":{"nextToken":"a+/="},'
    body += b'"lastUpdatedBefore":"2026-11-24T12:00:00Z"}'
    page = read_search_page(body)
    assert page.raw_orders == (b'{"orderId":"1",  "x":1}', b'{"b":2}')
    assert page.next_token == "a+/="
    assert page.last_updated_before == datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("pagination", ["null", "{}", '{"nextToken":null}', '{"nextToken":""}'])
def test_the_last_page_has_no_token(pagination):
    assert read_search_page(f'{{"orders":[],"pagination":{pagination}}}'.encode()).next_token is None


def test_one_order_that_is_no_json_stands_alone():
    good = _raw(plain_order())
    broken = b'{"orderId":"026-1-2","why":"a } brace \\" and ] all","scheme": UOSS}'
    body = b'{"orders":[' + good + b"," + broken + b"," + good + b'],"pagination":{"nextToken":"t"}}'
    page = read_search_page(body)
    assert page.raw_orders == (good, broken, good)
    assert page.next_token == "t"
    assert order_key(broken).order_id == "026-1-2"
    with pytest.raises(Unreadable):
        decode_order(broken)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<html></html>", b'{"orders":null}', b'{"errors":[]}', b'{"orders":[{"a":X', b'{"orders":[{"a":"X'],
)
def test_what_is_no_page_is_unreadable(body):
    with pytest.raises(Unreadable):
        read_search_page(body)


def test_a_single_order_is_its_own_bytes():
    assert read_single_order(b'{"order": {"orderId":"1"} }') == b'{"orderId":"1"}'
    for body in (b"{}", b'{"order":null}', b'{"order":[]}', b'{"payload":{}}'):
        with pytest.raises(Unreadable):
            read_single_order(body)


def test_an_order_key_needs_only_the_id():
    key = order_key(_raw(plain_order(orderItems=7)))
    assert (key.order_id, key.last_updated_time) == (
        "026-1234567-7654321",
        datetime(2026, 11, 20, 8, 15, 30, tzinfo=UTC),
    )
    with pytest.raises(Unreadable):
        order_key(b"{}")
