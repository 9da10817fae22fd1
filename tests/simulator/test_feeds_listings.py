"""JSON_LISTINGS_FEED: what its messages do, and what its report says of them."""

import json

import pytest
from tests.contract.judge import faults
from tests.contract.reading import document
from tests.simulator.conftest import DE, EU, NA, UK
from tests.simulator.feeding import LISTINGS, feed, fresh, listings, quantity, worked

FR = "A13V1IB3VIYZZH"
REPORT = "listings-feed-processing-report-schema-v2.json"


def counts(report):
    names = ("errors", "warnings", "messagesProcessed", "messagesAccepted", "messagesInvalid")
    return tuple(report["summary"][name] for name in names)


def issues(report):
    return [(one.get("messageId"), one.get("sku"), one["code"], one["severity"]) for one in report["issues"]]


def test_quantities_take_effect_and_keep_or_drop_the_lead_time(amazon):
    lead = amazon.listing("HH-0010").lead_time
    report = worked(
        amazon,
        LISTINGS,
        listings(quantity(1, "HH-0010", 5), quantity(2, "HH-0011", 6, op="replace"), quantity(9, "HH/0002", 7)),
    )
    assert (counts(report), report["issues"]) == ((0, 0, 3, 3, 0), [])
    assert report["header"] == {"sellerId": EU, "version": "2.0", "feedId": report["header"]["feedId"]}
    kept = [(amazon.listing(sku).quantity, amazon.listing(sku).lead_time) for sku in ("HH-0010", "HH-0011")]
    assert kept == [(5, lead), (6, None)]
    assert amazon.listing("HH/0002").quantity == 7


def test_a_partial_update_is_a_patch_that_replaces(amazon):
    attributes = {"fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}]}
    message = {"messageId": 1, "sku": "HH-0010", "operationType": "PARTIAL_UPDATE", "productType": "HOME"}
    report = worked(amazon, LISTINGS, listings({**message, "attributes": attributes}))
    assert (counts(report), amazon.listing("HH-0010").quantity) == ((0, 0, 1, 1, 0), 3)
    assert amazon.listing("HH-0010").lead_time is None


def test_an_update_puts_a_listing_and_a_delete_takes_it_away(amazon):
    attributes = {
        "item_name": [{"value": "Harbour Pan", "language_tag": "en_GB", "marketplace_id": UK}],
        "condition_type": [{"value": "new_new", "marketplace_id": UK}],
        "purchasable_offer": [
            {"currency": "GBP", "our_price": [{"schedule": [{"value_with_tax": 9.5}]}], "marketplace_id": UK}
        ],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 4}],
    }
    put = {"messageId": 1, "sku": "NEW-1", "operationType": "UPDATE", "productType": "HOME", "attributes": attributes}
    gone = {"messageId": 2, "sku": "HH-0012", "operationType": "DELETE"}
    report = worked(amazon, LISTINGS, listings(put, gone))
    assert (counts(report), report["issues"]) == ((0, 0, 2, 2, 0), [])
    assert (amazon.listing("NEW-1").title, amazon.listing("NEW-1").quantity) == ("Harbour Pan", 4)
    assert amazon.call("GET", f"/listings/2021-08-01/items/{EU}/HH-0012", query={"marketplaceIds": UK})[0] == 404


def test_what_is_wrong_with_a_message_is_reported_with_its_number_and_stops_no_other(amazon):
    messages = [
        quantity(1, "HH-0010", -1),
        quantity(2, "NOBODY", -5),
        quantity(1, "HH-0011", 5),
        quantity(0, "HH-0011", 5),
        {**quantity(3, "HH-0011", 5), "operationType": "PAINT"},
        {**quantity(4, "HH-0011", 5), "attributes": {"a": []}},
        {"messageId": 5, "sku": "HH-0011", "operationType": "UPDATE", "productType": "HOME"},
        {"messageId": 6, "operationType": "DELETE"},
        "seven",
        {**quantity(8, "HH-0011", 5), "patches": [{"op": "merge", "path": "/attributes/fulfillment_availability"}]},
        quantity(2147483648, "HH-0011", 5),
        quantity(10, "HH-0012", 5),
    ]
    report = worked(amazon, LISTINGS, listings(*messages))
    assert counts(report) == (11, 0, 12, 1, 11)
    assert [(number, sku) for number, sku, _, _ in issues(report)] == [
        (1, "HH-0010"), (2, "NOBODY"), (1, "HH-0011"), (None, "HH-0011"), (3, "HH-0011"), (4, "HH-0011"),
        (5, "HH-0011"), (6, None), (None, None), (8, "HH-0011"), (None, "HH-0011"),
    ]  # fmt: skip
    assert amazon.listing("HH-0012").quantity == 5


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "4002001"),
        (b"\xff\xfe", "4002001"),
        (b"[]", "4002001"),
        (b"[" * 100_000, "4002001"),
        (b"{}", "4002005"),
        (listings(), "4002005"),
        (json.dumps({"header": {"sellerId": EU}, "messages": [{}]}).encode(), "4002005"),
        (listings(quantity(1, "HH-0010", 1), seller=NA), "4002006"),
        (listings(quantity(1, "HH-0010", 1), version="1.0"), "4002006"),
        (listings(quantity(1, "HH-0010", 1), report={"includedData": ["all"], "apiVersion": "2021-08-01"}), "4002006"),
        (listings(*[quantity(1, "HH-0010", 1)] * 25_001), "4002003"),
        (b" " * (10 * 1024 * 1024 + 1), "4002004"),
    ],
)
def test_a_feed_that_is_wrong_as_a_whole_has_one_issue_without_a_number(amazon, content, code):
    before = amazon.listing("HH-0010").quantity
    report = worked(amazon, LISTINGS, content)
    assert (counts(report), issues(report)) == ((1, 0, 0, 0, 0), [(None, None, code, "ERROR")])
    assert amazon.listing("HH-0010").quantity == before


def test_in_france_the_messages_come_in_french_and_mangled_whatever_was_requested(amazon):
    report = worked(amazon, LISTINGS, listings(quantity(1, "HH-0010", 1), version="1.0"), marketplaces=[FR])
    assert report["issues"][0]["message"] == "L???attribut 'version' ne correspond pas ?? la valeur requise."


def test_the_same_once_more_is_a_warning_while_nothing_has_changed(amazon):
    content = listings(quantity(1, "HH-0010", 5), quantity(2, "HH-0011", 6))
    worked(amazon, LISTINGS, content)
    amazon.order(sku="HH-0011")
    report = worked(amazon, LISTINGS, content)
    assert (counts(report), issues(report)) == ((0, 1, 2, 2, 0), [(1, "HH-0010", "5000", "WARNING")])
    assert amazon.listing("HH-0011").quantity == 6


def test_a_message_for_a_sku_that_nobody_has_is_accepted_and_nothing_comes_of_it(amazon):
    report = worked(amazon, LISTINGS, listings(quantity(1, "NOBODY", 5)))
    assert (counts(report), issues(report)) == ((0, 0, 1, 1, 0), [])
    assert (EU, "NOBODY") not in amazon.simulator.world.listings


def test_a_partly_refused_feed_has_two_errors_for_every_second_message(amazon):
    amazon.control("POST", "faults", {"kind": "feed_partly_refused"})
    before = amazon.listing("HH-0011").quantity
    messages = [quantity(number, f"HH-{number + 9:04d}", 5) for number in (1, 2, 3, 4)]
    report = worked(amazon, LISTINGS, listings(*messages))
    assert (counts(report), [number for number, *_ in issues(report)]) == ((4, 0, 4, 2, 2), [2, 2, 4, 4])
    assert (amazon.listing("HH-0010").quantity, amazon.listing("HH-0011").quantity) == (5, before)


def test_a_quantity_sent_to_an_fba_sku_turns_it_into_the_sellers(amazon):
    worked(amazon, LISTINGS, listings(quantity(1, "FBA-0001", 5)))
    assert (amazon.listing("FBA-0001").channel, amazon.listing("FBA-0001").quantity) == ("DEFAULT", 5)


def test_accepted_listings_are_in_the_report_when_they_are_requested(amazon):
    wanted = {"includedData": ["summaries", "fulfillmentAvailability"], "apiVersion": "2021-08-01"}
    report = worked(amazon, LISTINGS, listings(quantity(1, "HH-0010", 5), quantity(2, "NOBODY", 5), report=wanted))
    assert report["header"]["report"] == wanted
    assert report["summary"]["itemSummary"] == {"items": 1, "errors": 0, "warnings": 0}
    assert [(item["sku"], set(item)) for item in report["items"]] == [
        ("HH-0010", {"sku", "summaries", "fulfillmentAvailability"})
    ]


def test_a_full_feed_is_worked_through_and_its_report_is_packed(amazon):
    messages = [quantity(number, "HH-0010", -1) for number in range(1, 25_001)]
    report = worked(amazon, LISTINGS, listings(*messages), marketplaces=[DE])
    assert counts(report) == (25_000, 0, 25_000, 0, 25_000)


def test_the_longer_a_feed_the_longer_it_takes(amazon):
    number = feed(amazon, LISTINGS, listings(*[quantity(one, "HH-0010", 1) for one in range(1, 25_001)]))
    amazon.advance(120)
    fresh(amazon)
    assert amazon.call("GET", f"/feeds/2021-06-30/feeds/{number}")[1]["processingStatus"] == "IN_PROGRESS"


def test_every_report_is_as_its_schema_says(amazon):
    schema = document(REPORT)
    wanted = {"includedData": ["summaries", "issues"], "apiVersion": "2021-08-01"}
    for content in (
        listings(quantity(1, "HH-0010", 5), quantity(2, "NOBODY", 5), quantity(3, "HH-0011", -5), report=wanted),
        listings(quantity(1, "HH-0010", 5)),
        b"nothing",
    ):
        assert list(faults(worked(amazon, LISTINGS, content), schema, {})) == []
