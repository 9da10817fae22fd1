"""JSON_LISTINGS_FEED: the document of quantities, and the report of how it was processed."""

import msgspec
import pytest

from wharfinger.amazon.messages.feeds import FeedResult
from wharfinger.amazon.messages.listing_feeds import (
    MESSAGES_AT_MOST,
    QuantityMessage,
    read_quantities_report,
    write_quantities,
)
from wharfinger.amazon.messages.wire import Unreadable


def test_a_message_is_the_patch_of_the_single_call():
    written = msgspec.json.decode(write_quantities("A2X", [QuantityMessage(1, "MUG", "MUG_TYPE", 7)]))
    assert written == {
        "header": {"sellerId": "A2X", "version": "2.0", "issueLocale": "en_GB"},
        "messages": [
            {
                "messageId": 1,
                "sku": "MUG",
                "operationType": "PATCH",
                "productType": "MUG_TYPE",
                "patches": [
                    {
                        "op": "merge",
                        "path": "/attributes/fulfillment_availability",
                        "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize("count", [0, MESSAGES_AT_MOST + 1])
def test_what_amazon_takes_no_feed_of_is_not_written(count):
    with pytest.raises(ValueError, match=str(count)):
        write_quantities("A2X", (QuantityMessage(number, "S", "T", 1) for number in range(1, count + 1)))


def test_a_feed_beyond_ten_mebibytes_is_not_written():
    with pytest.raises(ValueError, match="bytes"):
        write_quantities("A2X", (QuantityMessage(number, "S" * 400, "T", 1) for number in range(1, 20_000)))


def a_report(*issues, processed=3):
    return msgspec.json.encode(
        {"header": {}, "issues": issues, "summary": {"errors": 1, "messagesProcessed": processed}}
    )


def test_errors_by_message_and_warnings_refuse_nothing():
    report = a_report(
        {"messageId": 1, "sku": "A", "code": "13013", "severity": "ERROR", "message": "Wrong."},
        {"messageId": 1, "sku": "A", "code": "13014", "severity": "ERROR", "message": "Very wrong."},
        {"messageId": 2, "code": "5000", "severity": "WARNING", "message": "Skipped: identical."},
        {"messageId": 3, "severity": "ERROR", "message": ""},
    )
    refused = {1: "Wrong. (13013); Very wrong. (13014)", 3: "no reason given"}
    assert read_quantities_report(report) == FeedResult(processed=3, refused=refused)


def test_an_issue_of_no_message_is_about_the_whole_feed():
    report = a_report({"code": "4002004", "severity": "ERROR", "message": "feed size beyond allowed size"}, processed=0)
    assert read_quantities_report(report).refused == {0: "feed size beyond allowed size (4002004)"}


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"{}", b'{"summary": 1}', b"\xff", b"[" * 5000])
def test_what_is_no_report_is_unreadable(content):
    with pytest.raises(Unreadable):
        read_quantities_report(content)
