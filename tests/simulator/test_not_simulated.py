"""What is not simulated gets the response for a missing permission, marked, counted, shown and logged."""

import json
import logging

import pytest
from tests.html import in_one_line
from tests.simulator import grantless
from tests.simulator.conftest import EU, UK, Amazon

from amazon_simulator import router
from amazon_simulator.core.http import Request

HEADER = "x-simulator"


def send(amazon, method, path, body=None, **query):
    headers = {"x-amz-access-token": amazon.token()}
    return amazon.send(method, path, query=query, body=body, headers=headers)


def not_simulated(amazon):
    return {row["what"]: row["count"] for row in amazon.control("GET", "books")[1]["notSimulated"]}


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", "/finances/v0/orders/026-1520163-6049104/financialEvents",
         "GET /finances/v0/orders/*/financialEvents"),
        ("POST", "/messaging/v1/orders/026-1520163-6049104/messages/legalDisclosure",
         "POST /messaging/v1/orders/*/messages/legalDisclosure"),
        ("POST", "/solicitations/v1/orders/026-1520163-6049104/solicitations/productReviewAndSellerFeedback",
         "POST /solicitations/v1/orders/*/solicitations/productReviewAndSellerFeedback"),
        ("GET", "/finances/v0/financialEvents", "GET /finances/v0/financialEvents"),
        ("GET", "/fba/outbound/2020-07-01/returnReasonCodes", "GET /fba/outbound/2020-07-01/returnReasonCodes"),
    ],
)  # fmt: skip
def test_an_operation_that_is_missing_is_denied_with_a_mark(amazon, method, path, what):
    for prefix in ("", "/eu"):
        answer = send(amazon, method, prefix + path)
        assert (answer.status, json.loads(answer.body)["errors"][0]["code"]) == (403, "Unauthorized")
        assert answer.headers[HEADER] == "not simulated"
    assert not_simulated(amazon) == {what: 2}


def test_what_is_nowhere_at_amazon_has_no_mark(amazon):
    for path in (f"/listings/2021-08-01/items/{EU}/HH/0002/x", "/orders/v0/nothing"):
        answer = send(amazon, "GET", path)
        assert (answer.status, HEADER in answer.headers) == (403, False)
    assert send(amazon, "GET", "/sellers/v1/marketplaceParticipations").headers.get(HEADER) is None
    assert not_simulated(amazon) == {}


def test_types_that_are_missing_are_marked(amazon):
    report = {"reportType": "GET_FBA_REIMBURSEMENTS_DATA", "marketplaceIds": [UK]}
    feed = {"feedType": "POST_FLAT_FILE_FULFILLMENT_DATA", "marketplaceIds": [UK], "inputFeedDocumentId": "x"}
    answers = [
        send(amazon, "POST", "/reports/2021-06-30/reports", report),
        send(amazon, "POST", "/feeds/2021-06-30/feeds", feed),
        send(amazon, "POST", "/notifications/v1/subscriptions/ANY_OFFER_CHANGED", {"payloadVersion": "1.0"}),
    ]
    assert [(answer.status, answer.headers.get(HEADER)) for answer in answers] == [(400, "not simulated")] * 3
    assert not_simulated(amazon) == {
        "report type GET_FBA_REIMBURSEMENTS_DATA": 1,
        "feed type POST_FLAT_FILE_FULFILLMENT_DATA": 1,
        "notification type ANY_OFFER_CHANGED": 1,
    }


def test_a_wrong_name_is_only_wrong(amazon):
    answer = send(amazon, "POST", "/reports/2021-06-30/reports", {"reportType": "money", "marketplaceIds": [UK]})
    assert (answer.status, HEADER in answer.headers) == (400, False)


def test_it_is_shown_on_the_control_page_and_logged_once(amazon, caplog):
    with caplog.at_level(logging.WARNING, logger="amazon_simulator"):
        for _ in range(3):
            send(amazon, "GET", "/finances/v0/financialEvents")
    assert [record.getMessage() for record in caplog.records] == ["not simulated: GET /finances/v0/financialEvents"]
    shown = in_one_line(amazon.send("GET", "/").body.decode())
    assert "GET /finances/v0/financialEvents" in shown
    assert "<span>Called, not simulated</span><strong>3</strong>" in shown


def test_it_is_counted_over_a_kill(tmp_path):
    before = Amazon(tmp_path)
    send(before, "GET", "/finances/v0/financialEvents")
    before.simulator.close()
    after = Amazon(tmp_path)
    send(after, "GET", "/finances/v0/financialEvents")
    assert not_simulated(after) == {"GET /finances/v0/financialEvents": 2}
    after.simulator.close()


def test_any_path_can_be_marked(amazon):
    headers = {"x-amz-access-token": amazon.token()}
    answer = router.answer(amazon.simulator, Request("GET", "/c%0D%0Aatalog/%F0%9F%90%9F/x", "", headers, b""))
    assert (answer.status, answer.headers[HEADER]) == (403, "not simulated")
    assert all(value.isascii() and "\n" not in value for value in answer.headers.values())


def test_a_grantless_caller_is_counted_without_a_seller(amazon):
    assert grantless.call(amazon, "GET", "/finances/v0/financialEvents")[0] == 403
    (row,) = amazon.control("GET", "books")[1]["notSimulated"]
    assert row["sellerId"] == ""
