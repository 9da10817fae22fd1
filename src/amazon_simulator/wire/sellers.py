"""Sellers v1. Source: model sellers.json."""

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.entities import Seller
from amazon_simulator.http import Response, answer_json
from amazon_simulator.routes import Route


def routes() -> tuple[Route, ...]:
    return (
        Route(
            "getMarketplaceParticipations",
            "GET",
            "/sellers/v1/marketplaceParticipations",
            lambda call: get_marketplace_participations(call.seller),
        ),
    )


def get_marketplace_participations(seller: Seller) -> Response:
    payload = [
        {
            "marketplace": {
                "id": market.id,
                "name": market.name,
                "countryCode": market.country,
                "defaultCurrencyCode": market.currency,
                "defaultLanguageCode": market.language,
                "domainName": f"www.{market.name.lower()}",
            },
            "storeName": seller.name,
            "participation": {
                "isParticipating": market.id not in seller.absent,
                "hasSuspendedListings": market.id in seller.suspended,
            },
        }
        for market in (MARKETS[marketplace] for marketplace in (*seller.marketplaces, *seller.absent))
    ]
    return answer_json({"payload": payload})
