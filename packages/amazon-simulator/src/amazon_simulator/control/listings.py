"""Listings added by control, and what few of them have: numbers, families, prices, issues."""

from typing import Any

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.control.state_report import listing_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.wire.submissions import CONDITIONS
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import MARKETS, in_currency
from amazon_simulator.world.entities import Change, FbaStock, Listing, Particulars, Seller

NUMBERED = ("EAN", "UPC", "GTIN", "ISBN", "JAN", "MINSAN")
SEVERITIES = ("ERROR", "WARNING", "INFO")
SENDERS = ("MERCHANT", "AMAZON")
ACTIONS = ("LISTING_SUPPRESSED", "ATTRIBUTE_SUPPRESSED", "CATALOG_ITEM_REMOVED", "SEARCH_SUPPRESSED")


def add_listing(simulator: Simulator, told: Body, now: float) -> dict[str, Any]:
    """A new SKU: with a quantity of the seller's, or with stock in Amazon's pools."""
    seller = seller_of(simulator, told)
    sku = told.text("sku")
    markets = told.texts("marketplaceIds", seller.marketplaces)
    if not sku or (seller.id, sku) in simulator.world.listings:
        raise NotPossible(f"sku: {seller.name} lists “{sku[:60]}” already" if sku else "sku: must not be empty")
    if not markets or not set(markets) <= set(seller.marketplaces):
        raise NotPossible(f"marketplaceIds: {seller.name} sells in {', '.join(seller.marketplaces)}")
    own = told.one_of("fulfilledBy", dict.fromkeys(SENDERS), ", ".join(SENDERS), SENDERS[0]) == SENDERS[0]
    stock = _read_stock(told, seller, own=own)
    quantity = told.whole("quantity", 10) if own else None
    listing = Listing(
        seller=seller.id,
        sku=sku,
        asin=told.text("asin", "B0NEW00001"),
        title=told.text("title", sku),
        product_type=told.text("productType", "HOME"),
        channel="DEFAULT" if own else f"AMAZON_{seller.region}",
        price=told.whole("pence", 1999),
        marketplaces=markets,
        quantity=quantity,
        lead_time=told.whole("leadTimeDays", 2, most=30) if own else None,
        listed=told.truth("listed", True),
        history=[] if quantity is None else [Change(now, quantity, "first listed")],
        more=_read_particulars(told, now),
    )
    simulator.world.records.make(listing)
    for pool, units in stock.items():
        simulator.world.records.make(FbaStock(seller.id, pool, sku, 0))
        if units:
            simulator.world.warehouses.restock(seller.id, pool, sku, units, now)
    return listing_json(listing)


def _read_stock(told: Body, seller: Seller, *, own: bool) -> dict[str, int]:
    """Units by pool: of every pool that serves the seller's marketplaces, none where none are told."""
    pools = sorted({MARKETS[market].pool for market in (*seller.marketplaces, *seller.absent)})
    if own:
        if "stock" in told:
            raise NotPossible('stock: only with "fulfilledBy": "AMAZON"; say quantity for what the seller sends')
        return {}
    if "quantity" in told:
        raise NotPossible('quantity: Amazon counts what it sends; say stock, units by pool like {"UK": 40}')
    units = told.part("stock") if "stock" in told else Body({})
    wrong = next((pool for pool in units.members if pool not in pools), None)
    if wrong is not None:
        raise NotPossible(f"stock: {seller.name} has no pool “{wrong[:40]}”; choose from {', '.join(pools)}")
    return {pool: units.whole(pool, 0) for pool in pools}


def _read_particulars(told: Body, now: float) -> Particulars | None:
    """None when nothing particular was told."""
    names = ("barcodes", "parentSku", "containsSku", "condition", "businessPrices", "issues")
    if not any(name in told for name in names):
        return None
    barcodes = told.part("barcodes") if "barcodes" in told else Body({})
    prices = told.part("businessPrices") if "businessPrices" in told else Body({})
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


def set_issues(simulator: Simulator, told: Body, now: float) -> dict[str, Any]:
    """Amazon finds fault with a listing, or no more: {"sellerId", "sku", "issues": [...]}, [] for none."""
    seller, sku = seller_of(simulator, told), told.text("sku")
    listing = simulator.world.listings.get((seller.id, sku))
    if listing is None:
        raise NotPossible(f"sku: {seller.name} has no SKU “{sku[:60]}”")
    issues = [] if told.members.get("issues") == [] else _issues(told)
    listing.more = listing.more or Particulars()
    listing.more.issues, listing.more.updated = issues, now
    simulator.world.quantities.note_whole(listing)
    return listing_json(listing)


def _issues(told: Body) -> list[dict[str, Any]]:
    return [_issue(one) for one in told.parts("issues")]


def _issue(told: Body) -> dict[str, Any]:
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
