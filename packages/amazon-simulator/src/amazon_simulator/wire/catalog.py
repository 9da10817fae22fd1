"""Catalog Items 2022-04-01: what Amazon's catalogue says of an ASIN. Source: model catalogItems_2022-04-01.json.

One entry for an ASIN, whoever lists it; in the marketplaces where somebody does.
"""

from collections.abc import Sequence
from typing import Any

from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.protocol.errors import denied, invalid, refuse
from amazon_simulator.protocol.paging import fingerprint, seal, unseal
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.representations.catalogue_items import NUMBERED, catalogue_json, numbers_of
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.world.catalogue import MARKETS, REGION_OF
from amazon_simulator.world.entities import Listing, Seller

ITEMS = "/catalog/2022-04-01/items"
AT_MOST = 20
DATA = (
    "attributes", "classifications", "dimensions", "identifiers", "images", "productTypes", "relationships",
    "salesRanks", "summaries", "vendorDetails",
)  # fmt: skip
KINDS = ("ASIN", "SKU", *NUMBERED)


class Catalog:
    def __init__(self, context: ApiContext) -> None:
        self._world = context.world
        self._base = context.base

    def routes(self) -> tuple[Route, ...]:
        return (
            Route("searchCatalogItems", "GET", ITEMS, lambda call: self.search(call.seller, call.request)),
            Route("getCatalogItem", "GET", f"{ITEMS}/{{asin}}", self.get),
        )

    def get(self, call: Call) -> Response:
        """One ASIN, in every marketplace requested that has it."""
        query = call.request.params()
        fault = _refusal(call.seller, query, markets_at_most=len(MARKETS))
        if fault is not None:
            return fault
        marketplaces = query["marketplaceIds"].split(",")
        for row in self._rows(marketplaces):
            if row.asin == call.names[0]:
                return answer_json(catalogue_json(row, marketplaces, _included(query), self._base))
        return refuse(404, "NOT_FOUND", f"Requested item '{call.names[0]}' not found in the requested marketplaces.")

    def search(self, seller: Seller, request: Request) -> Response:
        """searchCatalogItems: by up to 20 identifiers or by keywords, 1 to 20 a page."""
        query = request.params()
        fault = _refusal(seller, query, markets_at_most=1)
        if fault is not None:
            return fault
        marketplace = query["marketplaceIds"]
        try:
            size = _size(query)
            rows = self._found(request, query, self._rows([marketplace]))
        except ValueError as wrong:
            return invalid(details=str(wrong))
        same, passed = fingerprint(query, "pageToken", "pageSize"), 0
        if query.get("pageToken"):
            held = unseal("catalog", query["pageToken"])
            if held is None or held[0] != same:
                return invalid(details="pageToken is not valid")
            passed = held[1]
        shown = rows[passed : passed + size]
        body: dict[str, Any] = {
            "numberOfResults": len(rows),
            "items": [catalogue_json(row, [marketplace], _included(query), self._base) for row in shown],
        }
        if passed + size < len(rows):
            body["pagination"] = {"nextToken": seal("catalog", [same, passed + size])}
        return answer_json(body)

    def _rows(self, marketplaces: Sequence[str]) -> list[Listing]:
        """The first listing of each ASIN stands for it."""
        found: dict[str, Listing] = {}
        for row in self._world.listings.values():
            if row.listed and not set(marketplaces).isdisjoint(row.marketplaces):
                found.setdefault(row.asin, row)
        return [found[asin] for asin in sorted(found)]

    def _found(self, request: Request, query: dict[str, str], rows: Sequence[Listing]) -> list[Listing]:
        if not query.get("identifiers"):
            words = [word.casefold() for text in query.get("keywords", "").split(",") for word in text.split()]
            return [row for row in rows if all(word in row.title.casefold() for word in words)]
        kind, wanted = query.get("identifiersType", ""), request.listed("identifiers")
        if kind == "SKU":
            own = {
                listing.asin for listing in self._world.by_seller.get(query["sellerId"], {}).values()
                if listing.sku in wanted
            }  # fmt: skip
            return [row for row in rows if row.asin in own]
        if kind == "ASIN":
            return [row for row in rows if row.asin in wanted]
        return [row for row in rows if numbers_of(row).get(kind) in wanted]


def _refusal(seller: Seller, query: dict[str, str], *, markets_at_most: int) -> Response | None:
    marketplaces = query.get("marketplaceIds", "").split(",")
    if not query.get("marketplaceIds") or len(marketplaces) > markets_at_most:
        return invalid(details=f"marketplaceIds: 1 to {markets_at_most}")
    if any(marketplace not in MARKETS for marketplace in marketplaces):
        return invalid(details="marketplaceIds")
    if any(REGION_OF[marketplace] != seller.region for marketplace in marketplaces):
        return denied()
    if not set(_included(query)) <= set(DATA):
        return invalid(details="includedData")
    return None


def _included(query: dict[str, str]) -> list[str]:
    return (query.get("includedData") or "summaries").split(",")


def _size(query: dict[str, str]) -> int:
    """The page's size, after a look at what is searched for; ValueError names the parameter."""
    identifiers, keywords = query.get("identifiers", ""), query.get("keywords", "")
    if bool(identifiers) == bool(keywords):
        raise ValueError("Either identifiers or keywords must be given")
    if identifiers and query.get("identifiersType") not in KINDS:
        raise ValueError(f"identifiersType: one of {', '.join(KINDS)}")
    if query.get("identifiersType") == "SKU" and not query.get("sellerId"):
        raise ValueError("sellerId is required with identifiersType SKU")
    if len((identifiers or keywords).split(",")) > AT_MOST:
        raise ValueError(f"at most {AT_MOST} identifiers or keywords")
    text = query.get("pageSize") or "10"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= AT_MOST:
        raise ValueError("pageSize must be 1 to 20")
    return int(text)
