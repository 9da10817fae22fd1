"""Our values against Amazon's own models: no member forgotten, every example understood.

The models lie outside the repository; without them these tests skip, and say so.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest

from wharfinger.amazon.messages.fba import InventorySummary
from wharfinger.amazon.messages.listings import ListingsItem, SubmissionAnswer, read_listings_page, submission
from wharfinger.amazon.messages.orders import AmazonOrder, decode_order, read_search_page, read_single_order
from wharfinger.amazon.messages.sellers import MarketplaceParticipation, read_participations
from wharfinger.amazon.messages.shipments import ShippedItem
from wharfinger.amazon.messages.wire import read
from wharfinger.amazon.operations import OPERATIONS

MODELS = Path(__file__).parents[3] / "shared" / "sp-api-models"

pytestmark = pytest.mark.skipif(not MODELS.is_dir(), reason=f"no Amazon models beside the repository ({MODELS.name})")

ORDERS = "orders_2026-01-01.json"
LISTINGS = "listingsItems_2021-08-01.json"


@cache
def _model(name: str) -> dict[str, Any]:
    return json.loads((MODELS / name).read_text())


def _shape(model: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Member paths of a schema: {member: shape}, {} for a plain value."""
    if "$ref" in schema:
        return _shape(model, model["definitions"][schema["$ref"].rpartition("/")[2]])
    if schema.get("allOf"):
        return _shape(model, schema["allOf"][0])
    if schema.get("type") == "array":
        return _shape(model, schema["items"])
    return {name: _shape(model, inner) for name, inner in schema.get("properties", {}).items()}


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
    ("model", "definition", "ours", "left_out"),
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
    ],
)
def test_no_member_of_the_model_is_forgotten(model, definition, ours, left_out):
    theirs = _shape(_model(model), {"$ref": f"#/definitions/{definition}"})
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


def test_every_listing_of_the_examples_is_understood():
    for body in _examples(LISTINGS, "searchListingsItems"):
        page = read_listings_page(body)
        assert page.items
        assert page.unreadable == ()
    for body in _examples(LISTINGS, "getListingsItem"):
        assert read(body, ListingsItem).sku
    for body in _examples(LISTINGS, "patchListingsItem"):
        assert submission(read(body, SubmissionAnswer)).sku


def test_every_participation_of_the_examples_is_understood():
    for body in _examples("sellers.json", "getMarketplaceParticipations"):
        assert read_participations(body)


@pytest.mark.parametrize(
    ("name", "model"),
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
    ],
)
def test_our_table_says_what_the_model_says(name, model):
    row = OPERATIONS[name]
    (path,) = [
        path
        for path, methods in _model(model)["paths"].items()
        if methods.get(row.method.lower(), {}).get("operationId") == name
    ]
    wire_names = {"orderId": "order_id", "sellerId": "seller_id", "sku": "sku"}
    for theirs, ours in wire_names.items():
        path = path.replace(f"{{{theirs}}}", f"{{{ours}}}")
    assert row.path == path
    described = _operation(model, name)["description"]
    rates = [line for line in described.splitlines() if line.startswith("|") and line.strip("| -:")]
    assert any(
        [cell.strip() for cell in line.strip("| ").split("|")][-2:] == [str(row.rate), str(row.burst)] for line in rates
    ), rates
