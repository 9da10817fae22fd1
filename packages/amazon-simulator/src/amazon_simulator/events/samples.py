"""What a test notification contains: something made up, in the form of the real thing. Source: sendTestNotification."""

from decimal import Decimal
from typing import Any

from amazon_simulator.events import envelope, payloads
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Buyer, Change, FbaStock, Item, Listing, Order, Seller

MARKET = MARKETS["A1F83G8C2ARO7P"]
OF_FEED, OF_REPORT = "JSON_LISTINGS_FEED", "GET_MERCHANT_LISTINGS_ALL_DATA"
DOCUMENT = "amzn1.tortuga.3.00000000-0000-0000-0000-000000000000.TEST"
SELLER = Seller("A1TESTSELLER00", "Test seller", "EU", [MARKET.id])


def sample(kind: str, now: float) -> dict[str, Any]:
    """The payload of a made-up notification of one of `envelope.KINDS`."""
    listing = _listing(now)
    match kind:
        case envelope.ORDERS:
            return payloads.order_change(_order(listing, now), payloads.STATUS_CHANGE, ())
        case envelope.QUANTITIES:
            return payloads.quantity_change(SELLER.id, listing.sku, 7)
        case envelope.STATUSES:
            return payloads.status_change(listing, MARKET.id, ("BUYABLE", "DISCOVERABLE"))
        case envelope.FBA:
            return payloads.fba_change(SELLER, listing, {MARKET.pool: FbaStock(SELLER.id, MARKET.pool, listing.sku, 7)})
        case envelope.ACCOUNTS:
            return payloads.account_status(SELLER.id, MARKET.id, "NORMAL", "AT_RISK")
        case _:
            of_feed = kind == envelope.FEEDS
            members = {
                "feedId" if of_feed else "reportId": "1000000000",
                "feedType" if of_feed else "reportType": OF_FEED if of_feed else OF_REPORT,
                "processingStatus": "DONE",
                "resultFeedDocumentId" if of_feed else "reportDocumentId": DOCUMENT,
            }
            return payloads.finished("feed" if of_feed else "report", members, SELLER.id)


def _listing(now: float) -> Listing:
    return Listing(
        seller=SELLER.id,
        sku="TEST-SKU",
        asin="B0TEST0001",
        title="Test product",
        product_type="HOME",
        channel="DEFAULT",
        price=999,
        marketplaces=[MARKET.id],
        quantity=7,
        history=[Change(now, 7, "first listed")],
    )


def _order(listing: Listing, now: float) -> Order:
    item = Item("10000000000001", listing.sku, listing.asin, listing.title, 1, Decimal("9.99"))
    buyer = Buyer("", "", "", "", "", MARKET.country)
    return Order("026-0000000-0000000", SELLER.id, MARKET.id, "MERCHANT", "UNSHIPPED", now, now, [item], buyer)
