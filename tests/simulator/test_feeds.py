"""Feeds: taken, queued, worked through one after the other, kept for a while, the same after a restart."""

import pytest
from tests.simulator.conftest import DE, EU, NA, UK, US, Amazon
from tests.simulator.feeding import (
    DOCUMENTS,
    FEEDS,
    JSON,
    LISTINGS,
    WORKED,
    XML,
    at,
    feed,
    fresh,
    listings,
    quantity,
    report,
    state,
    status,
    upload,
)

ONE = listings(quantity(1, "HH-0010", 5))
DAY = 86_400


def take(amazon, **members):
    body = {"feedType": LISTINGS, "marketplaceIds": [UK], **members}
    return amazon.call("POST", FEEDS, body=body)


def test_a_feed_is_queued_then_in_progress_then_done(amazon):
    number = feed(amazon, LISTINGS, ONE)
    assert state(amazon, number) == {
        "feedId": number,
        "feedType": LISTINGS,
        "marketplaceIds": [UK],
        "createdTime": "2026-09-21T14:13:20+00:00",
        "processingStatus": "IN_QUEUE",
    }
    amazon.advance(31)
    assert status(amazon, number) == "IN_PROGRESS"
    amazon.advance(100)
    feed_state = state(amazon, number)
    assert (feed_state["processingStatus"], feed_state["processingStartTime"]) == ("DONE", "2026-09-21T14:13:50+00:00")
    assert feed_state["processingEndTime"] > feed_state["processingStartTime"]


def test_a_document_must_be_put_with_its_own_content_type(amazon):
    body = amazon.call("POST", DOCUMENTS, body={"contentType": JSON})[1]
    assert at(amazon, body["url"], "PUT", b"{}", "application/json").status == 403
    assert at(amazon, body["url"], "PUT", b"{}", JSON).status == 200


@pytest.mark.parametrize("changed", [{}, {"contentType": 5}, {"contentType": ""}, {"contentType": "a\nb"}, []])
def test_a_document_without_a_content_type_is_refused(amazon, changed):
    assert amazon.call("POST", DOCUMENTS, body=changed)[0] == 400


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"feedType": "POST_TEA"}, "feed type POST_TEA is invalid"),
        ({"feedType": None}, "feedType is required"),
        ({"marketplaceIds": [UK, DE]}, "Too many 'marketplaceIds' values provided. Expected a maximum of 1."),
        ({"marketplaceIds": []}, "marketplaceIds: give a list of at least one."),
        ({"inputFeedDocumentId": "nothing"}, "inputFeedDocumentId is missing or invalid"),
        ({"feedOptions": {"a": 1}}, "feedOptions: give an object of texts."),
    ],
)
def test_what_no_feed_can_be_made_of_is_refused_with_a_message(amazon, changed, words):
    answer = take(amazon, **{"inputFeedDocumentId": upload(amazon, ONE), **changed})
    assert (answer[0], answer[1]["errors"][0]["message"]) == (400, words)


def test_another_sellers_document_and_marketplace_are_refused(amazon):
    theirs = upload(amazon, ONE, seller=NA)
    assert take(amazon, inputFeedDocumentId=theirs)[0] == 400
    answer = take(amazon, inputFeedDocumentId=upload(amazon, ONE), marketplaceIds=[US])
    assert (answer[0], answer[1]["errors"][0]["message"]) == (403, "Access to the resource is forbidden")


def test_a_feed_type_wants_its_role(amazon):
    amazon.control("POST", "application", {"roles": ["Inventory and Order Tracking"]})
    fresh(amazon)
    assert take(amazon, inputFeedDocumentId=upload(amazon, ONE))[0] == 403
    assert feed(amazon, "POST_ORDER_FULFILLMENT_DATA", b"<a/>", XML)


def test_what_was_uploaded_cannot_be_read_back_but_the_report_can(amazon):
    document = upload(amazon, ONE)
    number = take(amazon, inputFeedDocumentId=document)[1]["feedId"]
    assert amazon.call("GET", f"{DOCUMENTS}/{document}")[0] == 400
    amazon.advance(WORKED)
    result = state(amazon, number)["resultFeedDocumentId"]
    assert amazon.call("GET", f"{DOCUMENTS}/{result}")[0] == 200
    assert amazon.call("GET", f"{DOCUMENTS}/{result}", seller=NA)[0] == 404
    assert take(amazon, inputFeedDocumentId=result)[0] == 400


def test_five_listings_feeds_within_five_minutes_and_others_beside_them(amazon):
    documents = [upload(amazon, ONE) for _ in range(6)]
    answers = [take(amazon, inputFeedDocumentId=document)[0] for document in documents]
    assert answers == [202] * 5 + [429]
    assert feed(amazon, "POST_ORDER_FULFILLMENT_DATA", b"<a/>", XML)
    amazon.advance(301)
    assert take(amazon, inputFeedDocumentId=documents[5])[0] == 202
    assert amazon.control("GET", "books")[1]["throttled"] == 1


def test_a_second_feed_of_a_type_waits_for_the_first(amazon):
    first, second = (feed(amazon, LISTINGS, ONE) for _ in range(2))
    other = feed(amazon, "POST_ORDER_FULFILLMENT_DATA", b"<a/>", XML)
    amazon.advance(31)
    assert [status(amazon, one) for one in (first, second, other)] == ["IN_PROGRESS", "IN_QUEUE", "IN_PROGRESS"]
    amazon.advance(WORKED)
    states = [state(amazon, one) for one in (first, second)]
    assert [one["processingStatus"] for one in states] == ["DONE", "DONE"]
    assert states[1]["processingStartTime"] == states[0]["processingEndTime"]


def test_only_a_queued_feed_can_be_cancelled_and_nothing_of_it_is_done(amazon):
    before = amazon.listing("HH-0010").quantity
    first, second = (feed(amazon, LISTINGS, ONE) for _ in range(2))
    assert amazon.call("DELETE", f"{FEEDS}/{first}") == (200, None)
    amazon.advance(35)
    assert amazon.call("DELETE", f"{FEEDS}/{first}")[0] == 400
    assert amazon.call("DELETE", f"{FEEDS}/{second}")[0] == 400
    assert (status(amazon, first), amazon.listing("HH-0010").quantity) == ("CANCELLED", before)
    assert amazon.call("DELETE", f"{FEEDS}/nothing")[0] == 404


def test_feeds_are_found_by_their_filters_newest_first(amazon):
    numbers = [feed(amazon, LISTINGS, ONE) for _ in range(3)]
    amazon.advance(WORKED)
    late = feed(amazon, "POST_ORDER_FULFILLMENT_DATA", b"<a/>", XML, marketplaces=[DE])

    def found(**query):
        return [one["feedId"] for one in amazon.call("GET", FEEDS, query=query)[1]["feeds"]]

    both = f"{LISTINGS},POST_ORDER_FULFILLMENT_DATA"
    assert found(feedTypes=both) == [late, *reversed(numbers)]
    assert found(feedTypes=both, processingStatuses="IN_QUEUE") == [late]
    assert found(feedTypes=both, marketplaceIds=DE) == [late]
    assert found(feedTypes=both, createdUntil="2026-09-21T14:14:00Z") == [*reversed(numbers)]
    assert amazon.call("GET", FEEDS, seller=NA, query={"feedTypes": both})[1] == {"feeds": []}


def test_a_pages_token_is_the_only_parameter(amazon):
    numbers = [feed(amazon, LISTINGS, ONE) for _ in range(5)]
    query = {"feedTypes": LISTINGS, "pageSize": 2}
    found = []
    while query:
        page = amazon.call("GET", FEEDS, query=query)[1]
        found += [one["feedId"] for one in page["feeds"]]
        query = {"nextToken": page["nextToken"]} if "nextToken" in page else {}
    assert found == [*reversed(numbers)]
    token = amazon.call("GET", FEEDS, query={"feedTypes": LISTINGS, "pageSize": 2})[1]["nextToken"]
    assert amazon.call("GET", FEEDS, query={"nextToken": token, "pageSize": 2})[0] == 400
    assert amazon.call("GET", FEEDS, query={"nextToken": token}, seller=NA)[0] == 400
    assert amazon.call("GET", FEEDS, query={"nextToken": "mangled"})[0] == 400


@pytest.mark.parametrize(
    "query", [{}, {"pageSize": 0}, {"processingStatuses": "SOME"}, {"createdSince": "x"}, {"feedTypes": "," * 3}]
)
def test_a_search_that_cannot_be_read_is_400(amazon, query):
    fit = {} if query == {} or "feedTypes" in query else {"feedTypes": LISTINGS}
    assert amazon.call("GET", FEEDS, query={**fit, **query})[0] == 400


def test_dead_types_and_empty_documents_end_fatal_without_anything_to_read(amazon):
    numbers = [
        feed(amazon, "POST_INVENTORY_AVAILABILITY_DATA", b"<a/>", XML),
        feed(amazon, LISTINGS, None, options={"body": "here"}),
        feed(amazon, "POST_PAYMENT_ADJUSTMENT_DATA", b"", XML),
    ]
    amazon.advance(WORKED)
    states = [state(amazon, number) for number in numbers]
    assert [(one["processingStatus"], "resultFeedDocumentId" in one) for one in states] == [("FATAL", False)] * 3


@pytest.mark.parametrize(("kind", "ends"), [("feed_fatal", "FATAL"), ("feed_cancelled", "CANCELLED")])
def test_a_feed_that_a_fault_ends_does_nothing(amazon, kind, ends):
    amazon.control("POST", "faults", {"kind": kind, "sellerId": EU})
    before = amazon.listing("HH-0010").quantity
    number = feed(amazon, LISTINGS, ONE)
    amazon.advance(WORKED)
    assert (status(amazon, number), amazon.listing("HH-0010").quantity) == (ends, before)
    after = feed(amazon, LISTINGS, ONE)
    amazon.advance(WORKED)
    assert (status(amazon, after), amazon.listing("HH-0010").quantity) == ("DONE", 5)


def test_a_stuck_feed_stays_in_progress_and_holds_up_the_next(amazon):
    amazon.control("POST", "faults", {"kind": "feed_stuck", "seconds": 1800})
    first, second = (feed(amazon, LISTINGS, ONE) for _ in range(2))
    amazon.advance(WORKED)
    assert [status(amazon, one) for one in (first, second)] == ["IN_PROGRESS", "IN_QUEUE"]
    amazon.advance(2000)
    assert [status(amazon, one) for one in (first, second)] == ["DONE", "DONE"]


def test_a_feed_goes_on_after_a_restart_and_its_report_is_still_there(tmp_path):
    amazon = Amazon(home=tmp_path)
    done = feed(amazon, LISTINGS, ONE)
    amazon.advance(WORKED)
    first, second = (feed(amazon, LISTINGS, listings(quantity(1, "HH-0011", units))) for units in (6, 7))
    amazon.advance(40)
    amazon.simulator.close()
    again = Amazon(home=tmp_path)
    assert [status(again, one) for one in (done, first, second)] == ["DONE", "IN_PROGRESS", "IN_QUEUE"]
    assert b'"messagesAccepted":1' in report(again, done)
    again.advance(3 * WORKED)  # its clock begins anew
    assert [status(again, one) for one in (first, second)] == ["DONE", "DONE"]
    assert again.listing("HH-0011").quantity == 7
    again.simulator.close()


def test_a_world_that_was_saved_has_its_feeds(amazon):
    number = feed(amazon, LISTINGS, ONE)
    amazon.advance(40)
    amazon.simulator.replace_all(list(amazon.simulator.everything()))
    assert status(amazon, number) == "IN_PROGRESS"
    amazon.advance(WORKED)
    assert (status(amazon, number), amazon.listing("HH-0010").quantity) == ("DONE", 5)


def test_documents_go_after_28_days_and_feeds_after_90(tmp_path):
    amazon = Amazon(home=tmp_path)
    number = feed(amazon, LISTINGS, ONE)
    amazon.advance(WORKED)
    result = state(amazon, number)["resultFeedDocumentId"]
    amazon.advance(29 * DAY)
    fresh(amazon)
    assert amazon.call("GET", f"{DOCUMENTS}/{result}")[0] == 404
    assert (status(amazon, number), amazon.simulator.documents.held) == ("DONE", {})
    amazon.advance(62 * DAY)
    fresh(amazon)
    assert amazon.call("GET", f"{FEEDS}/{number}")[0] == 404
    amazon.simulator.close()
    again = Amazon(home=tmp_path)
    assert (again.simulator.feeds.feeds, again.simulator.documents.held) == ({}, {})
    assert int(feed(again, LISTINGS, ONE)) == int(number) + 1
    again.simulator.close()
