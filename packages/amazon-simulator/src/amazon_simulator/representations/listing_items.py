"""A listings item as the model has it. Source: model listingsItems_2021-08-01.json."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.representations.catalogue_items import picture_link
from amazon_simulator.representations.listing_attributes import attributes_of
from amazon_simulator.world.catalogue import MARKETS, written
from amazon_simulator.world.entities import Listing
from amazon_simulator.world.prices import price_in

EVERYBODY = {"value": "ALL", "displayName": "Sell on Amazon"}
BUSINESSES = {"value": "B2B", "displayName": "Amazon Business"}


@dataclass(slots=True)
class Families:
    """Which SKUs are variations of which, and which are packages of which."""

    children: dict[str, list[str]] = field(default_factory=dict)
    containers: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Listing]) -> "Families":
        found = cls()
        for row in rows:
            if row.more is not None:
                if row.more.parent:
                    found.children.setdefault(row.more.parent, []).append(row.sku)
                if row.more.contains:
                    found.containers.setdefault(row.more.contains, []).append(row.sku)
        return found


def fn_sku(listing: Listing) -> str:
    """What Amazon's warehouses call it."""
    return f"X0{listing.asin[2:]}"


def statuses(listing: Listing) -> list[str]:
    """Buyable with stock, and at Amazon's without; not when an issue has taken it down."""
    offered = bool(listing.quantity) or listing.channel != "DEFAULT" or bool(listing.second)
    enforced = {
        action.get("action")
        for issue in listing.particulars.issues
        for action in issue.get("enforcements", {}).get("actions", [])
    }
    buyable = offered and not enforced & {"LISTING_SUPPRESSED", "CATALOG_ITEM_REMOVED"}
    found = [] if enforced & {"SEARCH_SUPPRESSED", "CATALOG_ITEM_REMOVED"} else ["DISCOVERABLE"]
    return ["BUYABLE", *found] if buyable else found


def created(row: Listing) -> float:
    return row.history[0].at if row.history else 0.0


def last_change(row: Listing, as_of: float) -> float:
    """Its newest change up to a moment: pages of one search do not shift while quantities move."""
    newest = next((change.at for change in reversed(row.history) if change.at <= as_of), 0.0)
    updated = row.particulars.updated
    return max(newest, updated) if updated <= as_of else newest


def item_json(
    listing: Listing,
    marketplaces: Sequence[str],
    data: Sequence[str],
    families: Families | None = None,
    *,
    base: str,
) -> dict[str, Any]:
    """With the parts requested, in the marketplaces requested; `families` where relationships are. `base`: the address
    of the pictures."""
    item: dict[str, Any] = {"sku": listing.sku}
    own = [market for market in marketplaces if market in listing.marketplaces]
    if "summaries" in data:
        item["summaries"] = [_summary(listing, market, base) for market in own]
    if "attributes" in data:
        item["attributes"] = attributes_of(listing, own)
    if "issues" in data:
        item["issues"] = [issue for issue in listing.particulars.issues if _concerns(issue, own)]
    if "offers" in data:
        item["offers"] = [offer for market in own for offer in _offers(listing, market)]
    if "fulfillmentAvailability" in data:
        item["fulfillmentAvailability"] = _availability(listing)
    if "procurement" in data:
        item["procurement"] = []  # of vendors only
    if "relationships" in data:
        relations = _relations(listing, families or Families())
        item["relationships"] = [{"marketplaceId": market, "relationships": relations} for market in own]
    if "productTypes" in data:
        item["productTypes"] = [{"marketplaceId": market, "productType": listing.product_type} for market in own]
    return item


def _concerns(issue: dict[str, Any], markets: Sequence[str]) -> bool:
    return not set(issue.get("marketplaceIds") or markets).isdisjoint(markets)


def _summary(listing: Listing, marketplace: str, base: str) -> dict[str, Any]:
    payload = {
        "marketplaceId": marketplace,
        "asin": listing.asin,
        "productType": listing.product_type,
        "conditionType": listing.particulars.condition,
        "status": statuses(listing),
        "itemName": listing.title,
        "createdDate": iso(created(listing)),
        "lastUpdatedDate": iso(last_change(listing, float("inf"))),
        "mainImage": {"link": picture_link(base, listing.asin), "height": 500, "width": 500},
    }
    if listing.channel != "DEFAULT" or listing.second:
        payload["fnSku"] = fn_sku(listing)
    return payload


def _offers(listing: Listing, marketplace: str) -> list[dict[str, Any]]:
    market = MARKETS[marketplace]
    prices = [("B2C", price_in(listing, market), EVERYBODY)]
    business = listing.particulars.business_prices.get(marketplace)
    if business is not None:
        prices.append(("B2B", business, BUSINESSES))
    return [
        {
            "marketplaceId": marketplace,
            "offerType": kind,
            "price": {"currencyCode": market.currency, "amount": written(price, market.currency)},
            "audience": audience,
        }
        for kind, price, audience in prices
    ]


def _availability(listing: Listing) -> list[dict[str, Any]]:
    """What is live, whatever attributes say; of Amazon's own stock no quantity is shown here."""
    found = []
    for code in filter(None, (listing.channel, listing.second)):
        entry: dict[str, Any] = {"fulfillmentChannelCode": code}
        if code == "DEFAULT":
            entry["quantity"] = listing.quantity or 0
        found.append(entry)
    return found


def _relations(listing: Listing, families: Families) -> list[dict[str, Any]]:
    more, found = listing.particulars, list[dict[str, Any]]()
    children, containers = families.children.get(listing.sku, []), families.containers.get(listing.sku, [])
    if more.parent or children:
        theme = more.theme or "SIZE"
        variation: dict[str, Any] = {
            "type": "VARIATION",
            "variationTheme": {"attributes": [part.lower() for part in theme.split("/")], "theme": theme},
        }
        found.append(_with_relatives(variation, children, [more.parent] if more.parent else []))
    if more.contains or containers:
        package = {"type": "PACKAGE_HIERARCHY"}
        found.append(_with_relatives(package, [more.contains] if more.contains else [], containers))
    return found


def _with_relatives(relation: dict[str, Any], children: list[str], parents: list[str]) -> dict[str, Any]:
    if children:
        relation["childSkus"] = sorted(children)
    if parents:
        relation["parentSkus"] = sorted(parents)
    return relation
