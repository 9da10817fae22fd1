"""Listings Items 2021-08-01. Source: model listingsItems_2021-08-01.json and recordings of the wire."""

import contextlib
import copy
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.protocol.errors import denied, invalid, refuse
from amazon_simulator.protocol.paging import fingerprint, seal, unseal
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.representations.listing_attributes import AVAILABILITY
from amazon_simulator.representations.listing_items import Families, item_json
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.listing_search import read_filters, read_size, sort_rows
from amazon_simulator.wire.submissions import REQUIRED, Refused, carry_out, issue_json, plan_patch, plan_put
from amazon_simulator.world.entities import Change, Listing, ListingUpdate, Seller, Write

PAGED_AT_MOST = 1000
NOT_APPLIED = "accepted_not_applied"
ITEMS = "/listings/2021-08-01/items/{sellerId}"
DATA = {
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability",
    "procurement", "relationships", "productTypes",
}  # fmt: skip
INCLUDABLE = {"issues", "identifiers"}
"""What the response to a submission may include."""
UNPARSED = "Request has missing or invalid parameters and cannot be parsed."


class Listings:
    def __init__(self, context: ApiContext) -> None:
        self._world = context.world
        self._base = context.base
        self._numbering = context.numbering
        self._fault = ""
        self._later = 0.0

    def routes(self) -> tuple[Route, ...]:
        one = f"{ITEMS}/{{sku}}"
        return (
            Route(
                "searchListingsItems",
                "GET",
                ITEMS,
                lambda call: self.search(call.seller, call.names[0], call.request, call.now),
            ),
            Route(
                "getListingsItem",
                "GET",
                one,
                lambda call: self.get(call.seller, call.names[0], call.names[1], call.request),
            ),
            Route("patchListingsItem", "PATCH", one, self.patch),
            Route("putListingsItem", "PUT", one, self.put),
            Route("deleteListingsItem", "DELETE", one, self.delete),
        )

    @contextlib.contextmanager
    def faulty(self, fault: str, seconds: float) -> Iterator[None]:
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
        fault = _refusal(seller, who, query, DATA)
        if fault is not None:
            return fault
        data = _included(query, "summaries")
        all_rows = self._world.by_seller.get(seller.id, {}).values()
        families = Families()
        if "relationships" in data or query.get("packageHierarchySku"):
            families = Families.of(all_rows)
        same, as_of, passed = fingerprint(query, "pageToken", "pageSize"), now, 0
        if query.get("pageToken"):
            held = unseal("listings", query["pageToken"])
            if held is None or held[:2] != [seller.id, same]:
                return invalid(details="pageToken is not valid")
            as_of, passed = held[2], held[3]
        marketplaces = query["marketplaceIds"].split(",")
        try:
            size, filters = read_size(query), read_filters(request, query, families)
            rows = [
                row
                for row in all_rows
                if row.listed
                and not set(marketplaces).isdisjoint(row.marketplaces)
                and all(fits(row) for fits in filters)
            ]
            sort_rows(rows, query, as_of)
        except ValueError as wrong:
            return invalid(details=str(wrong))
        shown = rows[passed : passed + size]
        body: dict[str, Any] = {
            "numberOfResults": len(rows),
            "items": [item_json(self._shown(row), marketplaces, data, families, base=self._base) for row in shown],
        }
        pagination: dict[str, str] = {}
        if passed + size < min(len(rows), PAGED_AT_MOST):
            pagination["nextToken"] = seal("listings", (seller.id, same, as_of, passed + size))
        if passed:
            pagination["previousToken"] = seal("listings", (seller.id, same, as_of, max(0, passed - size)))
        if pagination:
            body["pagination"] = pagination
        return answer_json(body)

    def get(self, seller: Seller, who: str, sku: str, request: Request) -> Response:
        query = request.params()
        fault = _refusal(seller, who, query, DATA)
        if fault is not None:
            return fault
        marketplaces = query["marketplaceIds"].split(",")
        listing = self._find(seller, sku, marketplaces)
        if listing is None:
            return _not_found(sku, marketplaces[0])
        data = _included(query, "summaries")
        families = Families.of(self._world.by_seller[seller.id].values()) if "relationships" in data else None
        return answer_json(item_json(self._shown(listing), marketplaces, data, families, base=self._base))

    def _find(self, seller: Seller, sku: str, marketplaces: Sequence[str]) -> Listing | None:
        listing = self._world.listings.get((seller.id, sku))
        if listing is None or not listing.listed or set(marketplaces).isdisjoint(listing.marketplaces):
            return None
        return listing

    def patch(self, call: Call) -> Response:
        """patchListingsItem: 200 ACCEPTED or INVALID, whole or not at all; takes effect a little later.

        An unlisted SKU is accepted too, and nothing comes of it (behaviour S01).
        """
        (who, sku), query = call.names, call.request.params()
        fault = _refusal(call.seller, who, query, INCLUDABLE) or _wrong_mode(query)
        if fault is not None:
            return fault
        try:
            body = call.request.json()
        except ValueError:
            return invalid(UNPARSED)
        unparsable = _unparsable(body)
        if unparsable:
            return invalid(unparsable)
        marketplaces = query["marketplaceIds"].split(",")
        listing = self._find(call.seller, sku, marketplaces)
        held = _nothing(sku, body["productType"], marketplaces) if listing is None else listing
        market = next(one for one in marketplaces if one in held.marketplaces)
        try:
            plan = plan_patch(held, market, call.seller.region, body["productType"], body["patches"])
        except Refused as refusal:
            return self._refused(call, refusal.issue, body)
        return self._take(call, listing, plan)

    def put(self, call: Call) -> Response:
        """putListingsItem: a new listing, or all of an old one, in exactly one marketplace."""
        (who, sku), query = call.names, call.request.params()
        fault = _refusal(call.seller, who, query, INCLUDABLE) or _wrong_mode(query) or _several(query)
        if fault is not None:
            return fault
        try:
            body = call.request.json()
        except ValueError:
            return invalid(UNPARSED)
        if not _is_whole(body):
            return invalid(UNPARSED)
        if not 1 <= len(sku) <= 40:
            issue = issue_json("8560", "A SKU has 1 to 40 characters.", "sku")
            return self._refused(call, issue, body)
        listing, market = self._world.listings.get((call.seller.id, sku)), query["marketplaceIds"]
        try:
            plan = plan_put(listing, market, call.seller.region, body)
        except Refused as refusal:
            return self._refused(call, refusal.issue, body)
        if listing is None and not _is_preview(query) and self._fault != NOT_APPLIED:
            listing = self._make(call.seller, sku, body, call.now)
        return self._take(call, listing, plan)

    def _make(self, seller: Seller, sku: str, body: dict[str, Any], now: float) -> Listing:
        """A SKU that is listed once its submission has taken effect."""
        suggested = body["attributes"].get("merchant_suggested_asin") or [{}]
        listing = Listing(
            seller=seller.id,
            sku=sku,
            asin=str(suggested[0].get("value") or _asin(seller.id, sku))[:10],
            title=sku,
            product_type=body["productType"],
            channel="DEFAULT",
            price=0,
            marketplaces=[],
            quantity=0,
            listed=False,
            history=[Change(now, 0, "first listed")],
        )
        self._world.records.make(listing)
        return listing

    def _take(self, call: Call, listing: Listing | None, plan: ListingUpdate) -> Response:
        sku, query, now = call.names[1], call.request.params(), call.now
        if _is_preview(query):
            return self.submitted(sku, "VALID", query, [], now, listing)
        lost = "unknown SKU" if listing is None else self._fault if self._fault == NOT_APPLIED else ""
        if plan.offers:
            plan.write = self._note_write(call, plan.quantity, "ACCEPTED", lost or "waiting")
        if listing is not None and not lost:
            carry_out(self._world, listing, plan, now, self._later)
        elif listing is not None and plan.offers and plan.quantity is not None:
            self._world.quantities.keep_copy(listing, plan.market, plan.quantity)
        return self.submitted(sku, "ACCEPTED", query, [], now, listing)

    def _refused(self, call: Call, issue: dict[str, Any], body: Any = None) -> Response:
        """INVALID; the quantity that was sent is noted in the state report."""
        query = call.request.params()
        if not _is_preview(query) and _concerns_quantity(body):
            self._note_write(call, None, "INVALID", self._fault or issue["message"])
        return self.submitted(call.names[1], "INVALID", query, [issue], call.now)

    def _note_write(self, call: Call, quantity: int | None, status: str, effect: str) -> int:
        methods = {"PATCH": "patchListingsItem", "PUT": "putListingsItem", "DELETE": "deleteListingsItem"}
        write = Write(
            number=0,
            received=call.now if call.received is None else call.received,
            seller=call.seller.id,
            sku=call.names[1],
            market=call.request.params().get("marketplaceIds", ""),
            operation="JSON_LISTINGS_FEED" if call.feed else methods[call.request.method],
            reference=call.feed or call.request_id,
            quantity=quantity,
            status=status,
            effect=effect,
        )
        return self._world.quantities.note_write(write).number

    def delete(self, call: Call) -> Response:
        """deleteListingsItem: accepted for an unknown SKU too (behaviour S09)."""
        (who, sku), query = call.names, call.request.params()
        fault = _refusal(call.seller, who, query, INCLUDABLE) or _several(query)
        if fault is not None:
            return fault
        market, listing = query["marketplaceIds"], self._world.listings.get((call.seller.id, sku))
        if listing is not None and market in listing.marketplaces and self._fault != NOT_APPLIED:
            plan = ListingUpdate(call.now, offers=False, gone=market)
            carry_out(self._world, listing, plan, call.now, self._later)
        return self.submitted(sku, "ACCEPTED", query, [], call.now)

    def invalid(self, call: Call) -> Response:
        """What a fault makes of a submission that is right (behaviour S04)."""
        issue = issue_json("90000900", "The attributes are invalid.", "fulfillmentAvailability")
        try:
            body = call.request.json()
        except ValueError:
            body = None
        with self.faulty("invalid", 0.0):
            return self._refused(call, issue, body)

    def submitted(
        self,
        sku: str,
        status: str,
        query: dict[str, str],
        issues: list[dict[str, Any]],
        now: float,
        listing: Listing | None = None,
    ) -> Response:
        """A submission's response."""
        payload: dict[str, Any] = {
            "sku": sku,
            "status": status,
            "submissionId": self._numbering.hexadecimal("submission", now),
            "issues": issues,
        }
        if "identifiers" in query.get("includedData", ""):
            asins = [] if listing is None else query["marketplaceIds"].split(",")
            payload["identifiers"] = [{"marketplaceId": market, "asin": listing.asin} for market in asins if listing]
        return answer_json(payload)


def _refusal(seller: Seller, who: str, query: dict[str, str], data: set[str]) -> Response | None:
    marketplaces = query.get("marketplaceIds", "")
    if not marketplaces:
        return invalid(UNPARSED, "marketplaceIds is required")
    if who != seller.id or not set(marketplaces.split(",")) <= set(seller.marketplaces):
        return denied()
    if not set(_included(query, "")) <= {*data, ""}:
        return invalid(details="includedData")
    return None


def _included(query: dict[str, str], otherwise: str) -> list[str]:
    return (query.get("includedData") or otherwise).split(",")


def _is_preview(query: dict[str, str]) -> bool:
    return query.get("mode") == "VALIDATION_PREVIEW"


def _wrong_mode(query: dict[str, str]) -> Response | None:
    return invalid(details="mode") if query.get("mode") and not _is_preview(query) else None


def _several(query: dict[str, str]) -> Response | None:
    """Put and delete take one marketplace."""
    if "," in query["marketplaceIds"]:
        return invalid("Too many 'marketplaceIds' values provided. Expected a maximum of 1.")
    return None


def _unparsable(body: Any) -> str:
    """Amazon's own message for a request that it cannot parse (behaviour S06)."""
    if not isinstance(body, dict) or not isinstance(body.get("productType"), str):
        return UNPARSED
    patches = body.get("patches")
    if not isinstance(patches, list) or not patches:
        return UNPARSED
    for index, patch in enumerate(patches):
        if not isinstance(patch, dict) or patch.get("op") not in ("add", "replace", "merge", "delete"):
            return UNPARSED
        if not isinstance(patch.get("path"), str):
            return UNPARSED
        if patch["op"] != "delete" and "value" not in patch:
            return f"Value is missing for patch at index of {index}."
        value = patch.get("value") if patch["op"] != "delete" else patch.get("value") or []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            return UNPARSED
    return ""


def _concerns_quantity(body: Any) -> bool:
    """Whether a submission, however wrong, concerns quantities."""
    if not isinstance(body, dict):
        return False
    attributes = body.get("attributes")
    if isinstance(attributes, dict) and AVAILABILITY in attributes:
        return True
    patches = body.get("patches")
    paths = [patch.get("path") for patch in patches if isinstance(patch, dict)] if isinstance(patches, list) else []
    return any(isinstance(path, str) and AVAILABILITY in path for path in paths)


def _is_whole(body: Any) -> bool:
    return (
        isinstance(body, dict)
        and isinstance(body.get("productType"), str)
        and bool(body["productType"])
        and isinstance(body.get("attributes"), dict)
        and (body.get("requirements") or "LISTING") in REQUIRED
    )


def _nothing(sku: str, product_type: str, marketplaces: list[str]) -> Listing:
    """What is patched where there is nothing: its form is looked at, as that of any submission."""
    return Listing("", sku, "", "", product_type, "DEFAULT", 0, list(marketplaces), quantity=0)


def _not_found(sku: str, marketplace: str) -> Response:
    return refuse(404, "NOT_FOUND", f"SKU '{sku}' not found in marketplace {marketplace}")


def _asin(seller: str, sku: str) -> str:
    """A new product: the same SKU, the same ASIN."""
    return f"B0{hashlib.sha256(f'{seller}:{sku}'.encode()).hexdigest()[:8].upper()}"
