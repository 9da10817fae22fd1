"""Listings Items 2021-08-01. Source: model listingsItems_2021-08-01.json and recordings of the wire."""

import secrets
from typing import Any

from amazon_simulator.clock import iso
from amazon_simulator.entities import Listing, Seller
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.wire.answers import denied, invalid, refuse
from amazon_simulator.world import World

PAGED_AT_MOST = 1000
PATH = "/attributes/fulfillment_availability"
UNPARSED = "Request has missing or invalid parameters and cannot be parsed."


class Listings:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens: dict[str, tuple[str, int]] = {}

    def search(self, seller: Seller, who: str, request: Request) -> Response:
        """searchListingsItems: 1 to 20 a page, at most 1,000 SKUs through the pages."""
        query = request.params()
        marketplaces = query.get("marketplaceIds", "").split(",")
        if who != seller.id or not set(marketplaces) <= set(seller.marketplaces):
            return denied()
        try:
            size = int(query.get("pageSize", "10"))
        except ValueError:
            return invalid(details="pageSize")
        if not 1 <= size <= 20:
            return invalid(details="pageSize must be 1 to 20")
        rows = [row for row in self._world.by_seller.get(seller.id, []) if row.listed]
        if query.get("identifiers"):
            wanted = query["identifiers"].split(",")
            if len(wanted) > 20 or query.get("identifiersType") != "SKU":
                return invalid(details="identifiers: at most 20, with identifiersType SKU")
            rows = [row for row in rows if row.sku in wanted]
        start = 0
        if query.get("pageToken"):
            held = self._tokens.get(query["pageToken"])
            if held is None or held[0] != seller.id:
                return invalid(details="pageToken is not valid")
            start = held[1]
        return self._page(seller, rows, start, size, marketplaces[0], query.get("includedData", "summaries"))

    def _page(
        self, seller: Seller, rows: list[Listing], start: int, size: int, marketplace: str, data: str
    ) -> Response:
        body: dict[str, Any] = {
            "numberOfResults": len(rows),
            "items": [item_json(row, marketplace, data.split(",")) for row in rows[start : start + size]],
        }
        if start + size < min(len(rows), PAGED_AT_MOST):
            token = secrets.token_urlsafe(18) + "+/="
            self._tokens[token] = (seller.id, start + size)
            body["pagination"] = {"nextToken": token}
        return answer_json(body)

    def get(self, seller: Seller, who: str, sku: str, request: Request) -> Response:
        query = request.params()
        marketplace = query.get("marketplaceIds", "").split(",")[0]
        if who != seller.id or marketplace not in seller.marketplaces:
            return denied()
        listing = self._find(seller, sku)
        if listing is None:
            return _not_found(sku, marketplace)
        return answer_json(item_json(listing, marketplace, query.get("includedData", "summaries").split(",")))

    def _find(self, seller: Seller, sku: str) -> Listing | None:
        listing = self._world.listings.get((seller.id, sku))
        return listing if listing is not None and listing.listed else None

    def patch(self, seller: Seller, who: str, sku: str, request: Request, now: float, *, apply: bool) -> Response:
        """patchListingsItem: 200 ACCEPTED or INVALID; takes effect a little later."""
        marketplace = request.params().get("marketplaceIds", "").split(",")[0]
        if who != seller.id or marketplace not in seller.marketplaces:
            return denied()
        try:
            told = request.json()
        except ValueError:
            return refuse(400, "InvalidInput", UNPARSED)
        fault = _unparsable(told)
        if fault:
            return refuse(400, "InvalidInput", fault)
        listing = self._find(seller, sku)
        if listing is None:
            return _not_found(sku, marketplace)
        if told["productType"] != listing.product_type:
            return _submitted(sku, "INVALID", "4000003", "The product type is not that of the listing.", "product_type")
        for patch in told["patches"]:
            fault = self._change(listing, patch, now, apply)
            if fault:
                return _submitted(sku, "INVALID", "90000900", fault, "fulfillmentAvailability")
        return _submitted(sku, "ACCEPTED")

    def _change(self, listing: Listing, patch: dict[str, Any], now: float, apply: bool) -> str:
        """Apply one patch; answers what is wrong with it, or nothing."""
        if patch["path"] != PATH or patch["op"] == "delete":
            return ""
        for entry in patch["value"]:
            quantity, code = entry.get("quantity"), entry.get("fulfillment_channel_code")
            if code != "DEFAULT":
                return f"The fulfillment channel code '{code}' is not valid for this listing."
            if type(quantity) is not int or quantity < 0:
                return "'Quantity' is required and must be a whole number of 0 or more."
            if listing.channel != "DEFAULT":
                listing.channel = "DEFAULT"  # behaviour S03: a quantity turns an FBA SKU into FBM
            keeps = patch["op"] == "merge"
            lead_time = entry.get("lead_time_to_ship_max_days", listing.lead_time if keeps else None)
            if apply:
                self._world.tell_quantity(listing, quantity, lead_time, now)
        return ""


def _unparsable(told: Any) -> str:
    """Amazon's own words for a request that it cannot parse (behaviour S06)."""
    if not isinstance(told, dict) or not isinstance(told.get("productType"), str):
        return UNPARSED
    patches = told.get("patches")
    if not isinstance(patches, list) or not patches:
        return UNPARSED
    for index, patch in enumerate(patches):
        if not isinstance(patch, dict) or patch.get("op") not in ("add", "replace", "merge", "delete"):
            return UNPARSED
        if not isinstance(patch.get("path"), str):
            return UNPARSED
        if patch["op"] != "delete" and "value" not in patch:
            return f"Value is missing for patch at index of {index}."
        if patch["op"] != "delete" and not (
            isinstance(patch["value"], list) and all(isinstance(entry, dict) for entry in patch["value"])
        ):
            return UNPARSED
    return ""


def _submitted(sku: str, status: str, code: str = "", message: str = "", attribute: str = "") -> Response:
    issue = {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "categories": ["INVALID_ATTRIBUTE"],
        "attributeNames": [attribute],
    }
    return answer_json(
        {"sku": sku, "status": status, "submissionId": secrets.token_hex(16), "issues": [issue] if code else []}
    )


def _not_found(sku: str, marketplace: str) -> Response:
    return refuse(404, "NOT_FOUND", f"SKU '{sku}' not found in marketplace {marketplace}")


def item_json(listing: Listing, marketplace: str, data: list[str]) -> dict[str, Any]:
    """A listings item as the model has it, with the parts asked for."""
    item: dict[str, Any] = {"sku": listing.sku}
    since = iso(listing.history[0].at if listing.history else 0.0)
    if "summaries" in data:
        item["summaries"] = [
            {
                "marketplaceId": marketplace,
                "asin": listing.asin,
                "productType": listing.product_type,
                "conditionType": "new_new",
                "status": ["BUYABLE", "DISCOVERABLE"]
                if listing.quantity or listing.channel != "DEFAULT"
                else ["DISCOVERABLE"],
                "itemName": listing.title,
                "createdDate": since,
                "lastUpdatedDate": iso(listing.history[-1].at) if listing.history else since,
            }
        ]
    if "attributes" in data:
        own: dict[str, Any] = {"fulfillment_channel_code": listing.channel, "marketplace_id": marketplace}
        if listing.channel == "DEFAULT":
            own["quantity"] = listing.quantity or 0
            if listing.lead_time is not None:
                own["lead_time_to_ship_max_days"] = listing.lead_time
        item["attributes"] = {"fulfillment_availability": [own]}
    if "issues" in data:
        item["issues"] = []
    if "fulfillmentAvailability" in data:
        live: dict[str, Any] = {"fulfillmentChannelCode": listing.channel}
        if listing.channel == "DEFAULT":
            live["quantity"] = listing.quantity or 0
        item["fulfillmentAvailability"] = [live]
    if "productTypes" in data:
        item["productTypes"] = [{"marketplaceId": marketplace, "productType": listing.product_type}]
    return item
