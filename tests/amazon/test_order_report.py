"""Reports as Amazon sends them: packed, in old charsets, with odd cells, or not a report at all."""

import contextlib
import gzip
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.amazon.fake import NOW, Amazon

from wharfinger.amazon.errors import InvalidRequest, NotAnsweredAsPromised
from wharfinger.amazon.messages.order_report import OrderReportRow, read_order_report
from wharfinger.amazon.messages.reports import (
    ALL_ORDERS_BY_DATE,
    Processing,
    ReportDocument,
    ReportRequest,
    decoded,
    decompressed,
)
from wharfinger.amazon.messages.wire import Unreadable

HEADINGS = (
    "amazon-order-id", "purchase-date", "last-updated-date", "order-status", "sales-channel", "sku", "quantity",
    "currency", "item-price", "shipping-price", "item-promotion-discount",
)  # fmt: skip
ROW = {
    "amazon-order-id": "026-1", "purchase-date": "2026-11-24T10:00:00+00:00",
    "last-updated-date": "2026-11-24T12:30:00+01:00", "order-status": "Shipped", "sales-channel": "Amazon.co.uk",
    "sku": "MUG", "quantity": "2", "currency": "GBP", "item-price": "19.98", "shipping-price": "2.50",
    "item-promotion-discount": "1.00",
}  # fmt: skip


def file_of(*rows, headings=HEADINGS):
    lines = ["\t".join(headings), *("\t".join(row.get(name, "") for name in headings) for row in rows)]
    return "\r\n".join(lines) + "\r\n"


def test_a_row_is_read_by_the_names_of_its_columns_whatever_their_order():
    expected = OrderReportRow(
        order_id="026-1",
        sku="MUG",
        purchased_at=datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
        updated_at=datetime(2026, 11, 24, 11, 30, tzinfo=UTC),
        status="Shipped",
        sales_channel="Amazon.co.uk",
        fulfilment_channel="",
        quantity=2,
        currency="GBP",
        amount=Decimal("21.48"),
    )
    assert read_order_report(file_of(ROW)).rows == (expected,)
    turned = file_of(ROW, headings=("cpf", *reversed(HEADINGS)))
    assert read_order_report(turned).rows == (expected,)


def test_a_pending_row_has_neither_quantity_nor_price():
    (row,) = read_order_report(file_of({**ROW, "quantity": "", "item-price": "", "order-status": "Pending"})).rows
    assert (row.quantity, row.amount) == (None, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Date range exceeded. Report can be requested only upto 30 days", "it says: Date range exceeded"),
        ("", "it is empty"),
        ("amazon-order-id\tsku\r\n026-1\tMUG\r\n", "no column purchase-date"),
    ],
)
def test_a_document_that_is_no_order_report_is_not_no_orders(text, says):
    with pytest.raises(Unreadable, match=says):
        read_order_report(text)


def test_headings_alone_are_a_report_without_rows():
    assert read_order_report(file_of()).rows == ()


def test_one_bad_row_is_named_and_the_others_are_read():
    bad = {**ROW, "quantity": "many"}
    file = read_order_report(file_of(ROW, bad, {**ROW, "purchase-date": "yesterday"}, {"sku": "MUG"}))
    assert len(file.rows) == 1
    assert file.unreadable == (
        "line 3: quantity is not a number",
        "line 4: purchase-date is not a time",
        "line 5: amazon-order-id is empty",
    )


@pytest.mark.parametrize("odd", ["1e999", "NaN", "-1", "1.5", "99999999999"])
def test_an_odd_quantity_is_a_bad_row(odd):
    assert read_order_report(file_of({**ROW, "quantity": odd})).unreadable


def test_a_title_with_quotes_or_separators_of_lines_breaks_no_row():
    headings = (*HEADINGS, "product-name")
    odd = {**ROW, "product-name": '15" mug\u2028of "tin"\x85'}
    assert len(read_order_report(file_of(odd, odd, headings=headings)).rows) == 2


@pytest.mark.parametrize(
    ("content_type", "codec"),
    [
        ("text/plain; charset=Cp1252", "cp1252"),
        ("text/plain;charset=windows-31j", "cp932"),
        ("text/plain; charset=UTF-8", "utf-8"),
        ("text/plain", "utf-8"),
        ("", "utf-8"),
        ("text/plain; charset=nonsense", "utf-8"),
    ],
)
def test_the_charset_is_the_downloads_own(content_type, codec):
    word = "カップ" if codec == "cp932" else "Größe"
    assert decoded(word.encode(codec), content_type) == word


def test_a_document_without_a_charset_that_fits_is_read_as_it_can_be_read_best():
    assert "ASIN" in decoded("ASIN Größe für Händler, Müller".encode("cp1252"), "text/plain; charset=UTF-8")


def test_a_mark_at_the_beginning_and_nuls_go():
    assert decoded(b"\xef\xbb\xbfsku\t\x00\x00", "text/plain; charset=Cp1252") == "sku\t"


def test_what_is_packed_is_unpacked_by_its_first_bytes():
    assert decompressed(gzip.compress(b"orders")) == b"orders"
    assert decompressed(b"orders") == b"orders"


@pytest.mark.parametrize(
    "broken",
    [gzip.compress(b"orders" * 99)[:-9], b"\x1f\x8bnonsense", gzip.compress(b"0" * 999)],
    ids=["cut off", "nonsense", "too large"],
)
def test_what_is_broken_or_too_large_is_unreadable(broken):
    with pytest.raises(Unreadable):
        decompressed(broken, largest=600)


@given(st.binary(max_size=300), st.text(max_size=30))
def test_whatever_comes_is_read_or_refused(body, content_type):
    with contextlib.suppress(Unreadable):
        read_order_report(decoded(decompressed(body), content_type))


# --- the calls


def test_a_report_is_requested_for_the_marketplaces_from_a_moment_on():
    amazon = Amazon(202, {"reportId": "50000"})
    request = ReportRequest(report_type=ALL_ORDERS_BY_DATE, marketplace_ids=("UK",), since=NOW - timedelta(days=3))
    assert amazon.client.create_report(request, now=NOW).value == "50000"
    assert amazon.target == "/reports/2021-06-30/reports"
    assert json.loads(amazon.request.content) == {
        "reportType": ALL_ORDERS_BY_DATE,
        "marketplaceIds": ["UK"],
        "dataStartTime": "2026-11-21T12:00:00.000Z",
    }


def test_more_marketplaces_than_amazon_takes_are_not_sent():
    request = ReportRequest(report_type="X", marketplace_ids=("UK",) * 26, since=NOW)
    with pytest.raises(InvalidRequest, match="26 marketplaces"):
        Amazon().client.create_report(request, now=NOW)


def test_a_report_says_how_far_it_is_and_what_it_covers():
    body = {
        "reportId": "5", "reportType": ALL_ORDERS_BY_DATE, "processingStatus": "DONE", "createdTime": NOW.isoformat(),
        "dataStartTime": "2026-11-21T12:00:01+01:00", "reportDocumentId": "amzn1.spdoc.1",
    }  # fmt: skip
    report = Amazon(200, body).client.get_report("5", ALL_ORDERS_BY_DATE, now=NOW).value
    assert (report.status, report.report_document_id) == (Processing.DONE, "amzn1.spdoc.1")
    assert report.data_start_time == datetime(2026, 11, 21, 11, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        {"reportId": "6", "reportType": ALL_ORDERS_BY_DATE, "processingStatus": "DONE"},
        {"reportId": "5", "reportType": "GET_OTHER", "processingStatus": "DONE"},
    ],
)
def test_another_report_is_no_answer(body):
    with pytest.raises(NotAnsweredAsPromised, match="requested was"):
        Amazon(200, body).client.get_report("5", ALL_ORDERS_BY_DATE, now=NOW)


def test_a_status_that_nobody_knows_is_not_an_end():
    body = {"reportId": "5", "reportType": ALL_ORDERS_BY_DATE, "processingStatus": "PAUSED"}
    assert Amazon(200, body).client.get_report("5", ALL_ORDERS_BY_DATE, now=NOW).value.status is Processing.IN_PROGRESS


def document(url):
    return ReportDocument(report_document_id="d", url=url)


def test_a_document_is_downloaded_without_our_token():
    amazon = Amazon(200, b"orders", {"content-type": "text/plain; charset=Cp1252"})
    download = amazon.client.download_report(document("https://tortuga.s3.amazonaws.com/d?X-Amz-Signature=1"))
    assert (download.body, download.content_type) == (b"orders", "text/plain; charset=Cp1252")
    assert "x-amz-access-token" not in amazon.request.headers
    assert "amzn" not in repr(document("https://amzn.test/secret"))


def test_an_address_that_has_expired_is_no_lost_access():
    expired = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    with pytest.raises(NotAnsweredAsPromised, match="five minutes"):
        Amazon(403, expired).client.download_report(document("https://s3.amazonaws.com/d"))


@pytest.mark.parametrize("url", ["http://s3.amazonaws.com/d", "file:///etc/passwd", "http://169.254.169.254/x", ""])
def test_an_address_that_is_not_https_is_never_requested(url):
    amazon = Amazon(200, b"orders")
    with pytest.raises(NotAnsweredAsPromised):
        amazon.client.download_report(document(url))
    assert amazon.requests == []
