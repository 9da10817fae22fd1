"""Amazon's own SDK (`amzn-sp-api`) runs against the simulator; only the two endpoints are ours."""

import gzip
import json
from datetime import UTC, datetime

import pytest
import requests
import spapi
from spapi.models import feeds_v2021_06_30 as feeds
from spapi.models import listings_items_v2021_08_01 as listings
from spapi.models import merchant_fulfillment_v0 as mfn
from spapi.models import notifications_v1 as notifications
from spapi.models import orders_v0
from spapi.models import reports_v2021_06_30 as reports
from tests.simulator.conftest import EU, UK

LONG_AGO = datetime(2026, 9, 1, 12, 30, 15, 123456, tzinfo=UTC)


def open_client(served, **credentials):
    config = spapi.SPAPIConfig(served.app.id, served.app.secret, region="EU", **credentials)
    return spapi.SPAPIClient(config, oauth_endpoint=served.token_url, endpoint=served.endpoint).api_client


@pytest.fixture(scope="module")
def client(served):
    made = open_client(served, refresh_token=served.refresh_token)
    yield made
    made.rest_client.pool_manager.clear()  # it has no close


@pytest.fixture
def grantless(served):
    """Calls that no seller makes want a client that was made with a scope."""
    made = open_client(served, scope="sellingpartnerapi::notifications")
    yield made
    made.rest_client.pool_manager.clear()


def test_it_signs_in_and_lists_participations(served, client):
    body = spapi.SellersApi(client).get_marketplace_participations()
    assert [row.marketplace.id for row in body.payload if row.participation.is_participating] == served.marketplaces


def test_it_searches_all_orders_over_pages(served, client):
    api, found, pages, more = spapi.SearchOrdersApi(client), [], 0, {}
    while pages == 0 or more:
        page = api.search_orders(
            last_updated_after=LONG_AGO,
            marketplace_ids=served.marketplaces,
            included_data=["BUYER", "RECIPIENT", "PROCEEDS", "FULFILLMENT", "PACKAGES"],
            max_results_per_page=50,
            **more,
        )
        found += [order.order_id for order in page.orders]
        pages += 1
        more = {"pagination_token": page.pagination.next_token} if page.pagination else {}
    assert (sorted(found), pages > 3) == (served.order_ids(), True)


def test_it_gets_one_order(served, client):
    placed = served.order("HH-0020", 3)
    order = spapi.GetOrderApi(client).get_order(placed["orderId"], included_data=["FULFILLMENT", "PROCEEDS"]).order
    item = order.order_items[0]
    assert (order.fulfillment.fulfillment_status, item.quantity_ordered, item.product.seller_sku) == (
        "UNSHIPPED",
        3,
        "HH-0020",
    )
    assert order.proceeds.grand_total.amount == placed["grandTotal"]


def test_an_order_that_is_not_there_is_its_404(client):
    with pytest.raises(spapi.ApiException, match="NotFound") as refused:
        spapi.GetOrderApi(client).get_order("026-0000000-0000000")
    assert refused.value.status == 404


def test_it_patches_a_listing(served, client):
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": 41}]
    patch = listings.PatchOperation(op="merge", path="/attributes/fulfillment_availability", value=value)
    body = listings.ListingsItemPatchRequest(product_type="HOME", patches=[patch])
    result = spapi.ListingsApi(client).patch_listings_item(EU, "HH-0021", [UK], body)
    served.step(60)
    assert (result.sku, result.status, served.quantity("HH-0021")) == ("HH-0021", "ACCEPTED", 41)


def test_it_reads_a_listing_whose_sku_is_odd(client):
    api = spapi.ListingsApi(client)
    for sku in ("HH 0001", "HH/0002", "HH,0005", "HH-Ü0006"):
        item = api.get_listings_item(EU, sku, [UK], included_data=["summaries", "fulfillmentAvailability"])
        assert (item.sku, item.fulfillment_availability[0].fulfillment_channel_code) == (sku, "DEFAULT")


def test_it_reads_inventory_summaries_over_pages(served, client):
    api, found, pages, more = spapi.FbaInventoryApi(client), [], 0, {}
    while pages == 0 or more:
        page = api.get_inventory_summaries("Marketplace", UK, [UK], details=True, **more)
        found += [row.seller_sku for row in page.payload.inventory_summaries]
        pages += 1
        more = {"next_token": page.pagination.next_token} if page.pagination else {}
        served.step(1)  # two calls a second are allowed
    assert (sorted(found), pages) == (served.pooled_skus(), 3)


def test_it_confirms_a_shipment(served, client):
    placed = served.order("HH-0022", 2)
    item = orders_v0.ConfirmShipmentOrderItem(order_item_id=placed["items"][0]["orderItemId"], quantity=2)
    detail = orders_v0.PackageDetail(
        package_reference_id="1",
        carrier_code="Other",
        carrier_name="Harbour Post",
        tracking_number="HP1",
        ship_date=datetime(2026, 9, 22, 9, 0, 0, 1, tzinfo=UTC),
        order_items=[item],
    )
    body = orders_v0.ConfirmShipmentRequest(package_detail=detail, marketplace_id=UK)
    assert spapi.OrdersV0Api(client).confirm_shipment(placed["orderId"], body) is None
    assert served.packages(placed) == [("HP1", "Harbour Post")]


def test_it_submits_a_feed_to_its_result(served, client):
    api, content_type = spapi.FeedsApi(client), "application/json; charset=UTF-8"
    opened = api.create_feed_document(feeds.CreateFeedDocumentSpecification(content_type=content_type))
    content = served.feed(("HH-0023", 31), ("HH-0024", -1))
    assert requests.put(opened.url, content, headers={"content-type": content_type}, timeout=10).status_code == 200
    body = feeds.CreateFeedSpecification(
        feed_type="JSON_LISTINGS_FEED", marketplace_ids=[UK], input_feed_document_id=opened.feed_document_id
    )
    number = api.create_feed(body).feed_id
    finished = served.until(
        lambda feed: feed.processing_status not in ("IN_QUEUE", "IN_PROGRESS"), lambda: api.get_feed(number)
    )
    result = api.get_feed_document(finished.result_feed_document_id)
    report = requests.get(result.url, timeout=10).content
    summary = json.loads(gzip.decompress(report) if result.compression_algorithm else report)["summary"]
    assert (finished.processing_status, summary["messagesAccepted"], summary["messagesInvalid"]) == ("DONE", 1, 1)
    assert served.quantity("HH-0023") == 31


def test_it_requests_a_report_to_its_content(served, client):
    api = spapi.ReportsApi(client)
    body = reports.CreateReportSpecification(report_type="GET_MERCHANT_LISTINGS_ALL_DATA", marketplace_ids=[UK])
    number = api.create_report(body).report_id
    finished = served.until(lambda report: report.processing_status == "DONE", lambda: api.get_report(number))
    document = api.get_report_document(finished.report_document_id)
    answer = requests.get(document.url, timeout=10)
    content = gzip.decompress(answer.content) if document.compression_algorithm else answer.content
    assert served.skus_of(content.decode(charset_of(answer))) == served.listed_skus()


def charset_of(answer):
    return requests.utils.get_encoding_from_headers(answer.headers)


def test_it_subscribes_and_boto3_receives(served, client, grantless, queue):
    resource = notifications.DestinationResourceSpecification(sqs=notifications.SqsResource(arn=queue.arn))
    body = notifications.CreateDestinationRequest(name="orders", resource_specification=resource)
    made = spapi.NotificationsApi(grantless).create_destination(body).payload
    directive = notifications.ProcessingDirective(
        event_filter=notifications.EventFilter(
            event_filter_type="ORDER_CHANGE", order_change_types=["OrderStatusChange"]
        )
    )
    body = notifications.CreateSubscriptionRequest(
        payload_version="1.0", destination_id=made.destination_id, processing_directive=directive
    )
    held = spapi.NotificationsApi(client).create_subscription("ORDER_CHANGE", body=body).payload
    found = spapi.NotificationsApi(grantless).get_subscription_by_id(held.subscription_id, "ORDER_CHANGE").payload
    assert found.destination_id == made.destination_id
    assert served.order("HH-0025")["orderId"] in queue.notified_orders()


def test_it_buys_a_label(served, client):
    order = served.order("HH-0026", 2)
    api, details = spapi.MerchantFulfillmentApi(client), served.shipment(order, 2)
    asking = mfn.GetEligibleShipmentServicesRequest(shipment_request_details=details)
    offer = api.get_eligible_shipment_services(asking).payload.shipping_service_list[0]
    body = mfn.CreateShipmentRequest(
        shipment_request_details=details,
        shipping_service_id=offer.shipping_service_id,
        shipping_service_offer_id=offer.shipping_service_offer_id,
    )
    bought = api.create_shipment(body).payload
    assert served.label(bought.label.file_contents.contents).startswith(b"%PDF")
    assert api.get_shipment(bought.shipment_id).payload.tracking_id == bought.tracking_id
    assert [tracking for tracking, _ in served.packages(order)] == [bought.tracking_id]
