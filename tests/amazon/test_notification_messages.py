"""Messages of the queue: two spellings, two envelopes, old kinds; what is none is Unreadable and nothing worse."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.ground import NOW

from wharfinger.amazon.messages.notifications import (
    Notice,
    TestMessage,
    read_message,
    write_subscription,
    write_test,
)
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.domain.orders.notifications import OrderNotice, newest_changes

AT = datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
CHANGE = {
    "SellerId": "A2HARBOUREULTD1", "AmazonOrderId": "026-1234567-1234567",
    "OrderChangeTrigger": {"TimeOfOrderChange": "2026-11-24T11:59:00.000Z"},
}  # fmt: skip
MESSAGE = {
    "NotificationVersion": "1.0", "NotificationType": "ORDER_CHANGE", "PayloadVersion": "1.0",
    "EventTime": "2026-11-24T11:59:30Z", "Payload": {"OrderChangeNotification": CHANGE},
    "NotificationMetadata": {"NotificationId": "n-1", "PublishTime": "2026-11-24T11:59:40Z"},
}  # fmt: skip
NOTICE = Notice(
    "n-1", "ORDER_CHANGE", "A2HARBOUREULTD1", "026-1234567-1234567", AT, datetime(2026, 11, 24, 11, 59, 40, tzinfo=UTC)
)


def low(value):
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: low(inner) for name, inner in value.items()}
    return value


def read(message):
    return read_message(json.dumps(message).encode())


@pytest.mark.parametrize(
    "message",
    [MESSAGE, low(MESSAGE), {"version": "0", "id": "e", "detail-type": "ORDER_CHANGE", "detail": MESSAGE}],
    ids=["PascalCase", "camelCase", "EventBridge"],
)
def test_a_changed_order_is_this_notice_however_it_is_written(message):
    assert read(message) == NOTICE


@pytest.mark.parametrize(
    ("by", "status", "may_wait"),
    [
        ("AFN", "Unshipped", True), ("AFN", "Pending", True), ("AFN", "PendingAvailability", True),
        ("AFN", "PartiallyShipped", False), ("AFN", "Shipped", False), ("AFN", "Canceled", False), ("AFN", "", False),
        ("MFN", "Unshipped", False), ("MFN", "Pending", False), ("", "Unshipped", False),
    ],
)  # fmt: skip
def test_only_an_fba_order_that_amazon_has_not_shipped_may_wait_for_the_search(by, status, may_wait):
    summary = {"FulfillmentType": by, "OrderStatus": status}
    message = {**MESSAGE, "Payload": {"OrderChangeNotification": {**CHANGE, "Summary": summary}}}
    assert [read(message).may_wait, read(low(message)).may_wait] == [may_wait, may_wait]
    older = {"SellerId": "A", "AmazonOrderId": "026-1", "FulfillmentChannel": by, "OrderStatus": status}
    assert read({"NotificationType": "ORDER_STATUS_CHANGE", "Payload": older}).may_wait == may_wait


def test_an_order_that_may_wait_is_not_downloaded_and_no_other_notice_of_it_is_lost():
    waits = OrderNotice("n-1", "ORDER_CHANGE", "A", "026-1", AT, None, may_wait=True)
    shipped = OrderNotice("n-2", "ORDER_CHANGE", "A", "026-1", AT - timedelta(minutes=1), None)
    assert newest_changes([waits]) == {}
    assert newest_changes([waits, shipped]) == newest_changes([shipped, waits]) == {"026-1": shipped.changed_at}


def test_the_kind_of_before_2023_is_understood():
    old = {"NotificationType": "ORDER_STATUS_CHANGE", "EventTime": "2026-11-24T11:59:00Z",
           "Payload": {"OrderStatusChangeNotification": {"SellerId": "A", "AmazonOrderId": "026-1"}}}  # fmt: skip
    assert read(old) == Notice("", "ORDER_STATUS_CHANGE", "A", "026-1", AT)


def test_another_kind_is_read_and_names_no_order():
    assert read({"notificationType": "FEED_PROCESSING_FINISHED", "payload": {"feedId": "1"}}) == Notice(
        "", "FEED_PROCESSING_FINISHED"
    )


def test_our_own_test_message_is_known_again():
    assert read_message(write_test("abc")) == TestMessage("abc")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b'"x"',
        b'{"NotificationType": 5}',
        b'{"NotificationType": "ORDER_CHANGE"}',
        b"\xff",
    ],
)
def test_what_is_no_notification_is_unreadable(body):
    with pytest.raises(Unreadable):
        read_message(body)


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["NotificationType", "Payload", "detail", "detail-type", "EventTime", "x"]), inner))
    .map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_whatever_comes_is_read_or_unreadable(body):
    with contextlib.suppress(Unreadable):
        read_message(body)


def test_a_subscription_to_changed_orders_names_what_it_wants():
    assert json.loads(write_subscription("ORDER_CHANGE", "d"))["processingDirective"] == {
        "eventFilter": {
            "eventFilterType": "ORDER_CHANGE",
            "orderChangeTypes": ["OrderStatusChange", "BuyerRequestedChange"],
        }
    }


def notice(number, minutes):
    at = None if minutes is None else NOW + timedelta(minutes=minutes)
    return OrderNotice(f"{number}{minutes}", "ORDER_CHANGE", "A", number, at, None)


@given(st.lists(st.tuples(st.sampled_from(["1", "2", "3", ""]), st.none() | st.integers(0, 9))), st.randoms())
def test_the_newest_change_of_each_order_counts_whatever_order_they_come_in(changes, chance):
    notices = [notice(*change) for change in changes]
    shuffled = list(notices)
    chance.shuffle(shuffled)
    assert newest_changes(notices) == newest_changes(shuffled)
    assert set(newest_changes(notices)) == {number for number, _ in changes if number}


def test_orders_are_wanted_in_the_order_of_their_changes():
    assert list(newest_changes([notice("1", 5), notice("2", 1), notice("1", 0)])) == ["2", "1"]
