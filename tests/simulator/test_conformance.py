"""Answers against Amazon's published models, field by field (skipped, aloud, where the models are absent)."""

import pytest
from tests.simulator.conftest import EU, NA, UK, US
from tests.simulator.models import ABSENT, MODELS, conforms

ALL = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
pytestmark = pytest.mark.skipif(not MODELS.exists(), reason=ABSENT)


@pytest.fixture
def busy(amazon):
    """Orders of every kind, one shipped in two parcels, one that the buyer wants to cancel."""
    amazon.control("POST", "orders", {"mix": {"count": 120}})
    shipped = amazon.order(quantity=2, giftWrap=True, giftMessage="Hello")
    amazon.confirm(shipped)
    amazon.confirm(shipped, reference="2", tracking="T2")
    asked = amazon.order()
    amazon.control("POST", f"orders/{asked['orderId']}/request-cancel", {"reason": "Changed my mind"})
    amazon.advance(600)
    return amazon


@pytest.mark.parametrize(("seller", "market"), [(EU, UK), (NA, US)])
def test_search_orders_conforms(busy, seller, market):
    status, page = busy.search(seller=seller, marketplaceIds=market, includedData=ALL)
    assert (status, len(page["orders"]) > 5) == (200, True)
    assert conforms("orders_2026-01-01.json", "SearchOrdersResponse", page) == []


def test_get_order_conforms(busy):
    order = next(o for o in busy.control("GET", "books")[1]["orders"] if o["packages"])
    told = busy.call("GET", f"/orders/2026-01-01/orders/{order['orderId']}", query={"includedData": ALL})[1]
    assert conforms("orders_2026-01-01.json", "GetOrderResponse", told) == []


def test_participations_conform(busy):
    told = busy.call("GET", "/sellers/v1/marketplaceParticipations")[1]
    assert conforms("sellers.json", "GetMarketplaceParticipationsResponse", told) == []


def test_inventory_summaries_conform(busy):
    query = {"granularityType": "Marketplace", "granularityId": UK, "marketplaceIds": UK, "details": "true"}
    told = busy.call("GET", "/fba/inventory/v1/summaries", query=query)[1]
    assert conforms("fbaInventory.json", "GetInventorySummariesResponse", told) == []


def test_listings_conform(busy):
    data = "summaries,attributes,issues,fulfillmentAvailability,productTypes"
    query = {"marketplaceIds": UK, "includedData": data, "pageSize": 20}
    told = busy.call("GET", f"/listings/2021-08-01/items/{EU}", query=query)[1]
    assert conforms("listingsItems_2021-08-01.json", "ItemSearchResults", told) == []
    one = busy.call("GET", f"/listings/2021-08-01/items/{EU}/HH-0010", query=query)[1]
    assert conforms("listingsItems_2021-08-01.json", "Item", one) == []


def test_a_submission_conforms(busy):
    for quantity in (3, -3):
        told = busy.set_quantity("HH-0010", quantity)[1]
        assert conforms("listingsItems_2021-08-01.json", "ListingsItemSubmissionResponse", told) == []


def test_errors_conform(busy):
    for told in (busy.set_quantity("NOBODY", 1)[1], busy.search(lastUpdatedAfter="")[1]):
        assert conforms("orders_2026-01-01.json", "ErrorList", told) == []
