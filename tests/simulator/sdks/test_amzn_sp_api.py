"""Amazon's own SDK (`amzn-sp-api`) runs against the simulator; only the two endpoints are ours."""

from datetime import UTC, datetime

import pytest
import spapi
from spapi.models import listings_items_v2021_08_01 as listings
from spapi.models import orders_v0
from tests.simulator.conftest import EU, UK

LONG_AGO = datetime(2026, 9, 1, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(served):
    config = spapi.SPAPIConfig(served.app.id, served.app.secret, served.refresh_token, region="EU")
    made = spapi.SPAPIClient(config, oauth_endpoint=served.token_url, endpoint=served.endpoint).api_client
    yield made
    made.rest_client.pool_manager.clear()  # it has no close


def test_it_signs_in_and_lists_participations(served, client):
    told = spapi.SellersApi(client).get_marketplace_participations()
    assert [row.marketplace.id for row in told.payload if row.participation.is_participating] == served.marketplaces


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
    told = spapi.ListingsApi(client).patch_listings_item(EU, "HH-0021", [UK], body)
    served.step(60)
    assert (told.sku, told.status, served.quantity("HH-0021")) == ("HH-0021", "ACCEPTED", 41)


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
