"""Sellers v1. Source: model sellers.json."""

from typing import Any

from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.routing import Route
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Seller

ADDRESSES = {
    "EU": ("1 Dock Road", "Hull", "", "HU1 2AB", "GB"),
    "NA": ("200 Commercial Street", "Portland", "ME", "04101", "US"),
    "FE": ("1-2-3 Minato", "Yokohama", "Kanagawa", "231-0001", "JP"),
}
"""Where the seller of a region has its warehouse: (line, town, state, postcode, country)."""


def routes() -> tuple[Route, ...]:
    return (
        Route(
            "getMarketplaceParticipations",
            "GET",
            "/sellers/v1/marketplaceParticipations",
            lambda call: answer_json({"payload": _participations(call.seller)}),
        ),
        Route("getAccount", "GET", "/sellers/v1/account", lambda call: get_account(call.seller)),
    )


def _participations(seller: Seller) -> list[dict[str, Any]]:
    return [
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


def get_account(seller: Seller) -> Response:
    """The business behind the account."""
    address = business_address(seller)
    lines = {"addressLine1": address["addressLine1"], "countryCode": address["countryCode"]}
    where = {**lines, "city": address["city"], "postalCode": address["postalCode"]}
    if "stateOrRegion" in address:
        where["stateOrProvinceCode"] = address["stateOrRegion"]
    payload = {
        "marketplaceParticipationList": _participations(seller),
        "businessType": "PRIVATE_LIMITED",
        "sellingPlan": "PROFESSIONAL",
        "business": {
            "name": seller.name,
            "registeredBusinessAddress": where,
            "companyRegistrationNumber": f"{sum(map(ord, seller.id)):08d}",
        },
        "primaryContact": {"name": "Harriet Harbour", "address": where},
    }
    return answer_json({"payload": payload})


def business_address(seller: Seller) -> dict[str, str]:
    """Where its parcels leave."""
    line, town, state, postcode, country = ADDRESSES[seller.region]
    address = {"addressLine1": line, "city": town, "postalCode": postcode, "countryCode": country}
    return {**address, "stateOrRegion": state} if state else address
