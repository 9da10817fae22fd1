"""Listings that are made on command: the seller's own, and Amazon's with stock in its pools."""

import pytest
from tests.simulator.conftest import EU, UK, Amazon
from tests.simulator.reporting import rows
from tests.simulator.test_faults import summaries

LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"


def list_it(amazon, **members):
    return amazon.control("POST", "listings", {"sellerId": EU, "sku": "NEW-1", **members})


def levels(amazon):
    """SKU → fulfillable units for the UK."""
    summaries_json = summaries(amazon, sellerSkus="NEW-1")[1]["payload"]["inventorySummaries"]
    return {row["sellerSku"]: row["inventoryDetails"]["fulfillableQuantity"] for row in summaries_json}


def test_a_listing_of_amazons_has_stock_in_its_pools_and_is_sold(amazon):
    status, body = list_it(amazon, fulfilledBy="AMAZON", stock={"UK": 4}, title="Lamp")
    assert (status, body["sku"], body["quantity"]) == (201, "NEW-1", None)
    assert levels(amazon) == {"NEW-1": 4}
    order = amazon.order(sku="NEW-1", quantity=3, by="AMAZON")
    amazon.advance(301)
    assert (amazon.read(order, "FULFILLMENT")["fulfillment"]["fulfillmentStatus"], levels(amazon)) == (
        "SHIPPED",
        {"NEW-1": 1},
    )


def test_its_stock_was_received_in_the_ledger_and_outlives_a_kill(tmp_path):
    before = Amazon(tmp_path)
    list_it(before, fulfilledBy="AMAZON", stock={"UK": 4})
    before.advance(10)
    before.simulator.close()
    amazon = Amazon(tmp_path)
    amazon.advance(10)
    assert levels(amazon) == {"NEW-1": 4}
    (row,) = [one for one in rows(amazon, LEDGER, since="2026-09-21T00:00:00Z", quoted=True) if one["MSKU"] == "NEW-1"]
    assert (row["Receipts"], row["Ending Warehouse Balance"]) == ("4", "4")
    amazon.simulator.close()


def test_a_pool_that_is_not_given_holds_nothing_and_can_be_filled(amazon):
    list_it(amazon, fulfilledBy="AMAZON")
    assert levels(amazon) == {"NEW-1": 0}
    body = {"sellerId": EU, "sku": "NEW-1", "pool": "UK", "quantity": 2}
    assert amazon.control("POST", "fba/restock", body)[0] == 200
    assert levels(amazon) == {"NEW-1": 2}


def test_what_the_seller_sends_has_a_quantity(amazon):
    body = list_it(amazon, quantity=7, marketplaceIds=[UK])[1]
    assert (body["quantity"], amazon.listing("NEW-1").channel) == (7, "DEFAULT")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"fulfilledBy": "NOBODY"}, "fulfilledBy"),
        ({"stock": {"UK": 1}}, "stock: only"),
        ({"fulfilledBy": "AMAZON", "quantity": 1}, "quantity: Amazon counts"),
        ({"fulfilledBy": "AMAZON", "stock": {"MARS": 1}}, "MARS"),
        ({"fulfilledBy": "AMAZON", "stock": {"UK": -1}}, "stock.UK"),
        ({"fulfilledBy": "AMAZON", "stock": 5}, "stock"),
    ],
)
def test_a_wrong_listing_is_a_sentence_and_lists_nothing(amazon, changed, words):
    status, answer = list_it(amazon, **changed)
    assert (status, words in answer["error"], (EU, "NEW-1") in amazon.simulator.world.listings) == (400, True, False)
