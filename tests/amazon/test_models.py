"""Our values against the contract that Amazon publishes: no member forgotten, every example of its models understood.

The examples lie outside the repository; without them their tests skip, and say so.
"""

import json
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin

import msgspec
import pytest
from tests.contract.reading import MODELS, by_the_models, definitions, operations

from wharfinger.amazon.messages.buy_shipping import IneligibleRate, Rate
from wharfinger.amazon.messages.fba import InventorySummary
from wharfinger.amazon.messages.listings import ListingsItem, SubmissionAnswer, read_listings_page, submission
from wharfinger.amazon.messages.orders import AmazonOrder, decode_order, read_search_page, read_single_order
from wharfinger.amazon.messages.sellers import MarketplaceParticipation, split_participations
from wharfinger.amazon.messages.shipments import ShippedItem
from wharfinger.amazon.messages.wire import read
from wharfinger.amazon.operations import OPERATIONS

ORDERS = "orders_2026-01-01.json"
LISTINGS = "listingsItems_2021-08-01.json"
SHIPPING = "shippingV2.json"


@cache
def _model(name: str) -> dict[str, Any]:
    return json.loads((MODELS / name).read_text())


def _shape(known: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Member paths of a schema: {member: shape}, {} for a plain value."""
    if "$ref" in schema:
        return _shape(known, known[schema["$ref"]])
    if schema.get("allOf"):
        return _shape(known, schema["allOf"][0])
    if schema.get("type") == "array":
        return _shape(known, schema["items"])
    return {name: _shape(known, inner) for name, inner in schema.get("properties", {}).items()}


def _ours(kind: Any) -> dict[str, Any]:
    if get_origin(kind) is not None:
        shapes = [_ours(inner) for inner in get_args(kind)]
        return next((shape for shape in shapes if shape), {})
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {field.encode_name: _ours(field.type) for field in msgspec.structs.fields(kind)}
    return {}


def _missing(theirs: dict[str, Any], ours: dict[str, Any], path: str = "") -> list[str]:
    found = [f"{path}.{name}" for name in theirs if name not in ours]
    for name, inner in theirs.items():
        if name in ours:
            found += _missing(inner, ours[name], f"{path}.{name}")
    return found


@pytest.mark.parametrize(
    ("file", "definition", "ours", "left_out"),
    [
        (ORDERS, "Order", AmazonOrder, set()),
        (
            LISTINGS,
            "Item",
            ListingsItem,
            {".relationships"},
        ),
        (LISTINGS, "ListingsItemSubmissionResponse", SubmissionAnswer, {".identifiers"}),
        ("fbaInventory.json", "InventorySummary", InventorySummary, set()),
        ("sellers.json", "MarketplaceParticipation", MarketplaceParticipation, set()),
        ("ordersV0.json", "ConfirmShipmentOrderItem", ShippedItem, set()),
        (SHIPPING, "Rate", Rate, set()),
        (SHIPPING, "IneligibleRate", IneligibleRate, set()),
    ],
)
def test_no_member_of_the_contract_is_forgotten(file, definition, ours, left_out):
    theirs = _shape(definitions(file), {"$ref": definition})
    assert theirs
    assert set(_missing(theirs, _ours(ours))) == left_out


def test_our_shape_tells_a_member_that_is_missing():
    assert _missing({"a": {"b": {}}, "c": {}}, {"a": {}}) == [".c", ".a.b"]


def _operation(model: str, name: str) -> dict[str, Any]:
    for methods in _model(model)["paths"].values():
        for found in methods.values():
            if isinstance(found, dict) and found.get("operationId") == name:
                return found
    raise AssertionError(name)


def _examples(model: str, name: str) -> list[bytes]:
    answer = _operation(model, name)["responses"]["200"]
    pairs = answer.get("x-amzn-api-sandbox", {}).get("static", [])
    values = [pair["response"] for pair in pairs] + list(answer.get("examples", {}).values())
    assert values
    return [json.dumps(value).encode() for value in values]


@by_the_models
def test_every_order_of_the_examples_is_understood():
    seen = 0
    for body in _examples(ORDERS, "searchOrders"):
        for raw in read_search_page(body).raw_orders:
            decode_order(raw)
            seen += 1
    for body in _examples(ORDERS, "getOrder"):
        decode_order(read_single_order(body))
        seen += 1
    assert seen >= 6


@by_the_models
def test_every_listing_of_the_examples_is_understood():
    for body in _examples(LISTINGS, "searchListingsItems"):
        page = read_listings_page(body)
        assert page.items
        assert page.unreadable == ()
    for body in _examples(LISTINGS, "getListingsItem"):
        assert read(body, ListingsItem).sku
    for body in _examples(LISTINGS, "patchListingsItem"):
        assert submission(read(body, SubmissionAnswer)).sku


@by_the_models
def test_every_participation_of_the_examples_is_understood():
    for body in _examples("sellers.json", "getMarketplaceParticipations"):
        assert split_participations(body)[0]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("getMarketplaceParticipations", "sellers.json"),
        ("searchOrders", ORDERS),
        ("getOrder", ORDERS),
        ("confirmShipment", "ordersV0.json"),
        ("searchListingsItems", LISTINGS),
        ("getListingsItem", LISTINGS),
        ("patchListingsItem", LISTINGS),
        ("getInventorySummaries", "fbaInventory.json"),
        ("rotateApplicationClientSecret", "application_2023-11-30.json"),
        ("getRates", SHIPPING),
        ("getAdditionalInputs", SHIPPING),
        ("purchaseShipment", SHIPPING),
        ("getShipmentDocuments", SHIPPING),
        ("cancelShipment", SHIPPING),
        ("getTracking", SHIPPING),
    ],
)
def test_our_table_says_what_the_contract_says(name, file):
    row = OPERATIONS[name]
    (published,) = [one for one in operations() if (one.name, one.file) == (name, file)]
    path = published.path
    wire_names = {"orderId": "order_id", "sellerId": "seller_id", "sku": "sku", "shipmentId": "shipment_id"}
    for theirs, ours in wire_names.items():
        path = path.replace(f"{{{theirs}}}", f"{{{ours}}}")
    assert (row.method, row.path) == (published.method, path)
    assert published.rate is not None
    assert (row.rate, row.burst) == tuple(Decimal(str(number)) for number in published.rate)
