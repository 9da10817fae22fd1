"""FBA Inventory v1. Source: model fbaInventory.json; the page size of 50 as observed."""

import secrets

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.entities import FbaStock, Seller
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.wire.answers import denied, invalid
from amazon_simulator.world import World

PAGE = 50
TOKEN_LIVES = 30.0


class Summaries:
    """getInventorySummaries, with page tokens that live thirty seconds of trade time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens: dict[str, tuple[float, str, str, int]] = {}

    def answer(self, seller: Seller, request: Request, now: float) -> Response:
        query = request.params()
        marketplace = query.get("granularityId", "")
        if query.get("granularityType") != "Marketplace" or not marketplace or not query.get("marketplaceIds"):
            return invalid(
                "Request has missing or invalid parameters", "granularityType, granularityId, marketplaceIds"
            )
        if marketplace not in seller.marketplaces:
            return denied()
        start = 0
        if query.get("nextToken"):
            held = self._tokens.get(query["nextToken"])
            if held is None or held[0] < now or held[1:3] != (seller.id, marketplace):
                return invalid("Next token is invalid or expired")
            start = held[3]
        rows = self._rows(seller, marketplace, query.get("sellerSkus", ""))
        detailed = query.get("details", "false").lower() == "true"
        body: dict[str, object] = {
            "payload": {
                "granularity": {"granularityType": "Marketplace", "granularityId": marketplace},
                "inventorySummaries": [self._summary(row, detailed) for row in rows[start : start + PAGE]],
            }
        }
        if start + PAGE < len(rows):
            token = secrets.token_urlsafe(24) + "+/="
            self._tokens[token] = (now + TOKEN_LIVES, seller.id, marketplace, start + PAGE)
            body["pagination"] = {"nextToken": token}
        return answer_json(body)

    def _rows(self, seller: Seller, marketplace: str, skus: str) -> list[FbaStock]:
        pool = MARKETS[marketplace].pool
        wanted = set(skus.split(",")) if skus else None
        rows = (row for row in self._world.fba.values() if row.seller == seller.id and row.pool == pool)
        return sorted((row for row in rows if wanted is None or row.sku in wanted), key=lambda row: row.sku)

    def _summary(self, row: FbaStock, detailed: bool) -> dict[str, object]:
        listing = self._world.listings[(row.seller, row.sku)]
        total = row.fulfillable + row.reserved + row.inbound + row.unfulfillable + row.researching
        summary: dict[str, object] = {
            "asin": listing.asin,
            "fnSku": f"X0{listing.asin[2:]}",
            "sellerSku": row.sku,
            "condition": "NewItem",
            "productName": listing.title,
            "totalQuantity": total,
        }
        if detailed:
            summary["inventoryDetails"] = {
                "fulfillableQuantity": row.fulfillable,
                "inboundWorkingQuantity": 0,
                "inboundShippedQuantity": row.inbound,
                "inboundReceivingQuantity": 0,
                "reservedQuantity": {"totalReservedQuantity": row.reserved},
                "researchingQuantity": {"totalResearchingQuantity": row.researching},
                "unfulfillableQuantity": {"totalUnfulfillableQuantity": row.unfulfillable},
            }
        return summary
