"""Reports: requested, made or not, found, scheduled, read for five minutes, kept for a while, over a restart."""

import gzip
from urllib.parse import urlsplit

import pytest
from tests.simulator.conftest import DE, EU, NA, UK, US, Amazon
from tests.simulator.reporting import (
    DOCUMENTS,
    MADE,
    REPORTS,
    SCHEDULES,
    SETTLEMENT,
    ask,
    download,
    fresh,
    made,
    request_body,
    rows_of,
    state,
)

from amazon_simulator import router
from amazon_simulator.core.http import Request

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
INVENTORY = "GET_FBA_MYI_ALL_INVENTORY_DATA"
RETURNS = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
SINCE = "2026-09-21T00:00:00Z"
HOUR, DAY = 3600, 86_400


def test_a_report_is_queued_then_in_progress_then_done(amazon):
    number = ask(amazon, LISTINGS)
    assert state(amazon, number) == {
        "reportId": number,
        "reportType": LISTINGS,
        "marketplaceIds": [UK],
        "dataStartTime": "2026-09-21T14:13:20+00:00",
        "dataEndTime": "2026-09-21T14:13:20+00:00",
        "createdTime": "2026-09-21T14:13:20+00:00",
        "processingStatus": "IN_QUEUE",
    }
    amazon.advance(25)
    assert state(amazon, number)["processingStatus"] == "IN_PROGRESS"
    amazon.advance(40)
    feed_state = state(amazon, number)
    assert (feed_state["processingStatus"], feed_state["processingEndTime"]) == ("DONE", "2026-09-21T14:14:20+00:00")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (request_body("GET_TEA"), "Report type GET_TEA is invalid"),
        (request_body(SETTLEMENT), "Request for report type 1118 is not allowed at this time"),
        ({"marketplaceIds": [UK]}, "reportType is required"),
        (request_body(LISTINGS, marketplaces=[]), "marketplaceIds: give a list of at least one."),
        (request_body(LISTINGS, options={"a": 1}), "reportOptions: give an object of texts."),
        (request_body(ORDERS, since="yesterday"), "dataStartTime is no date-time"),
        (
            request_body(ORDERS, since="2027-01-01T00:00:00Z"),
            "dataStartTime and dataEndTime must be prior to or equal to the current date and time",
        ),
        (
            request_body(ORDERS, since=SINCE, until="2026-09-20T00:00:00Z"),
            "dataEndTime must not be before dataStartTime",
        ),
    ],
)
def test_what_no_report_can_be_made_of_is_refused_with_a_message(amazon, changed, words):
    status, answer = amazon.call("POST", REPORTS, body=changed)
    assert (status, answer["errors"][0]["message"]) == (400, words)


def test_a_report_wants_its_role_and_a_marketplace_of_the_seller(amazon):
    assert amazon.call("POST", REPORTS, body=request_body(LISTINGS, marketplaces=[US]))[0] == 403
    amazon.control("POST", "application", {"roles": ["Product Listing"]})
    fresh(amazon)
    assert amazon.call("POST", REPORTS, body=request_body(ORDERS))[0] == 403
    assert amazon.call("POST", REPORTS, body=request_body(LISTINGS))[0] == 202


def test_the_end_of_a_report_is_rounded_up_and_the_answer_says_so(amazon):
    report = made(amazon, ORDERS, since="2026-09-21T00:00:01-07:00", until="2026-09-21T12:10:00Z")
    assert (report["dataStartTime"], report["dataEndTime"]) == (
        "2026-09-21T07:00:01+00:00",
        "2026-09-21T13:00:00+00:00",
    )


def test_a_report_without_rows_is_cancelled_without_a_document(amazon):
    report = made(amazon, ORDERS, since=SINCE)
    assert (report["processingStatus"], "reportDocumentId" in report) == ("CANCELLED", False)


def test_reports_that_come_too_often_are_cancelled(amazon):
    first = made(amazon, INVENTORY)
    amazon.advance(20 * 60)
    fresh(amazon)
    second, elsewhere = made(amazon, INVENTORY), made(amazon, INVENTORY, marketplaces=[DE])
    amazon.advance(20 * 60)
    fresh(amazon)
    third = made(amazon, INVENTORY)
    assert [one["processingStatus"] for one in (first, second, elsewhere, third)] == [
        "DONE",
        "CANCELLED",
        "DONE",
        "DONE",
    ]


def test_order_reports_are_exempt_and_two_of_the_ledger_are_fatal(amazon):
    amazon.order()
    detail = "GET_LEDGER_DETAIL_VIEW_DATA"
    statuses = [made(amazon, kind, since=SINCE)["processingStatus"] for kind in (ORDERS, ORDERS, detail, detail)]
    assert statuses == ["DONE", "DONE", "DONE", "FATAL"]


@pytest.mark.parametrize(("kind", "ends"), [("report_fatal", "FATAL"), ("report_cancelled", "CANCELLED")])
def test_a_fault_ends_a_report_without_a_document(amazon, kind, ends):
    amazon.control("POST", "faults", {"kind": kind})
    report = made(amazon, LISTINGS)
    assert (report["processingStatus"], "reportDocumentId" in report) == (ends, False)
    assert made(amazon, LISTINGS)["processingStatus"] == "DONE"


def test_an_order_report_of_more_than_thirty_days_is_done_and_its_document_is_a_sentence(amazon):
    amazon.order()
    report = made(amazon, ORDERS, since="2026-08-01T00:00:00Z")
    assert report["processingStatus"] == "DONE"
    _, answer = download(amazon, report["reportDocumentId"])
    assert gzip.decompress(answer.body) == b"Date range exceeded. Report can be requested only upto 30 days"


def test_an_odd_document_and_missing_rows_are_faults(amazon):
    for _ in range(4):
        amazon.order()
    amazon.control("POST", "faults", {"kind": "report_odd"})
    odd = made(amazon, ORDERS, since=SINCE)
    assert gzip.decompress(download(amazon, odd["reportDocumentId"])[1].body).startswith(b"The report is not")
    amazon.control("POST", "faults", {"kind": "report_rows_missing"})
    assert len(rows_of(amazon, made(amazon, ORDERS, since=SINCE))) == 2


def test_returns_of_more_than_sixty_days_are_fatal(amazon):
    assert made(amazon, RETURNS, since="2026-07-01T00:00:00Z")["processingStatus"] == "FATAL"


def test_only_a_queued_report_can_be_cancelled(amazon):
    number = ask(amazon, LISTINGS)
    assert amazon.call("DELETE", f"{REPORTS}/{number}") == (200, None)
    assert amazon.call("DELETE", f"{REPORTS}/{number}")[0] == 400
    status, body = amazon.call("DELETE", f"{REPORTS}/nothing")
    words = "One or more of the provided ReportRequestIds could not be found."
    assert (status, body["errors"][0]["code"], body["errors"][0]["message"]) == (404, "NotFound", words)
    assert amazon.call("GET", f"{REPORTS}/nothing") == (404, body)
    assert amazon.call("DELETE", f"{REPORTS}/{number}", seller=NA)[0] == 404
    amazon.advance(MADE)
    assert state(amazon, number)["processingStatus"] == "CANCELLED"


def test_reports_are_found_by_their_filters_newest_first_over_pages(amazon):
    numbers = [ask(amazon, LISTINGS) for _ in range(3)]
    amazon.advance(MADE)
    late = ask(amazon, INVENTORY, marketplaces=[DE])
    query = {"reportTypes": f"{LISTINGS},{INVENTORY}", "pageSize": 3}
    page = amazon.call("GET", REPORTS, query=query)[1]
    rest = amazon.call("GET", REPORTS, query={"nextToken": page["nextToken"]})[1]
    ids = [one["reportId"] for one in (*page["reports"], *rest["reports"])]
    assert (ids, "nextToken" in rest) == ([late, *reversed(numbers)], False)
    assert amazon.call("GET", REPORTS, query={"nextToken": page["nextToken"], "pageSize": 3})[0] == 400
    found = amazon.call("GET", REPORTS, query={**query, "processingStatuses": "DONE", "marketplaceIds": UK})[1]
    assert len(found["reports"]) == 3
    assert amazon.call("GET", REPORTS, query={"pageSize": 3})[0] == 400


# --- documents


def test_a_document_is_packed_and_its_charset_stands_only_in_its_header(amazon):
    document, answer = download(amazon, made(amazon, LISTINGS)["reportDocumentId"])
    assert (set(document), document["compressionAlgorithm"]) == (
        {"reportDocumentId", "url", "compressionAlgorithm"},
        "GZIP",
    )
    assert (answer.headers["content-type"], answer.headers["content-encoding"]) == (
        "text/plain; charset=Cp1252",
        "identity",
    )
    assert gzip.decompress(answer.body).startswith(b"item-name\titem-description\t")


def test_clients_that_accept_it_get_the_encoding(amazon):
    document = made(amazon, LISTINGS)["reportDocumentId"]
    _, answer = download(amazon, document, query={"enableContentEncodingUrlHeader": "true"})
    assert (answer.headers["content-encoding"], answer.body[:2]) == ("gzip", b"\x1f\x8b")


def test_an_address_is_old_after_five_minutes_and_a_new_one_is_given(amazon):
    document = made(amazon, LISTINGS)["reportDocumentId"]
    location, _ = download(amazon, document)
    amazon.advance(301)
    parts = urlsplit(location["url"])
    late = router.answer(amazon.simulator, Request("GET", parts.path, parts.query))
    assert (late.status, late.headers["content-type"]) == (403, "application/xml")
    assert b"<Message>Request has expired</Message><X-Amz-Expires>300</X-Amz-Expires>" in late.body
    assert download(amazon, document)[1].status == 200


def test_a_document_is_its_sellers_alone(amazon):
    document = made(amazon, LISTINGS)["reportDocumentId"]
    assert amazon.call("GET", f"{DOCUMENTS}/{document}", seller=NA)[0] == 404
    assert amazon.call("GET", f"{DOCUMENTS}/nothing")[0] == 404


# --- schedules


def schedule(amazon, kind=LISTINGS, period="P1D", **more):
    return amazon.call("POST", SCHEDULES, body={**request_body(kind), "period": period, **more})


def test_a_schedule_makes_reports_in_trade_time(amazon):
    status, body = schedule(amazon, ORDERS)
    number = body["reportScheduleId"]
    assert status == 201
    amazon.order()
    amazon.advance(2 * DAY + MADE)
    fresh(amazon)
    found = amazon.call("GET", REPORTS, query={"reportTypes": ORDERS})[1]["reports"]
    assert [(one["reportScheduleId"], one["dataStartTime"], one["processingStatus"]) for one in found] == [
        (number, "2026-09-22T14:13:20+00:00", "CANCELLED"),
        (number, "2026-09-21T14:13:20+00:00", "DONE"),
    ]
    assert amazon.call("GET", f"{SCHEDULES}/{number}")[1] == {
        "reportScheduleId": number,
        "reportType": ORDERS,
        "marketplaceIds": [UK],
        "period": "P1D",
        "nextReportCreationTime": "2026-09-24T14:13:20+00:00",
    }


def test_a_schedule_of_the_same_type_and_marketplaces_is_replaced(amazon):
    first = schedule(amazon)[1]["reportScheduleId"]
    other = schedule(amazon, INVENTORY)[1]["reportScheduleId"]
    second = schedule(amazon, period="P7D", nextReportCreationTime="2026-09-22T00:00:00Z")[1]["reportScheduleId"]
    body = amazon.call("GET", SCHEDULES, query={"reportTypes": f"{LISTINGS},{INVENTORY}"})[1]["reportSchedules"]
    assert [one["reportScheduleId"] for one in body] == [other, second]
    assert body[1]["nextReportCreationTime"] == "2026-09-22T00:00:00+00:00"
    assert amazon.call("GET", f"{SCHEDULES}/{first}")[0] == 404
    assert amazon.call("GET", f"{SCHEDULES}/{second}", seller=NA)[0] == 404


def test_a_cancelled_schedule_makes_no_more(amazon):
    number = schedule(amazon, period="PT1H")[1]["reportScheduleId"]
    amazon.advance(HOUR + 100)
    fresh(amazon)
    assert amazon.call("DELETE", f"{SCHEDULES}/{number}") == (200, None)
    assert amazon.call("DELETE", f"{SCHEDULES}/{number}")[0] == 404
    amazon.advance(5 * HOUR)
    fresh(amazon)
    assert len(amazon.call("GET", REPORTS, query={"reportTypes": LISTINGS})[1]["reports"]) == 1


def test_a_monthly_schedule_goes_from_month_to_month(amazon):
    schedule(amazon, period="P1M", nextReportCreationTime="2026-10-31T00:00:00Z")
    amazon.advance(150 * DAY)
    fresh(amazon)
    found = amazon.call("GET", REPORTS, query={"reportTypes": LISTINGS, "createdSince": SINCE})[1]["reports"]
    assert [one["createdTime"][:10] for one in found] == ["2027-01-30", "2026-12-30", "2026-11-30"]


@pytest.mark.parametrize(
    "changed", [{"period": "P5D"}, {"period": None}, {"reportType": "GET_TEA"}, {"nextReportCreationTime": "soon"}, []]
)
def test_a_schedule_that_cannot_be_read_is_400(amazon, changed):
    body = {**request_body(LISTINGS), "period": "P1D", **changed} if isinstance(changed, dict) else changed
    assert amazon.call("POST", SCHEDULES, body=body)[0] == 400
    assert amazon.call("GET", SCHEDULES)[0] == 400


# --- keeping


def test_reports_and_schedules_go_on_after_a_restart(tmp_path):
    amazon = Amazon(home=tmp_path)
    amazon.order()
    done = made(amazon, LISTINGS)
    number = schedule(amazon, period="PT1H")[1]["reportScheduleId"]
    waits = ask(amazon, LISTINGS)
    amazon.advance(25)
    amazon.simulator.close()
    again = Amazon(home=tmp_path)
    assert state(again, waits)["processingStatus"] == "IN_PROGRESS"
    assert len(rows_of(again, state(again, done["reportId"]))) > 60
    again.advance(HOUR + 3 * MADE)
    fresh(again)
    found = again.call("GET", REPORTS, query={"reportTypes": LISTINGS})[1]["reports"]
    assert [(one.get("reportScheduleId"), one["processingStatus"]) for one in found] == [
        (number, "DONE"),
        (None, "DONE"),
        (None, "DONE"),
    ]
    again.simulator.close()


@pytest.mark.parametrize(("kind", "days"), [(ORDERS, 30), (LISTINGS, 90)])
def test_reports_are_kept_for_ninety_days_and_those_of_orders_for_thirty(tmp_path, kind, days):
    amazon = Amazon(home=tmp_path)
    amazon.order()
    report = made(amazon, kind, since=SINCE)
    amazon.advance((days - 1) * DAY)
    fresh(amazon)
    assert download(amazon, report["reportDocumentId"])[1].status == 200
    amazon.advance(DAY)
    fresh(amazon)
    assert amazon.call("GET", f"{REPORTS}/{report['reportId']}")[0] == 404
    assert amazon.call("GET", f"{DOCUMENTS}/{report['reportDocumentId']}")[0] == 404
    amazon.simulator.close()
    again = Amazon(home=tmp_path)
    assert (again.simulator.reports.of_seller.get(EU), again.simulator.documents.held) == ({}, {})
    assert int(ask(again, LISTINGS)) == int(report["reportId"]) + 1
    again.simulator.close()
