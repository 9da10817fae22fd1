"""An answer is of what was requested: every method of the client compares, and a new one cannot forget to."""

import inspect
from datetime import UTC, datetime, timedelta

import pytest
from tests.amazon.fake import NOW, Amazon
from tests.amazon.test_buy_shipping import PURCHASE, bought_answer, package

from wharfinger.amazon.auth import AccessToken
from wharfinger.amazon.client import AmazonClient, SearchOrders
from wharfinger.amazon.errors import NotAnsweredAsPromised
from wharfinger.amazon.messages.orders import order_key
from wharfinger.amazon.messages.shipments import ConfirmShipment, ShippedItem

UK, DE = "A1F83G8C2ARO7P", "A1PA6795UKMFR9"
ORDER, OTHER_ORDER = "026-1-1", "026-2-2"
TYPE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"


def an_order(number=ORDER, marketplace=UK, **more):
    return {"orderId": number, "salesChannel": {"channelName": "AMAZON", "marketplaceId": marketplace}, **more}


def keys(raws):
    return [order_key(raw).order_id for raw in raws]


def an_item(sku="MUG", marketplace=UK):
    return {"sku": sku, "summaries": [{"marketplaceId": marketplace}]}


def a_report(number, kind=TYPE):
    times = {"createdTime": "2026-11-24T03:00:00Z"}
    return {"reportId": number, "reportType": kind, "processingStatus": "DONE", **times}


def levels(*skus, marketplace=UK):
    return {
        "payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": marketplace},
            "inventorySummaries": [{"sellerSku": sku} for sku in skus],
        }
    }


def search(client):
    return client.search_orders(
        SearchOrders(marketplace_ids=(UK,), last_updated_after=NOW - timedelta(hours=1)), now=NOW
    )


CONFIRMATION = ConfirmShipment(
    marketplace_id=UK,
    package_reference_id=1,
    carrier_code="Royal Mail",
    tracking_number="QC1",
    ship_date=datetime(2026, 11, 24, 11, 0, tzinfo=UTC),
    items=(ShippedItem(order_item_id="11", quantity=2),),
)


def a_feed(number):
    return {
        "feedId": number,
        "feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
        "createdTime": "2026-11-24T12:00:00Z",
        "processingStatus": "DONE",
        "resultFeedDocumentId": "d1",
    }


ANSWERED_ELSE = {
    "get_order": [
        (lambda client: client.get_order(ORDER, now=NOW), {"order": an_order(OTHER_ORDER)}, f"order {OTHER_ORDER}"),
        (lambda client: client.get_order(ORDER, now=NOW), {"order": {"orderItems": []}}, "order without an id"),
        (
            lambda client: client.get_order(ORDER, now=NOW),
            {"order": an_order(OTHER_ORDER, associatedOrders=[{"orderId": ORDER}])},
            f"order {OTHER_ORDER}",
        ),
    ],
    "get_regulated_info": [
        (
            lambda client: client.get_regulated_info(ORDER, AccessToken("Atz.sprdt|x", NOW), now=NOW),
            {
                "payload": {
                    "AmazonOrderId": OTHER_ORDER,
                    "RegulatedOrderVerificationStatus": {"Status": "Pending", "RequiresMerchantAction": True},
                }
            },
            f"order {OTHER_ORDER}",
        )
    ],
    "get_listings_item": [
        (lambda client: client.get_listings_item("S", "MUG", UK, now=NOW), an_item("CUP"), "SKU CUP"),
        (lambda client: client.get_listings_item("S", "MUG", UK, now=NOW), an_item("MUG", DE), f"marketplace {DE}"),
        (
            lambda client: client.get_listings_item("S", "MUG", UK, now=NOW),
            {"sku": "MUG", "productTypes": [{"marketplaceId": DE, "productType": "MUG"}]},
            f"marketplace {DE}",
        ),
    ],
    "patch_listings_item": [
        (
            lambda client: client.set_quantity("S", "MUG", UK, product_type="MUG", quantity=1, now=NOW),
            {"sku": "CUP", "status": "ACCEPTED", "submissionId": "s"},
            "SKU CUP",
        ),
    ],
    "purchase_shipment": [
        (
            lambda client: client.purchase_shipment(UK, "SO1-1", PURCHASE, key="k1", now=NOW),
            bought_answer(packageDocumentDetails=[package("SO2-1")]),
            "parcel SO2-1",
        ),
    ],
    "get_shipment_documents": [
        (
            lambda client: client.get_shipment_documents(UK, "s1", "SO1-1", now=NOW),
            {"payload": {"shipmentId": "s2", "packageDocumentDetail": package()}},
            "shipment s2",
        ),
        (
            lambda client: client.get_shipment_documents(UK, "s1", "SO1-1", now=NOW),
            {"payload": {"shipmentId": "s1", "packageDocumentDetail": package("SO2-1")}},
            "parcel SO2-1",
        ),
    ],
    "get_tracking": [
        (
            lambda client: client.get_tracking(UK, "QC1", "ROYAL_MAIL", now=NOW),
            {"payload": {"trackingId": "QC2"}},
            "tracking number QC2",
        ),
    ],
    "get_inventory_summaries": [
        (
            lambda client: client.get_inventory_summaries(UK, now=NOW),
            levels("MUG", marketplace=DE),
            f"marketplace {DE}",
        ),
    ],
    "get_report": [
        (lambda client: client.get_report("1", TYPE, now=NOW), a_report("2"), "report 2"),
        (lambda client: client.get_report("1", TYPE, now=NOW), a_report("1", "GET_OTHER"), "GET_OTHER"),
    ],
    "get_feed": [(lambda client: client.get_feed("1", now=NOW), a_feed("2"), "feed 2")],
    "get_feed_document": [
        (
            lambda client: client.get_feed_document("d1", now=NOW),
            {"feedDocumentId": "d2", "url": "https://s3.example/d2"},
            "d2",
        )
    ],
    "get_report_document": [
        (
            lambda client: client.get_report_document("d1", now=NOW),
            {"reportDocumentId": "d2", "url": "https://files.example/d2"},
            "d2",
        ),
    ],
}
"""Method → calls, answers of another identity, and what is said of them."""

LISTS = {
    "search_orders": (
        search,
        {"orders": [an_order(), an_order(OTHER_ORDER, DE)]},
        lambda page: (keys(page.raw_orders), keys(page.strange_orders)),
        ([ORDER], [OTHER_ORDER]),
    ),
    "search_listings_items": (
        lambda client: client.search_listings_items("S", UK, now=NOW),
        {"numberOfResults": 2, "items": [an_item("MUG"), an_item("CUP", DE)]},
        lambda page: ([item.sku for item in page.items], page.unreadable),
        (["MUG"], (f"item of marketplace {DE}, requested was {UK}",)),
    ),
    "search_listings_items by SKU": (
        lambda client: client.search_listings_items("S", UK, skus=("MUG", "CUP"), now=NOW),
        {"numberOfResults": 2, "items": [an_item("JUG"), an_item("MUG")]},
        lambda page: ([item.sku for item in page.items], page.unreadable),
        (["MUG"], ("item of SKU JUG, requested was CUP, MUG",)),
    ),
    "search_catalog_items": (
        lambda client: client.search_catalog_items(UK, ("B01", "B02"), now=NOW),
        {"numberOfResults": 2, "items": [{"asin": "B03"}, {"asin": "B01"}]},
        lambda page: ([item.asin for item in page.items], page.unreadable),
        (["B01"], ("item of ASIN B03, requested was B01, B02",)),
    ),
    "get_inventory_summaries": (
        lambda client: client.get_inventory_summaries(UK, skus=("MUG",), now=NOW),
        levels("MUG", "CUP"),
        lambda page: ([summary.seller_sku for summary in page.summaries], page.unreadable),
        (["MUG"], ("summary of SKU CUP, requested was MUG",)),
    ),
}
"""Method → call, a list with one entry of another identity, what is read of the page, and what it is."""

NAMES_NOTHING = {
    "get_rates": "the answer names neither order nor parcel: its token is new",
    "get_additional_inputs": "a schema; it does not name its offer",
    "cancel_shipment": "an empty answer",
    "get_marketplace_participations": "the request names nothing: the answer is the token's own seller's",
    "confirm_shipment": "204 without a body; what became of it is read back by get_order",
    "update_verification_status": "204 without a body; what became of it is read back by get_regulated_info",
    "create_restricted_token": "a new token; it does not name what it opens",
    "rotate_client_secret": "204 without a body; the message with the secret names its application, which is compared",
    "create_report": "the answer is the new report's own number, by which get_report asks and compares",
    "download_report": "bytes behind an address; every order of them is compared with ours by its number",
    "get_reports": "the reports of a type since a moment; ours is found by its range, and get_report compares it",
    "create_feed_document": "the answer is the new document's own number, with which create_feed is called",
    "create_feed": "the answer is the new feed's own number, by which get_feed asks and compares",
    "get_feeds": "the feeds of a type since a moment; ours is found by its moment, and get_feed compares it",
    "cancel_feed": "an answer without a body",
    "upload_feed": "an answer without a body",
    "download_feed_report": "bytes behind an address; each result names its message, which is one of ours",
    "download_customisation": "bytes behind an address that the order's own line gave",
    "create_destination": "the answer is the new destination's own number",
    "get_destinations": "every destination of the application; ours is found by its queue",
    "delete_destination": "an answer without a body",
    "create_subscription": "the answer is the new subscription's own number; it does not name its type",
    "get_subscription": "the answer does not name its type",
    "delete_subscription": "an answer without a body",
    "set_quantity": "one use of patch_listings_item, by which it is called there",
}
"""Method → why its answer has no identity to compare."""


def test_every_method_of_the_client_compares_or_says_why_it_cannot():
    methods = {name for name, _ in inspect.getmembers(AmazonClient, inspect.isfunction) if not name.startswith("_")}
    compared = set(ANSWERED_ELSE) | {name.split()[0] for name in LISTS}
    assert methods == compared | set(NAMES_NOTHING)
    assert not compared & set(NAMES_NOTHING)


@pytest.mark.parametrize("name", ["confirm_shipment", "rotate_client_secret"])
def test_what_has_no_identity_has_no_answer_either(name):
    client = Amazon(204).client
    value = client.rotate_client_secret(now=NOW) if name == "rotate_client_secret" else None
    value = value or client.confirm_shipment(ORDER, CONFIRMATION, now=NOW)
    assert value.value is None


@pytest.mark.parametrize(("call", "wire", "said"), [case for cases in ANSWERED_ELSE.values() for case in cases])
def test_an_answer_about_something_else_is_no_answer(call, wire, said):
    with pytest.raises(NotAnsweredAsPromised) as caught:
        call(Amazon(200, wire, {"x-amzn-RequestId": "r"}).client)
    assert said in caught.value.message
    assert (caught.value.request_id, caught.value.outcome_unknown) == ("r", True)


@pytest.mark.parametrize("name", LISTS)
def test_one_entry_of_something_else_keeps_none_of_a_lists_others_out(name):
    call, wire, read, expected = LISTS[name]
    assert read(call(Amazon(200, wire).client).value) == expected


def test_a_participation_that_cannot_be_read_keeps_none_of_the_others_out():
    good = {"marketplace": {"id": UK}, "participation": {"isParticipating": True}}
    for wire in ({"payload": [good, {"marketplace": {}}]}, [good, {"marketplace": {}}]):
        answer = Amazon(200, wire).client.get_marketplace_participations(now=NOW)
        assert [one.marketplace.id for one in answer.value] == [UK]
        assert len(answer.unreadable) == 1
    with pytest.raises(NotAnsweredAsPromised):
        Amazon(200, {"payload": [{"marketplace": {}}]}).client.get_marketplace_participations(now=NOW)


def test_what_an_answer_does_not_say_of_itself_is_not_compared():
    bare = {"orders": [{"orderId": ORDER}, {"orderId": OTHER_ORDER, "salesChannel": {"channelName": "NON_AMAZON"}}]}
    assert len(search(Amazon(200, bare).client).value.raw_orders) == 2
    item = Amazon(200, {"sku": "MUG"}).client.get_listings_item("S", "MUG", UK, now=NOW).value
    assert item.sku == "MUG"
    page = Amazon(200, {"payload": {"inventorySummaries": []}}).client.get_inventory_summaries(UK, now=NOW).value
    assert page.summaries == ()


def test_an_order_of_the_sellers_own_shop_comes_whatever_marketplace_it_names():
    own = an_order(marketplace="A2OWNSHOP", salesChannel={"channelName": "NON_AMAZON", "marketplaceId": "A2OWNSHOP"})
    assert len(search(Amazon(200, {"orders": [own]}).client).value.raw_orders) == 1


def test_a_broken_order_on_a_page_does_not_make_the_page_anothers():
    body = b'{"orders": [{"orderId": "026-1-1"}, {"orderId": "026-2-2", "programs": UOSS}]}'
    assert len(search(Amazon(200, body).client).value.raw_orders) == 2


def test_a_listing_of_more_marketplaces_than_requested_is_the_requested_one_too():
    wire = {"sku": "MUG", "summaries": [{"marketplaceId": DE}, {"marketplaceId": UK}]}
    assert Amazon(200, wire).client.get_listings_item("S", "MUG", UK, now=NOW).value.sku == "MUG"


def test_spaces_round_a_sku_make_no_other_sku():
    assert Amazon(200, an_item("MUG")).client.get_listings_item("S", " MUG", UK, now=NOW).value.sku == "MUG"
