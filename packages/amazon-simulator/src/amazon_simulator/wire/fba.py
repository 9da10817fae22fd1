"""FBA Inventory v1. Source: model fbaInventory.json; the page size of 50 as observed; behaviours F04, F10."""

from typing import Any
from urllib.parse import unquote_plus

from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.protocol.errors import denied, invalid
from amazon_simulator.protocol.paging import fingerprint, seal, unseal
from amazon_simulator.protocol.routing import Route
from amazon_simulator.representations.listing_items import fn_sku
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import FbaStock, Seller

PAGE = 50
TOKEN_LIVES = 30.0
SKUS_AT_MOST = 50
DAY = 24 * 3600.0
LOOKS_BACK = 18 * 30.5 * DAY
RESEARCH = (
    ("researchingQuantityInShortTerm", 10 * DAY),
    ("researchingQuantityInMidTerm", 20 * DAY),
    ("researchingQuantityInLongTerm", float("inf")),
)
"""How long units have been looked for, at most."""
BROKEN = {
    "customerDamagedQuantity": "CUSTOMER_DAMAGED",
    "warehouseDamagedQuantity": "WAREHOUSE_DAMAGED",
    "distributorDamagedQuantity": "DISTRIBUTOR_DAMAGED",
    "carrierDamagedQuantity": "CARRIER_DAMAGED",
    "expiredQuantity": "EXPIRED",
}
"""What is neither of these is defective."""


class Summaries:
    """getInventorySummaries, with page tokens that live thirty seconds of trade time."""

    def __init__(self, context: ApiContext) -> None:
        self._world = context.world

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "getInventorySummaries",
                "GET",
                "/fba/inventory/v1/summaries",
                lambda call: self.answer(call.seller, call.request, call.now),
            ),
        )

    def answer(self, seller: Seller, request: Request, now: float) -> Response:
        query = request.params()
        marketplace = query.get("granularityId", "")
        if query.get("granularityType") != "Marketplace" or not marketplace or not query.get("marketplaceIds"):
            return invalid(
                "Request has missing or invalid parameters", "granularityType, granularityId, marketplaceIds"
            )
        if query["marketplaceIds"] != marketplace:
            return invalid("Request has invalid parameters", "marketplaceIds must be the granularityId, once")
        if marketplace not in seller.marketplaces:
            return denied()
        try:
            wanted, since = _read(request, query, now)
        except ValueError as fault:
            return invalid("Request has invalid parameters", str(fault))
        same, passed = fingerprint(query, "nextToken"), ""
        if query.get("nextToken"):
            held = unseal("fba", query["nextToken"])
            if held is None or held[0] < now or held[1:3] != [seller.id, same]:
                return invalid("Next token is invalid or expired")
            passed = held[3]
        rows = self._rows(seller, marketplace, wanted, since, passed)
        detailed = query.get("details", "false").lower() == "true"
        body: dict[str, object] = {
            "payload": {
                "granularity": {"granularityType": "Marketplace", "granularityId": marketplace},
                "inventorySummaries": [self._summary(row, detailed, now) for row in rows[:PAGE]],
            }
        }
        if len(rows) > PAGE:
            token = seal("fba", (now + TOKEN_LIVES, seller.id, same, rows[PAGE - 1].sku))
            body["pagination"] = {"nextToken": token}
        return answer_json(body)

    def _rows(
        self, seller: Seller, marketplace: str, wanted: set[str] | None, since: float | None, passed: str
    ) -> list[FbaStock]:
        """`wanted` None: all of them."""
        pool = MARKETS[marketplace].pool
        rows = (row for row in self._world.fba.values() if row.seller == seller.id and row.pool == pool)
        fitting = (
            row
            for row in rows
            if row.sku > passed
            and (wanted is None or row.sku in wanted)
            and (since is None or self._world.records.tally(row.key).at >= since)
        )
        return sorted(fitting, key=lambda row: row.sku)

    def _summary(self, row: FbaStock, detailed: bool, now: float) -> dict[str, object]:
        listing = self._world.listings[(row.seller, row.sku)]
        summary: dict[str, object] = {
            "asin": listing.asin,
            "fnSku": fn_sku(listing),
            "sellerSku": row.sku,
            "condition": "NewItem",
            "productName": listing.title,
            "totalQuantity": row.fulfillable + row.reserved + row.inbound + row.unfulfillable + row.researching,
        }
        changed = self._world.records.tally(row.key).at
        if changed:
            summary["lastUpdatedTime"] = iso(changed)
        if detailed:
            summary["inventoryDetails"] = self._details(row, now)
        return summary

    def _details(self, row: FbaStock, now: float) -> dict[str, Any]:
        """What customers have ordered is reserved and not fulfillable any more, until it is sent."""
        ordered = min(row.fulfillable, self._world.records.reserved.get(row.key, 0))
        details: dict[str, Any] = {
            "fulfillableQuantity": row.fulfillable - ordered,
            "inboundWorkingQuantity": 0,
            "inboundShippedQuantity": row.inbound,
            "inboundReceivingQuantity": 0,
            "reservedQuantity": {
                "totalReservedQuantity": ordered + row.reserved,
                "pendingCustomerOrderQuantity": ordered,
                "pendingTransshipmentQuantity": 0,
                "fcProcessingQuantity": row.reserved,
            },
            "researchingQuantity": self._researching(row, now),
            "unfulfillableQuantity": self._unfulfillable(row),
        }
        if not row.future:
            return details
        supply = {"reservedFutureSupplyQuantity": 0, "futureSupplyBuyableQuantity": row.future}
        has_units = row.fulfillable or row.reserved or row.inbound or row.unfulfillable or row.researching
        return {**(details if has_units else {}), "futureSupplyQuantity": supply}  # alone, as was observed (F10)

    def _researching(self, row: FbaStock, now: float) -> dict[str, Any]:
        left, parts, youngest = row.researching, [], 0.0
        lost = self._world.records.tally(row.key).lost
        for name, age in RESEARCH:
            units = sum(units for since, units in lost if youngest <= now - since < age)
            units = left if age == float("inf") else min(left, units)
            parts.append({"name": name, "quantity": units})
            left, youngest = left - units, age
        return {"totalResearchingQuantity": row.researching, "researchingQuantityBreakdown": parts}

    def _unfulfillable(self, row: FbaStock) -> dict[str, int]:
        broken = self._world.records.tally(row.key).broken
        parts = {name: broken[kind] for name, kind in BROKEN.items()}
        rest = max(0, row.unfulfillable - sum(parts.values()))
        return {"totalUnfulfillableQuantity": row.unfulfillable, **parts, "defectiveQuantity": rest}


def _read(request: Request, query: dict[str, str], now: float) -> tuple[set[str] | None, float | None]:
    """The SKUs requested, or since when something must have changed; ValueError names the parameter."""
    if query.get("startDateTime"):
        try:
            since = from_iso(query["startDateTime"])
        except ValueError:
            raise ValueError("startDateTime") from None
        if since < now - LOOKS_BACK:
            raise ValueError("startDateTime must be no earlier than 18 months ago")
        return None, since  # the SKUs are ignored then
    wanted = _skus(request)
    if len(wanted) > SKUS_AT_MOST:
        raise ValueError(f"sellerSkus: at most {SKUS_AT_MOST}")
    return wanted or None, None


def _skus(request: Request) -> set[str]:
    """`sellerSkus` is cut at every comma, `sellerSku` at none: a SKU with a comma is sent alone (behaviour F04)."""
    found: set[str] = set()
    for piece in request.query.split("&"):
        name, _, raw = piece.partition("=")
        if unquote_plus(name) == "sellerSkus":
            found.update(unquote_plus(raw).split(","))
        elif unquote_plus(name) == "sellerSku":
            found.add(unquote_plus(raw))
    return found - {""}
