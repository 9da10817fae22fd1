"""Our values as Amazon's requests, Amazon's answers as our values."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.amazon.fake import NOW, Amazon

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.client import SearchOrders
from wharfinger.amazon.errors import InvalidRequest, NotAnsweredAsPromised
from wharfinger.amazon.messages.fba import InventoryDetails, InventoryPage, InventorySummary, ReservedQuantity
from wharfinger.amazon.messages.listings import (
    Accepted,
    FulfillmentAvailability,
    Invalid,
    Issue,
    ListingSummary,
    PatchOperation,
)
from wharfinger.amazon.messages.sellers import Marketplace, MarketplaceParticipation, Participation
from wharfinger.amazon.messages.shipments import ConfirmShipment, ShippedItem

UK = "A1F83G8C2ARO7P"
DE = "A1PA6795UKMFR9"


def _search(**changes):
    return SearchOrders(**{"marketplace_ids": (UK, DE), "last_updated_after": NOW - timedelta(minutes=5), **changes})


def test_every_call_says_who_asks_and_when():
    amazon = Amazon(200, {"payload": []})
    amazon.client.get_marketplace_participations(now=NOW.astimezone(timezone(timedelta(hours=1))))
    request = amazon.request
    assert (request.method, str(request.url)) == (
        "GET",
        "https://sellingpartnerapi-eu.amazon.com/sellers/v1/marketplaceParticipations",
    )
    assert request.headers["x-amz-access-token"] == "Atza|held"
    assert request.headers["x-amz-date"] == "20261124T120000Z"
    assert request.headers["user-agent"].startswith("Wharfinger/")
    assert "content-length" not in request.headers
    assert "content-type" not in request.headers
    assert request.content == b""


def test_participations():
    wire = {
        "payload": [
            {
                "marketplace": {
                    "id": "ANEWMARKETPLACE",
                    "name": "Amazon.new",
                    "countryCode": "XX",
                    "defaultCurrencyCode": "XXX",
                    "defaultLanguageCode": "xx_XX",
                    "domainName": "www.amazon.new",
                },
                "participation": {"isParticipating": "true", "hasSuspendedListings": "false"},
                "storeName": "Harbour & Home",
            }
        ]
    }
    answer = Amazon(
        200, wire, {"x-amzn-RateLimit-Limit": "0.016", "x-amzn-RequestId": "r"}
    ).client.get_marketplace_participations(now=NOW)
    assert answer == Answer(
        (
            MarketplaceParticipation(
                marketplace=Marketplace(
                    id="ANEWMARKETPLACE",
                    name="Amazon.new",
                    country_code="XX",
                    default_currency_code="XXX",
                    default_language_code="xx_XX",
                    domain_name="www.amazon.new",
                ),
                participation=Participation(is_participating=True, has_suspended_listings=False),
                store_name="Harbour & Home",
            ),
        ),
        Decimal("0.016"),
        "r",
    )


@pytest.mark.parametrize("header", ["", "abc", "NaN", "-1", "0", "Infinity"])
def test_a_rate_that_is_no_rate_is_none(header):
    answer = Amazon(200, {"payload": []}, {"x-amzn-RateLimit-Limit": header}).client.get_marketplace_participations(
        now=NOW
    )
    assert answer.rate_limit is None


def test_a_search_is_this_request():
    amazon = Amazon(200, {"orders": []})
    amazon.client.search_orders(
        _search(
            last_updated_before=NOW - timedelta(minutes=2),
            fulfillment_statuses=("UNSHIPPED", "PARTIALLY_SHIPPED"),
            fulfilled_by=("MERCHANT",),
            included_data=("FULFILLMENT", "PROCEEDS"),
            pagination_token="a+/= b",
        ),
        now=NOW,
    )
    assert amazon.target == (
        "/orders/2026-01-01/orders"
        "?marketplaceIds=A1F83G8C2ARO7P,A1PA6795UKMFR9"
        "&lastUpdatedAfter=2026-11-24T11%3A55%3A00.000Z"
        "&lastUpdatedBefore=2026-11-24T11%3A58%3A00.000Z"
        "&fulfillmentStatuses=UNSHIPPED,PARTIALLY_SHIPPED"
        "&fulfilledBy=MERCHANT"
        "&includedData=FULFILLMENT,PROCEEDS"
        "&maxResultsPerPage=100"
        "&paginationToken=a%2B%2F%3D%20b"
    )


def test_what_is_not_given_is_not_sent():
    amazon = Amazon(200, {"orders": []})
    amazon.client.search_orders(_search(marketplace_ids=()), now=NOW)
    query = parse_qs(urlsplit(amazon.target).query, keep_blank_values=True)
    assert set(query) == {"lastUpdatedAfter", "includedData", "maxResultsPerPage"}


def test_the_next_page_repeats_everything():
    first = _search()
    second = first.next_page("t")
    assert second.pagination_token == "t"
    assert second == _search(pagination_token="t")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"created_after": NOW}, "exactly one"),
        ({"last_updated_after": None}, "exactly one"),
        ({"created_before": NOW}, "created_before"),
        ({"last_updated_after": None, "created_after": NOW, "last_updated_before": NOW}, "last_updated_before"),
        ({"max_results": 0}, "max_results"),
        ({"max_results": 101}, "max_results"),
        ({"marketplace_ids": ("M",) * 51}, "marketplace_ids"),
        ({"last_updated_after": datetime(2026, 1, 1)}, "last_updated_after"),
    ],
)
def test_a_search_that_amazon_would_refuse_cannot_be_made(changes, field):
    with pytest.raises(ValueError, match=field):
        _search(**changes)


def test_one_order_comes_as_the_bytes_that_were_sent():
    amazon = Amazon(200, b'{"order": {"orderId":"026-1-1", "x":1}}')
    answer = amazon.client.get_order("026-1-1", now=NOW, included_data=("FULFILLMENT",))
    assert answer.value == b'{"orderId":"026-1-1", "x":1}'
    assert amazon.target == "/orders/2026-01-01/orders/026-1-1?includedData=FULFILLMENT"
    assert "026-1-1" not in repr(answer)


def _confirmation(**changes):
    return ConfirmShipment(
        **{
            "marketplace_id": UK,
            "package_reference_id": 1,
            "carrier_code": "Other",
            "carrier_name": "Quay Couriers",
            "shipping_method": "Tracked",
            "tracking_number": "QC1",
            "ship_date": datetime(2026, 11, 24, 11, 0, tzinfo=UTC),
            "items": (ShippedItem(order_item_id="11", quantity=2),),
            **changes,
        }
    )


def test_a_confirmation_is_this_request_and_204_is_success():
    amazon = Amazon(204)
    answer = amazon.client.confirm_shipment("026-1-1", _confirmation(), now=NOW)
    assert answer == Answer(None)
    assert (amazon.request.method, amazon.target) == ("POST", "/orders/v0/orders/026-1-1/shipmentConfirmation")
    assert amazon.request.headers["content-type"] == "application/json"
    assert json.loads(amazon.request.content) == {
        "marketplaceId": UK,
        "packageDetail": {
            "packageReferenceId": "1",
            "carrierCode": "Other",
            "carrierName": "Quay Couriers",
            "shippingMethod": "Tracked",
            "trackingNumber": "QC1",
            "shipDate": "2026-11-24T11:00:00.000Z",
            "orderItems": [{"orderItemId": "11", "quantity": 2}],
        },
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"marketplace_id": ""}, "marketplace_id"),
        ({"package_reference_id": 0}, "package_reference_id"),
        ({"carrier_code": " "}, "carrier_code"),
        ({"carrier_name": ""}, "carrier_name"),
        ({"tracking_number": ""}, "tracking_number"),
        ({"ship_date": datetime(2026, 11, 24)}, "ship_date"),
        ({"items": ()}, "items"),
        ({"items": (ShippedItem(order_item_id="1", quantity=0),)}, "items"),
    ],
)
def test_a_confirmation_that_amazon_would_refuse_cannot_be_made(changes, field):
    with pytest.raises(ValueError, match=field):
        _confirmation(**changes)


_ACCEPTED = {"sku": "LAN-01", "status": "ACCEPTED", "submissionId": "s1", "issues": []}


def test_a_quantity_is_merged_and_leaves_the_lead_time_alone():
    amazon = Amazon(200, _ACCEPTED)
    answer = amazon.client.set_quantity("SELLER", "LAN-01", UK, product_type="LAMP", quantity=0, now=NOW)
    assert answer.value == Accepted("LAN-01", "s1")
    assert (amazon.request.method, amazon.target) == (
        "PATCH",
        "/listings/2021-08-01/items/SELLER/LAN-01?marketplaceIds=A1F83G8C2ARO7P",
    )
    assert json.loads(amazon.request.content) == {
        "productType": "LAMP",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 0}],
            }
        ],
    }


def test_200_with_status_invalid_is_a_value():
    issue = {"code": "90000900", "message": "The attributes are invalid.", "severity": "ERROR", "categories": ["X"]}
    wire = {"sku": "LAN-01", "status": "INVALID", "submissionId": "s1", "issues": [issue]}
    answer = Amazon(200, wire).client.set_quantity("S", "LAN-01", UK, product_type="LAMP", quantity=1, now=NOW)
    assert answer.value == Invalid(
        "LAN-01",
        "INVALID",
        "s1",
        (Issue(code="90000900", message="The attributes are invalid.", severity="ERROR", categories=("X",)),),
    )


def test_a_warning_is_no_refusal_and_an_error_is_whatever_the_status():
    def answer(severity):
        wire = {**_ACCEPTED, "issues": [{"code": "1", "message": "m", "severity": severity}]}
        return Amazon(200, wire).client.set_quantity("S", "LAN-01", UK, product_type="X", quantity=1, now=NOW).value

    assert isinstance(answer("WARNING"), Accepted)
    assert isinstance(answer("ERROR"), Invalid)


def test_an_unknown_status_is_not_taken_for_accepted():
    answer = Amazon(200, {**_ACCEPTED, "status": "PONDERED"}).client.set_quantity(
        "S", "LAN-01", UK, product_type="X", quantity=1, now=NOW
    )
    assert answer.value == Invalid("LAN-01", "PONDERED", "s1")


@pytest.mark.parametrize(
    ("sku", "segment"),
    [
        ("DE-36023/4", "DE-36023%2F4"),
        ("test-M＆L", "test-M%EF%BC%86L"),
        ("a,b c+d", "a%2Cb%20c%2Bd"),
        ("back\\slash", "back%5Cslash"),
        ("100%25", "100%2525"),
        ("O'Neill", "O%27Neill"),
        ("HE14-367&@2&$388", "HE14-367%26%402%26%24388"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("007", "007"),
        ("x" * 2000, "x" * 2000),
    ],
)
def test_a_sku_is_one_segment_of_the_path(sku, segment):
    amazon = Amazon(200, {**_ACCEPTED, "sku": sku})
    answer = amazon.client.set_quantity("S", sku, UK, product_type="X", quantity=1, now=NOW)
    assert amazon.target == f"/listings/2021-08-01/items/S/{segment}?marketplaceIds={UK}"
    assert answer.value == Accepted(sku, "s1")


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_sku_can_be_read_back_from_the_path(sku):
    amazon = Amazon(200, {**_ACCEPTED, "sku": sku})
    amazon.client.set_quantity("S", sku, UK, product_type="X", quantity=1, now=NOW)
    head, _, segment = amazon.target.partition("?")[0].rpartition("/")
    assert head == "/listings/2021-08-01/items/S"
    assert unquote(segment) == sku


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get_order("", now=NOW),
        lambda client: client.get_listings_item("S", "", UK, now=NOW),
        lambda client: client.get_listings_item("S", "\ud800", UK, now=NOW),
        lambda client: client.get_listings_item("", "X", UK, now=NOW),
        lambda client: client.set_quantity("S", "X", UK, product_type="", quantity=1, now=NOW),
        lambda client: client.set_quantity("S", "X", UK, product_type="X", quantity=-1, now=NOW),
        lambda client: client.patch_listings_item("S", "X", UK, product_type="X", patches=(), now=NOW),
        lambda client: client.search_listings_items("S", UK, skus=("a,b",), now=NOW),
        lambda client: client.search_listings_items("S", UK, skus=("",), now=NOW),
        lambda client: client.search_listings_items("S", UK, skus=("\ud800",), now=NOW),
        lambda client: client.search_listings_items("S", UK, skus=("a",) * 21, now=NOW),
        lambda client: client.get_inventory_summaries(UK, skus=("a",) * 51, now=NOW),
    ],
)
def test_what_cannot_be_requested_is_not_sent(ask):
    amazon = Amazon(200, _ACCEPTED)
    with pytest.raises(InvalidRequest) as caught:
        ask(amazon.client)
    assert caught.value.message
    assert amazon.requests == []


def test_a_patch_of_ones_own():
    amazon = Amazon(200, _ACCEPTED)
    patch = PatchOperation(op="delete", path="/attributes/fulfillment_availability", value=({"a": 1},))
    amazon.client.patch_listings_item("S", "LAN-01", UK, product_type="LAMP", patches=[patch], now=NOW)
    assert json.loads(amazon.request.content)["patches"] == [
        {"op": "delete", "path": "/attributes/fulfillment_availability", "value": [{"a": 1}]}
    ]


_LISTING = {
    "sku": "LAN-01",
    "summaries": [
        {
            "marketplaceId": UK,
            "asin": "B000000001",
            "productType": "LAMP",
            "conditionType": "new_new",
            "status": ["BUYABLE"],
            "itemName": "Brass lantern",
            "createdDate": "2026-01-01T00:00:00Z",
            "lastUpdatedDate": "2026-01-02T00:00:00.5+00:00",
        }
    ],
    "attributes": {
        "item_name": [{"value": "Brass lantern"}],
        "fulfillment_availability": [
            {"fulfillment_channel_code": "DEFAULT", "quantity": 9, "lead_time_to_ship_max_days": 3}
        ],
    },
    "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": 7}],
}


def test_a_listing():
    amazon = Amazon(200, _LISTING)
    item = amazon.client.get_listings_item("S", "LAN-01", UK, now=NOW, included_data=("summaries", "attributes")).value
    assert amazon.target == (
        "/listings/2021-08-01/items/S/LAN-01?marketplaceIds=A1F83G8C2ARO7P&includedData=summaries,attributes"
    )
    assert item.summaries == (
        ListingSummary(
            marketplace_id=UK,
            asin="B000000001",
            product_type="LAMP",
            condition_type="new_new",
            status=("BUYABLE",),
            item_name="Brass lantern",
            created_date=datetime(2026, 1, 1, tzinfo=UTC),
            last_updated_date=datetime(2026, 1, 2, 0, 0, 0, 500000, tzinfo=UTC),
        ),
    )
    assert item.merchant_quantity == 7
    assert item.merchant_attribute is not None
    assert item.merchant_attribute.lead_time_to_ship_max_days == 3
    assert (item.product_type(UK), item.product_type(DE)) == ("LAMP", None)
    assert item.fulfilled_by_amazon is False


def test_an_fba_listing_has_no_quantity_of_the_sellers_own():
    wire = {"sku": "F", "fulfillmentAvailability": [{"fulfillmentChannelCode": "AMAZON_EU"}]}
    item = Amazon(200, wire).client.get_listings_item("S", "F", UK, now=NOW).value
    assert item.fulfillment_availability == (FulfillmentAvailability(fulfillment_channel_code="AMAZON_EU"),)
    assert item.merchant_quantity is None
    assert item.fulfilled_by_amazon is True


def test_a_sellers_locations_are_neither_default_nor_amazons():
    codes = ("SUPPLY-2", "DEFAULT", "AMAZON_NA", "SUPPLY-1")
    wire = {"sku": "M", "fulfillmentAvailability": [{"fulfillmentChannelCode": code, "quantity": 0} for code in codes]}
    item = Amazon(200, wire).client.get_listings_item("S", "M", UK, now=NOW).value
    assert (item.location_codes, item.fulfilled_by_amazon) == (("SUPPLY-1", "SUPPLY-2"), True)


def test_a_page_of_listings_goes_on_without_the_one_that_cannot_be_read():
    wire = {"numberOfResults": 43, "items": [_LISTING, {"sku": 7}], "pagination": {"nextToken": "a=="}}
    amazon = Amazon(200, wire)
    page = amazon.client.search_listings_items("S", UK, now=NOW, page_token="p+").value
    assert [item.sku for item in page.items] == ["LAN-01"]
    assert (page.number_of_results, page.next_token) == (43, "a==")
    assert page.unreadable == ("entry 1: Expected `str`, got `int` - at `$.sku`",)
    assert amazon.target == (
        "/listings/2021-08-01/items/S?marketplaceIds=A1F83G8C2ARO7P"
        "&includedData=summaries,fulfillmentAvailability,productTypes,issues&pageSize=20&pageToken=p%2B"
    )


def test_named_skus_are_fetched_by_sku():
    amazon = Amazon(200, {"numberOfResults": 0, "items": []})
    amazon.client.search_listings_items("S", UK, now=NOW, skus=("a/b", "c d"), included_data=("summaries",))
    assert amazon.target == (
        "/listings/2021-08-01/items/S?marketplaceIds=A1F83G8C2ARO7P"
        "&identifiers=a%2Fb,c%20d&identifiersType=SKU&includedData=summaries&pageSize=20"
    )


def test_fba_levels():
    wire = {
        "payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": UK},
            "inventorySummaries": [
                {
                    "asin": "B1",
                    "fnSku": "X1",
                    "sellerSku": "F-1",
                    "condition": "NewItem",
                    "inventoryDetails": {
                        "fulfillableQuantity": 5,
                        "reservedQuantity": {"totalReservedQuantity": 2},
                        "futureSupplyQuantity": {"futureSupplyBuyableQuantity": 99},
                        "shelvedQuantity": 4,
                    },
                    "lastUpdatedTime": "2026-11-24T11:00:00Z",
                    "productName": "Lantern",
                    "totalQuantity": 7,
                },
                {"sellerSku": "F-2", "inventoryDetails": [], "lastUpdatedTime": ""},
                {"sellerSku": ["what"]},
            ],
        },
        "pagination": {"nextToken": "n+"},
    }
    amazon = Amazon(200, wire)
    assert amazon.client.get_inventory_summaries(UK, now=NOW).value == InventoryPage(
        summaries=(
            InventorySummary(
                asin="B1",
                fn_sku="X1",
                seller_sku="F-1",
                condition="NewItem",
                inventory_details=InventoryDetails(
                    fulfillable_quantity=5, reserved_quantity=ReservedQuantity(total_reserved_quantity=2)
                ),
                last_updated_time=datetime(2026, 11, 24, 11, tzinfo=UTC),
                product_name="Lantern",
                total_quantity=7,
            ),
            InventorySummary(seller_sku="F-2"),
        ),
        next_token="n+",
        granularity_id=UK,
        unreadable=("entry 2: Expected `str | null`, got `array` - at `$.sellerSku`",),
        unpublished={"F-1": {"futureSupplyQuantity.futureSupplyBuyableQuantity": 99, "shelvedQuantity": 4}},
    )
    assert amazon.target == (
        "/fba/inventory/v1/summaries?granularityType=Marketplace&granularityId=A1F83G8C2ARO7P"
        "&marketplaceIds=A1F83G8C2ARO7P&details=true"
    )


def test_a_page_without_its_payload_is_no_empty_page():
    with pytest.raises(NotAnsweredAsPromised):
        Amazon(200, {"pagination": {}}).client.get_inventory_summaries(UK, now=NOW)
    with pytest.raises(NotAnsweredAsPromised):
        Amazon(200, {"numberOfResults": 0}).client.search_listings_items("S", UK, now=NOW)
