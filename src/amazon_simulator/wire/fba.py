"""FBA Inventory v1. Source: model fbaInventory.json; the page size of 50 as observed."""

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.entities import FbaStock, Seller
from amazon_simulator.house import House
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.routes import Route
from amazon_simulator.wire.answers import denied, invalid
from amazon_simulator.wire.paging import fingerprint, seal, unseal

PAGE = 50
TOKEN_LIVES = 30.0
SKUS_AT_MOST = 50


class Summaries:
    """getInventorySummaries, with page tokens that live thirty seconds of trade time."""

    def __init__(self, house: House) -> None:
        self._world = house.world

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
        wanted = request.listed("sellerSkus") | request.listed("sellerSku")
        if len(wanted) > SKUS_AT_MOST:
            return invalid("Request has invalid parameters", f"sellerSkus: at most {SKUS_AT_MOST}")
        same, passed = fingerprint(query, "nextToken"), ""
        if query.get("nextToken"):
            held = unseal("fba", query["nextToken"])
            if held is None or held[0] < now or held[1:3] != [seller.id, same]:
                return invalid("Next token is invalid or expired")
            passed = held[3]
        rows = self._rows(seller, marketplace, wanted, passed)
        detailed = query.get("details", "false").lower() == "true"
        body: dict[str, object] = {
            "payload": {
                "granularity": {"granularityType": "Marketplace", "granularityId": marketplace},
                "inventorySummaries": [self._summary(row, detailed) for row in rows[:PAGE]],
            }
        }
        if len(rows) > PAGE:
            token = seal("fba", (now + TOKEN_LIVES, seller.id, same, rows[PAGE - 1].sku))
            body["pagination"] = {"nextToken": token}
        return answer_json(body)

    def _rows(self, seller: Seller, marketplace: str, wanted: set[str], passed: str) -> list[FbaStock]:
        pool = MARKETS[marketplace].pool
        rows = (row for row in self._world.fba.values() if row.seller == seller.id and row.pool == pool)
        return sorted(
            (row for row in rows if row.sku > passed and (not wanted or row.sku in wanted)), key=lambda row: row.sku
        )

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
