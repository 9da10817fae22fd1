"""What few listings have, told by control: numbers, families, prices, issues."""

from typing import TYPE_CHECKING, Any

from amazon_simulator.catalogue import MARKETS, in_currency
from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.books import listing_of_books
from amazon_simulator.entities import Particulars
from amazon_simulator.told import Told
from amazon_simulator.wire.submissions import CONDITIONS
from amazon_simulator.world import NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator

NUMBERED = ("EAN", "UPC", "GTIN", "ISBN", "JAN", "MINSAN")
SEVERITIES = ("ERROR", "WARNING", "INFO")
ACTIONS = ("LISTING_SUPPRESSED", "ATTRIBUTE_SUPPRESSED", "CATALOG_ITEM_REMOVED", "SEARCH_SUPPRESSED")


def read_particulars(told: Told, now: float) -> Particulars | None:
    """None when nothing particular was told."""
    names = ("barcodes", "parentSku", "containsSku", "condition", "businessPrices", "issues")
    if not any(name in told for name in names):
        return None
    barcodes = told.part("barcodes") if "barcodes" in told else Told({})
    prices = told.part("businessPrices") if "businessPrices" in told else Told({})
    return Particulars(
        condition=told.one_of("condition", dict.fromkeys(CONDITIONS), ", ".join(CONDITIONS), CONDITIONS[0]),
        barcodes={kind: barcodes.text(kind) for kind in NUMBERED if kind in barcodes},
        parent=told.text("parentSku", ""),
        theme=told.text("variationTheme", "SIZE") if "parentSku" in told else "",
        contains=told.text("containsSku", ""),
        business_prices={
            market: in_currency(prices.money(market, "0"), MARKETS[market].currency)
            for market in MARKETS
            if market in prices
        },
        issues=_issues(told) if "issues" in told else [],
        updated=now,
    )


def tell_issues(simulator: "Simulator", told: Told, now: float) -> dict[str, Any]:
    """Amazon finds fault with a listing, or no more: {"sellerId", "sku", "issues": [...]}, [] for none."""
    seller, sku = seller_of(simulator, told), told.text("sku")
    listing = simulator.world.listings.get((seller.id, sku))
    if listing is None:
        raise NotPossible(f"sku: {seller.name} has no SKU “{sku[:60]}”")
    issues = [] if told.members.get("issues") == [] else _issues(told)
    listing.more = listing.more or Particulars()
    listing.more.issues, listing.more.updated = issues, now
    simulator.world.note_whole(listing)
    return listing_of_books(listing)


def _issues(told: Told) -> list[dict[str, Any]]:
    return [_issue(one) for one in told.parts("issues")]


def _issue(told: Told) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "code": told.text("code", "90220"),
        "message": told.text("message", "'size' is required but not supplied."),
        "severity": told.one_of("severity", dict.fromkeys(SEVERITIES), ", ".join(SEVERITIES), "ERROR"),
        "attributeNames": told.texts("attributeNames", []),
        "categories": told.texts("categories", ["INVALID_ATTRIBUTE"]),
    }
    if "marketplaceIds" in told:
        issue["marketplaceIds"] = told.texts("marketplaceIds", [])
    actions = told.texts("actions", [])
    if not set(actions) <= set(ACTIONS):
        raise NotPossible(f"issues.actions: choose from {', '.join(ACTIONS)}")
    if actions:
        issue["enforcements"] = {
            "actions": [{"action": action} for action in actions],
            "exemption": {"status": "NOT_EXEMPT"},
        }
    return issue
