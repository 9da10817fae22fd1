"""`amzn-selling-partner` runs against the simulator; only the region's address and the token URL are ours.

It checks every response against Amazon's models and itself to the published rates.
"""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from amzn_selling_partner import BadRequestError, NotFoundError, SellingPartner
from tests.simulator.conftest import EU, UK

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(served):
    region = SimpleNamespace(base_url=lambda sandbox: served.endpoint)
    with SellingPartner(
        region=region,
        token_url=served.token_url,
        client_id=served.app.id,
        client_secret=served.app.secret,
        refresh_token=served.refresh_token,
    ) as partner:
        yield partner


def test_it_signs_in_and_lists_participations(served, client):
    body = client.sellers_v1.list_marketplace_participations().payload
    assert [row.marketplace.id for row in body if row.participation.is_participating] == served.marketplaces


def test_it_searches_all_orders_over_pages(served, client):
    orders = client.orders_v2026_01_01.iter_list_orders(
        last_updated_after=LONG_AGO,
        marketplace_ids=served.marketplaces,
        included_data=["BUYER", "RECIPIENT", "PROCEEDS", "FULFILLMENT", "PACKAGES"],
        max_results_per_page=50,
    )
    assert sorted(order.order_id for order in orders) == served.order_ids()


def test_it_gets_one_order(served, client):
    placed = served.order("HH-0040", 3)
    order = client.orders_v2026_01_01.get_order(placed["orderId"], included_data=["FULFILLMENT", "PROCEEDS"]).order
    assert (order.fulfillment.fulfillment_status, order.proceeds.grand_total.amount) == (
        "UNSHIPPED",
        placed["grandTotal"],
    )


def test_an_order_that_is_not_there_is_its_404(client):
    with pytest.raises(NotFoundError):
        client.orders_v2026_01_01.get_order("026-0000000-0000000")


def test_it_patches_a_listing(served, client):
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": 23}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
    body = {"productType": "HOME", "patches": [patch]}
    result = client.listings_items_v2021_08_01.patch_listings_item(EU, "HH-0041", body, [UK])
    served.step(60)
    assert (result.sku, result.status, served.quantity("HH-0041")) == ("HH-0041", "ACCEPTED", 23)


def test_it_reads_inventory_summaries_over_pages(served, client):
    """By its call: its iterator leaves out of the second call what the model requires of every call."""
    found, pages, more = [], 0, {}
    while pages == 0 or more:
        page = client.fba_inventory_v1.list_summaries("Marketplace", UK, [UK], details=True, **more)
        found += [row.seller_sku for row in page.payload.inventory_summaries]
        pages += 1
        more = {"next_token": page.pagination.next_token} if page.pagination else {}
        served.step(1)  # two calls a second are allowed
    assert (sorted(found), pages) == (served.pooled_skus(), 3)


def test_it_confirms_a_shipment(served, client):
    placed = served.order("HH-0042", 2)
    package = {
        "packageReferenceId": "1",
        "carrierCode": "Other",
        "carrierName": "Harbour Post",
        "trackingNumber": "HP3",
        "shipDate": datetime(2026, 9, 22, 9, tzinfo=UTC),
        "orderItems": [{"orderItemId": placed["items"][0]["orderItemId"], "quantity": 2}],
    }
    body = {"marketplaceId": UK, "packageDetail": package}
    assert client.orders_v0.create_order_shipment_confirmation(placed["orderId"], body) is None
    assert served.packages(placed) == [("HP3", "Harbour Post")]


def test_a_shipment_that_cannot_be_confirmed_is_its_400(served, client):
    placed = served.order("HH-0043")
    with pytest.raises(BadRequestError):
        client.orders_v0.create_order_shipment_confirmation(placed["orderId"], {"marketplaceId": UK})


def test_it_submits_a_feed_to_its_result(served, client):
    content = served.feed(("HH-0044", 33), ("HH-0045", -1))
    content_type = "application/json; charset=UTF-8"
    made = client.documents.create_feed("JSON_LISTINGS_FEED", [UK], content, content_type=content_type)
    finished = served.until(
        lambda feed: feed.processing_status in ("DONE", "FATAL"),
        lambda: client.feeds_v2021_06_30.get_feed(made.feed_id),
    )
    summary = json.loads(client.documents.download_feed_result(finished.result_feed_document_id))["summary"]
    assert (finished.processing_status, summary["messagesAccepted"], summary["messagesInvalid"]) == ("DONE", 1, 1)
    assert served.quantity("HH-0044") == 33


def test_it_requests_a_report_to_its_content(served, client):
    api = client.reports_v2021_06_30
    made = api.create_report({"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [UK]})
    finished = served.until(lambda one: one.processing_status == "DONE", lambda: api.get_report(made.report_id))
    content = client.documents.download_report(finished.report_document_id)
    assert served.skus_of(content.decode("cp1252")) == served.listed_skus()  # it does not return the charset


def test_it_gets_a_report_with_postcodes_by_a_restricted_token(served, client):
    """It requests a restricted data token automatically for the types that hold personal data."""
    placed, kind = served.order("HH-0048"), "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
    api = client.reports_v2021_06_30
    made = api.create_report({"reportType": kind, "marketplaceIds": [UK], "dataStartTime": LONG_AGO})
    finished = served.until(lambda one: one.processing_status == "DONE", lambda: api.get_report(made.report_id))
    content = client.documents.download_report(finished.report_document_id, report_type=kind)
    assert placed["orderId"] in content.decode()


def test_it_subscribes_and_boto3_receives(served, client, queue):
    body = {"name": "orders", "resourceSpecification": {"sqs": {"arn": queue.arn}}}
    made = client.notifications_v1.create_destination(body).payload
    directive = {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange"]}}
    body = {"payloadVersion": "1.0", "destinationId": made.destination_id, "processingDirective": directive}
    held = client.notifications_v1.create_subscription("ORDER_CHANGE", body).payload
    found = client.notifications_v1.get_subscription_by_id("ORDER_CHANGE", held.subscription_id).payload
    assert found.destination_id == made.destination_id
    assert served.order("HH-0046")["orderId"] in queue.notified_orders()


def test_it_buys_a_label_by_a_restricted_token(served, client):
    """It requests a restricted data token before these calls automatically."""
    order = served.order("HH-0047", 2)
    api, details = client.merchant_fulfillment_v0, served.shipment(order, 2)
    offered = api.create_eligible_shipping_service({"ShipmentRequestDetails": details}).payload
    offer = offered.shipping_service_list[0]
    body = {
        "ShipmentRequestDetails": details,
        "ShippingServiceId": offer.shipping_service_id,
        "ShippingServiceOfferId": offer.shipping_service_offer_id,
    }
    bought = api.create_shipment(body).payload
    assert served.label(bought.label.file_contents.contents).startswith(b"%PDF")
    assert api.get_shipment(bought.shipment_id).payload.tracking_id == bought.tracking_id
    assert [tracking for tracking, _ in served.packages(order)] == [bought.tracking_id]
