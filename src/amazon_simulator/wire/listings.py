"""Listings Items 2021-08-01. Source: model listingsItems_2021-08-01.json and recordings of the wire."""

import contextlib
import copy
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.clock import from_iso, iso
from amazon_simulator.entities import Listing, Seller
from amazon_simulator.house import House
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.routes import Route
from amazon_simulator.wire.answers import denied, invalid, refuse
from amazon_simulator.wire.paging import fingerprint, seal, unseal

PAGED_AT_MOST = 1000
PATH = "/attributes/fulfillment_availability"
IDENTIFIERS_AT_MOST = 20
QUANTITY_AT_MOST = 99_999_999
LEAD_TIME_AT_MOST = 30
DATA = {
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability",
    "procurement", "relationships", "productTypes", "identifiers",
}  # fmt: skip
UNPARSED = "Request has missing or invalid parameters and cannot be parsed."

Fits = Callable[[Listing], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """A quantity as a patch tells it; `lead_time` None = none any more."""

    quantity: int
    lead_time: int | None


class Listings:
    def __init__(self, house: House) -> None:
        self._world = house.world
        self._fault = ""
        self._later = 0.0

    def routes(self) -> tuple[Route, ...]:
        one = "/listings/2021-08-01/items/{sellerId}/{sku}"
        return (
            Route(
                "searchListingsItems",
                "GET",
                "/listings/2021-08-01/items/{sellerId}",
                lambda call: self.search(call.seller, call.names[0], call.request, call.now),
            ),
            Route(
                "getListingsItem",
                "GET",
                one,
                lambda call: self.get(call.seller, call.names[0], call.names[1], call.request),
            ),
            Route(
                "patchListingsItem",
                "PATCH",
                one,
                lambda call: self.patch(call.seller, call.names[0], call.names[1], call.request, call.now),
            ),
        )

    @contextlib.contextmanager
    def spoilt(self, fault: str, seconds: float) -> Iterator[None]:
        """Answer within as a fault has it: stale_read, accepted_not_applied, applied_late (by `seconds`)."""
        self._fault, self._later = fault, seconds if fault == "applied_late" else 0.0
        try:
            yield
        finally:
            self._fault, self._later = "", 0.0

    def _shown(self, row: Listing) -> Listing:
        if self._fault != "stale_read" or len(row.history) < 2:
            return row
        stale = copy.copy(row)
        stale.quantity = row.history[-2].quantity
        return stale

    def search(self, seller: Seller, who: str, request: Request, now: float) -> Response:
        """searchListingsItems: 1 to 20 a page, at most 1,000 SKUs through the pages."""
        query = request.params()
        fault = self._refusal(seller, who, query)
        if fault is not None:
            return fault
        try:
            size, filters = _size(query), _filters(request, query)
        except ValueError as wrong:
            return invalid(details=str(wrong))
        marketplaces = query["marketplaceIds"].split(",")
        same = fingerprint(query, "pageToken", "pageSize")
        as_of, passed = now, 0
        if query.get("pageToken"):
            held = unseal("listings", query["pageToken"])
            if held is None or held[:2] != [seller.id, same]:
                return invalid(details="pageToken is not valid")
            as_of, passed = held[2], held[3]
        rows = [
            row
            for row in self._world.by_seller.get(seller.id, {}).values()
            if row.listed and not set(marketplaces).isdisjoint(row.marketplaces) and all(fits(row) for fits in filters)
        ]
        _sort(rows, query, as_of)
        data = query.get("includedData", "summaries").split(",")
        body: dict[str, Any] = {
            "numberOfResults": len(rows),
            "items": [item_json(self._shown(row), marketplaces, data) for row in rows[passed : passed + size]],
        }
        if passed + size < min(len(rows), PAGED_AT_MOST):
            body["pagination"] = {"nextToken": seal("listings", (seller.id, same, as_of, passed + size))}
        return answer_json(body)

    def get(self, seller: Seller, who: str, sku: str, request: Request) -> Response:
        query = request.params()
        fault = self._refusal(seller, who, query)
        if fault is not None:
            return fault
        marketplaces = query["marketplaceIds"].split(",")
        listing = self._find(seller, sku, marketplaces)
        if listing is None:
            return _not_found(sku, marketplaces[0])
        return answer_json(
            item_json(self._shown(listing), marketplaces, query.get("includedData", "summaries").split(","))
        )

    @staticmethod
    def _refusal(seller: Seller, who: str, query: dict[str, str]) -> Response | None:
        marketplaces = query.get("marketplaceIds", "")
        if not marketplaces:
            return invalid(UNPARSED, "marketplaceIds is required")
        if who != seller.id or not set(marketplaces.split(",")) <= set(seller.marketplaces):
            return denied()
        if not set(query.get("includedData", "summaries").split(",")) <= DATA:
            return invalid(details="includedData")
        return None

    def _find(self, seller: Seller, sku: str, marketplaces: Sequence[str]) -> Listing | None:
        listing = self._world.listings.get((seller.id, sku))
        if listing is None or not listing.listed or set(marketplaces).isdisjoint(listing.marketplaces):
            return None
        return listing

    def patch(self, seller: Seller, who: str, sku: str, request: Request, now: float) -> Response:
        """patchListingsItem: 200 ACCEPTED or INVALID, whole or not at all; takes effect a little later."""
        query = request.params()
        fault = self._refusal(seller, who, query)
        if fault is not None:
            return fault
        try:
            body = request.json()
        except ValueError:
            return invalid(UNPARSED)
        unparsable = _unparsable(body)
        if unparsable:
            return invalid(unparsable)
        marketplaces = query["marketplaceIds"].split(",")
        listing = self._find(seller, sku, marketplaces)
        if listing is None:
            return _not_found(sku, marketplaces[0])
        if body["productType"] not in (listing.product_type, "PRODUCT"):
            return submitted(sku, "INVALID", "4000003", "The product type is not that of the listing.", "product_type")
        told, wrong = _read(listing, body["patches"])
        if wrong:
            return submitted(sku, "INVALID", "90000900", wrong, "fulfillmentAvailability")
        preview = query.get("mode") == "VALIDATION_PREVIEW"
        if told is not None and not preview and self._fault != "accepted_not_applied":
            self._world.tell_quantity(listing, told.quantity, told.lead_time, now, later=self._later)
        response = submitted(sku, "VALID" if preview else "ACCEPTED")
        if "identifiers" in query.get("includedData", ""):
            response = _with_identifiers(response, listing, marketplaces)
        return response


def _size(query: dict[str, str]) -> int:
    text = query.get("pageSize") or "10"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 20:
        raise ValueError("pageSize must be 1 to 20")
    return int(text)


def _filters(request: Request, query: dict[str, str]) -> list[Fits]:
    """What the rows must fit; ValueError names the parameter."""
    found: list[Fits] = []
    if query.get("identifiers"):
        kind, wanted = query.get("identifiersType"), request.listed("identifiers")
        if kind not in ("SKU", "ASIN"):
            raise ValueError("identifiersType: SKU or ASIN, together with identifiers")
        if len(request.query.split("identifiers=")[1].split("&")[0].split(",")) > IDENTIFIERS_AT_MOST:
            raise ValueError(f"identifiers: at most {IDENTIFIERS_AT_MOST}")
        found.append(lambda row: (row.sku if kind == "SKU" else row.asin) in wanted)
    for name, having in (("withStatus", True), ("withoutStatus", False)):
        if query.get(name):
            asked = set(query[name].split(","))
            found.append(_of_status(asked, having))
    for name in ("createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore"):
        if query.get(name):
            found.append(_within(name, from_iso(query[name])))
    if query.get("withIssueSeverity"):
        found.append(lambda row: False)  # nothing here has issues
    return found


def _of_status(asked: set[str], having: bool) -> Fits:
    return lambda row: asked.isdisjoint(_status(row)) != having


def _within(name: str, moment: float) -> Fits:
    def fits(row: Listing) -> bool:
        when = _created(row) if name.startswith("created") else _last_change(row, float("inf"))
        return when >= moment if name.endswith("After") else when <= moment

    return fits


def _created(row: Listing) -> float:
    return row.history[0].at if row.history else 0.0


def _last_change(row: Listing, as_of: float) -> float:
    """Its newest change up to a moment: pages of one search do not shift while quantities move."""
    return next((change.at for change in reversed(row.history) if change.at <= as_of), 0.0)


def _sort(rows: list[Listing], query: dict[str, str], as_of: float) -> None:
    """As the model says: by lastUpdatedDate, newest first, unless asked otherwise."""
    rows.sort(key=lambda row: row.sku)
    newest_first = query.get("sortOrder", "DESC") != "ASC"
    match query.get("sortBy", "lastUpdatedDate"):
        case "sku":
            rows.sort(key=lambda row: row.sku, reverse=newest_first)
        case "createdDate":
            rows.sort(key=_created, reverse=newest_first)
        case _:
            rows.sort(key=lambda row: _last_change(row, as_of), reverse=newest_first)


def _read(listing: Listing, patches: list[dict[str, Any]]) -> tuple[Told | None, str]:
    """What the patches tell about the quantity, or what is wrong with them."""
    told: Told | None = None
    for patch in patches:
        if not patch["path"].startswith("/attributes/"):
            return None, f"The path '{patch['path'][:100]}' is not supported: only top-level attributes."
        if patch["path"] != PATH:
            continue
        if patch["op"] == "delete":
            told = Told(0, None)
            continue
        if not patch["value"]:
            return None, "The attribute 'fulfillment_availability' needs at least one entry."
        for entry in patch["value"]:
            wrong = _wrong(entry)
            if wrong:
                return None, wrong
            keeps = listing.lead_time if patch["op"] == "merge" else None
            told = Told(entry["quantity"], entry.get("lead_time_to_ship_max_days", keeps))
    return told, ""


def _wrong(entry: dict[str, Any]) -> str:
    quantity, lead_time = entry.get("quantity"), entry.get("lead_time_to_ship_max_days")
    if entry.get("fulfillment_channel_code") != "DEFAULT":
        code = str(entry.get("fulfillment_channel_code"))[:100]
        return f"The fulfillment channel code '{code}' is not valid for this listing."
    if type(quantity) is not int or not 0 <= quantity <= QUANTITY_AT_MOST:
        return f"'Quantity' is required and must be a whole number from 0 to {QUANTITY_AT_MOST}."
    if lead_time is not None and (type(lead_time) is not int or not 0 <= lead_time <= LEAD_TIME_AT_MOST):
        return f"'Lead time' must be a whole number of days from 0 to {LEAD_TIME_AT_MOST}."
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


def submitted(sku: str, status: str, code: str = "", message: str = "", attribute: str = "") -> Response:
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


def _with_identifiers(response: Response, listing: Listing, marketplaces: Sequence[str]) -> Response:
    told = json.loads(response.body)
    told["identifiers"] = [{"marketplaceId": market, "asin": listing.asin} for market in marketplaces]
    return answer_json(told)


def _not_found(sku: str, marketplace: str) -> Response:
    return refuse(404, "NOT_FOUND", f"SKU '{sku}' not found in marketplace {marketplace}")


def _status(listing: Listing) -> list[str]:
    buyable = listing.quantity or listing.channel != "DEFAULT"
    return ["BUYABLE", "DISCOVERABLE"] if buyable else ["DISCOVERABLE"]


def item_json(listing: Listing, marketplaces: Sequence[str], data: Sequence[str]) -> dict[str, Any]:
    """A listings item as the model has it, with the parts asked for."""
    item: dict[str, Any] = {"sku": listing.sku}
    own = [market for market in marketplaces if market in listing.marketplaces]
    if "summaries" in data:
        item["summaries"] = [_summary(listing, market) for market in own]
    if "attributes" in data:
        item["attributes"] = {
            "item_name": [{"value": listing.title, "marketplace_id": market} for market in own],
            "fulfillment_availability": [_availability(listing)],
        }
    if "issues" in data:
        item["issues"] = []
    if "offers" in data:
        item["offers"] = [_offer(listing, market) for market in own]
    if "fulfillmentAvailability" in data:
        live: dict[str, Any] = {"fulfillmentChannelCode": listing.channel}
        if listing.channel == "DEFAULT":
            live["quantity"] = listing.quantity or 0
        item["fulfillmentAvailability"] = [live]
    if "relationships" in data:
        item["relationships"] = [{"marketplaceId": market, "relationships": []} for market in own]
    if "productTypes" in data:
        item["productTypes"] = [{"marketplaceId": market, "productType": listing.product_type} for market in own]
    return item


def _summary(listing: Listing, marketplace: str) -> dict[str, Any]:
    return {
        "marketplaceId": marketplace,
        "asin": listing.asin,
        "productType": listing.product_type,
        "conditionType": "new_new",
        "status": _status(listing),
        "itemName": listing.title,
        "createdDate": iso(_created(listing)),
        "lastUpdatedDate": iso(_last_change(listing, float("inf"))),
    }


def _availability(listing: Listing) -> dict[str, Any]:
    told: dict[str, Any] = {"fulfillment_channel_code": listing.channel}
    if listing.channel == "DEFAULT":
        told["quantity"] = listing.quantity or 0
        if listing.lead_time is not None:
            told["lead_time_to_ship_max_days"] = listing.lead_time
    return told


def _offer(listing: Listing, marketplace: str) -> dict[str, Any]:
    amount = Decimal(listing.price) * MARKETS[marketplace].price_factor / 10_000
    return {
        "marketplaceId": marketplace,
        "offerType": "B2C",
        "price": {"currencyCode": MARKETS[marketplace].currency, "amount": f"{amount:.2f}"},
    }
