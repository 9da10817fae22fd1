"""Feeds: the envelope of cancellations, and the report of how it was processed."""

import pytest

from wharfinger.amazon.messages.feeds import (
    CancelledOrder,
    FeedResult,
    read_processing_report,
    write_cancellations,
    write_feed_request,
)
from wharfinger.amazon.messages.wire import Unreadable


def test_each_order_is_a_message_of_its_own_with_a_reason_for_every_item():
    orders = {
        1: CancelledOrder(amazon_order_id="026-1", items=("11", "12"), reason="NoInventory"),
        2: CancelledOrder(amazon_order_id="026-2", items=("21",), reason="BuyerCanceled"),
    }
    xml = write_cancellations("A2&<", orders).decode()
    assert "<MerchantIdentifier>A2&amp;&lt;</MerchantIdentifier><" in xml.replace("\n", "")
    assert xml.count("<StatusCode>Failure</StatusCode>") == 2
    assert "<Item><AmazonOrderItemCode>12</AmazonOrderItemCode><CancelReason>NoInventory</CancelReason></Item>" in xml


REPORT = """<?xml version="1.0" encoding="UTF-8"?><AmazonEnvelope><Header/><MessageType>ProcessingReport</MessageType>
<Message><MessageID>1</MessageID><ProcessingReport><StatusCode>Complete</StatusCode><ProcessingSummary>
<MessagesProcessed>{processed}</MessagesProcessed></ProcessingSummary>{results}</ProcessingReport></Message>
</AmazonEnvelope>"""
RESULT = (
    "<Result><MessageID>{}</MessageID><ResultCode>{}</ResultCode><ResultMessageCode>{}</ResultMessageCode>"
    "<ResultDescription>{}</ResultDescription></Result>"
)


def report(processed, *results):
    return REPORT.format(processed=processed, results="".join(RESULT.format(*each) for each in results)).encode()


def test_errors_are_kept_by_message_and_warnings_are_none():
    found = read_processing_report(
        report(3, (2, "Error", 18028, "Too late."), (2, "Error", 18028, "Too late."), (3, "Warning", 1, "Hm."))
    )
    assert found == FeedResult(processed=3, refused={2: "18028: Too late."})
    assert read_processing_report(report(0, (0, "Error", 25, "Invalid."))).refused == {0: "25: Invalid."}


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"<a/>", b"<a>", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', b"<a>" * 40, b"\xff\xfe"],
)
def test_what_is_no_report_is_unreadable(content):
    with pytest.raises(Unreadable):
        read_processing_report(content)


def test_a_feed_names_between_one_and_25_marketplaces():
    assert b'"feedType":"X"' in write_feed_request("X", ["A"], "d1")
    for marketplaces in ([], ["A"] * 26):
        with pytest.raises(ValueError, match="Amazon takes 1 to 25"):
            write_feed_request("X", marketplaces, "d1")
