"""`python-amazon-sp-api` runs against the simulator; only the endpoint and Login with Amazon's host are ours.

Its Host header is cut from the endpoint as if that began with https://, so nothing in a response may be made of it.
"""

import io
import json
from types import SimpleNamespace

import pytest
from sp_api.api import (
    FeedsV20210630,
    Inventories,
    ListingsItemsV20210801,
    MerchantFulfillment,
    Notifications,
    OrdersV0,
    OrdersV20260101,
    Reports,
    Sellers,
)
from sp_api.auth import AccessTokenClient
from sp_api.base import SellingApiBadRequestException
from sp_api.base.exceptions import SellingApiNotFoundException
from tests.simulator.conftest import EU, UK

LONG_AGO = "2026-09-01T00:00:00Z"


@pytest.fixture(scope="module")
def opened(served):
    """One of its clients by class, as its users make them."""

    class Login(AccessTokenClient):
        scheme = "http://"
        host = served.host

    market = SimpleNamespace(endpoint=served.endpoint, marketplace_id=UK, region="eu-west-1")
    credentials = {"lwa_app_id": served.app.id, "lwa_client_secret": served.app.secret}
    made = []

    def make(kind):
        made.append(
            kind(market, refresh_token=served.refresh_token, credentials=credentials, auth_token_client_class=Login)
        )
        return made[-1]

    yield make
    for client in made:
        client.close()
        client._auth._transport.close()  # what it signs in by; its own close forgets it


def test_it_signs_in_and_lists_participations(served, opened):
    body = opened(Sellers).get_marketplace_participation().payload
    taking_part = [row["marketplace"]["id"] for row in body if row["participation"]["isParticipating"]]
    assert taking_part == served.marketplaces


def test_it_searches_all_orders_over_pages(served, opened):
    api, found, pages, more = opened(OrdersV20260101), [], 0, {}
    while pages == 0 or more:
        page = api.search_orders(
            lastUpdatedAfter=LONG_AGO,
            marketplaceIds=served.marketplaces,
            includedData=["BUYER", "FULFILLMENT", "PROCEEDS"],
            maxResultsPerPage=50,
            **more,
        )
        found += [order["orderId"] for order in page.orders]
        pages += 1
        more = {"paginationToken": page.next_token} if page.next_token else {}
    assert (sorted(found), pages > 3) == (served.order_ids(), True)


def test_it_gets_one_order(served, opened):
    placed = served.order("HH-0030", 2)
    order = opened(OrdersV20260101).get_order(placed["orderId"], includedData=["FULFILLMENT", "PROCEEDS"]).order
    assert (order["fulfillment"]["fulfillmentStatus"], order["proceeds"]["grandTotal"]["amount"]) == (
        "UNSHIPPED",
        placed["grandTotal"],
    )


def test_an_order_that_is_not_there_is_its_404(opened):
    with pytest.raises(SellingApiNotFoundException):
        opened(OrdersV20260101).get_order("026-0000000-0000000")


def test_it_patches_a_listing(served, opened):
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": 17}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
    body = {"productType": "HOME", "patches": [patch]}
    result = opened(ListingsItemsV20210801).patch_listings_item(EU, "HH-0031", marketplaceIds=[UK], body=body).payload
    served.step(60)
    assert (result["sku"], result["status"], served.quantity("HH-0031")) == ("HH-0031", "ACCEPTED", 17)


def test_it_reads_inventory_summaries_over_pages(served, opened):
    api, found, pages, more = opened(Inventories), [], 0, {}
    while pages == 0 or more:
        page = api.get_inventory_summary_marketplace(details=True, marketplaceIds=[UK], **more)
        found += [row["sellerSku"] for row in page.payload["inventorySummaries"]]
        pages += 1
        more = {"nextToken": page.next_token} if page.next_token else {}
        served.step(1)  # two calls a second are allowed
    assert (sorted(found), pages) == (served.pooled_skus(), 3)


def test_it_confirms_a_shipment(served, opened):
    placed = served.order("HH-0032", 2)
    package = {
        "packageReferenceId": "1",
        "carrierCode": "Other",
        "carrierName": "Harbour Post",
        "trackingNumber": "HP2",
        "shipDate": "2026-09-22T09:00:00Z",
        "orderItems": [{"orderItemId": placed["items"][0]["orderItemId"], "quantity": 2}],
    }
    opened(OrdersV0).confirm_shipment(placed["orderId"], marketplaceId=UK, packageDetail=package)
    assert served.packages(placed) == [("HP2", "Harbour Post")]


def test_a_shipment_that_cannot_be_confirmed_is_its_400(served, opened):
    placed = served.order("HH-0033")
    with pytest.raises(SellingApiBadRequestException, match="packageDetail"):
        opened(OrdersV0).confirm_shipment(placed["orderId"], marketplaceId=UK)


def test_it_submits_a_feed_to_its_result(served, opened):
    api, content = opened(FeedsV20210630), served.feed(("HH-0034", 32), ("HH-0035", -1))
    _, made = api.submit_feed(
        "JSON_LISTINGS_FEED", io.BytesIO(content), "application/json; charset=UTF-8", marketplaceIds=[UK]
    )
    number = made.payload["feedId"]
    finished = served.until(
        lambda feed: feed["processingStatus"] in ("DONE", "FATAL"), lambda: api.get_feed(number).payload
    )
    summary = json.loads(api.get_feed_document(finished["resultFeedDocumentId"]))["summary"]
    assert (finished["processingStatus"], summary["messagesAccepted"], summary["messagesInvalid"]) == ("DONE", 1, 1)
    assert served.quantity("HH-0034") == 32


def test_it_requests_a_report_to_its_content(served, opened):
    api = opened(Reports)
    made = api.create_report(reportType="GET_MERCHANT_LISTINGS_ALL_DATA", marketplaceIds=[UK]).payload
    finished = served.until(
        lambda report: report["processingStatus"] == "DONE", lambda: api.get_report(made["reportId"]).payload
    )
    document = api.get_report_document(finished["reportDocumentId"], download=True).payload["document"]
    assert served.skus_of(document) == served.listed_skus()


def test_it_subscribes_and_boto3_receives(served, opened, queue):
    api = opened(Notifications)
    made = api.create_destination("orders", arn=queue.arn).payload
    directive = {"eventFilter": {"eventFilterType": "ORDER_CHANGE"}}
    held = api.create_subscription("ORDER_CHANGE", made["destinationId"], processingDirective=directive).payload
    assert api.get_subscription("ORDER_CHANGE").payload["subscriptionId"] == held["subscriptionId"]
    assert served.order("HH-0036")["orderId"] in queue.notified_orders()


def test_it_buys_a_label(served, opened):
    order = served.order("HH-0037", 2)
    api, details = opened(MerchantFulfillment), served.shipment(order, 2)
    offer = api.get_eligible_shipment_services(details).payload["ShippingServiceList"][0]
    bought = api.create_shipment(
        details, offer["ShippingServiceId"], ShippingServiceOfferId=offer["ShippingServiceOfferId"]
    ).payload
    assert served.label(bought["Label"]["FileContents"]["Contents"]).startswith(b"%PDF")
    assert api.get_shipment(bought["ShipmentId"]).payload["TrackingId"] == bought["TrackingId"]
    assert [tracking for tracking, _ in served.packages(order)] == [bought["TrackingId"]]
