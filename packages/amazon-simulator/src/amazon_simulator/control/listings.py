"""Listings added by control, and what few of them have: numbers, families, prices, issues."""

from typing import Any

from msgspec import UNSET

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.bodies import HandlingTime, Issue, Issues, NewListing, given
from amazon_simulator.control.request_parsing import amount
from amazon_simulator.control.state_report import listing_json
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.wire.submissions import CONDITIONS
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import MARKETS, in_currency
from amazon_simulator.world.entities import Change, FbaStock, Listing, Particulars, Seller


def add_listing(simulator: Simulator, body: NewListing, now: float) -> dict[str, Any]:
    """A new SKU: with a quantity of the seller's, or with stock in Amazon's pools."""
    seller = seller_of(simulator, body.seller_id)
    markets = given(body.marketplace_ids, seller.marketplaces)
    if (seller.id, body.sku) in simulator.world.listings:
        raise NotPossible(f"sku: {seller.name} lists “{body.sku[:60]}” already")
    if not markets or not set(markets) <= set(seller.marketplaces):
        raise NotPossible(f"marketplaceIds: {seller.name} sells in {', '.join(seller.marketplaces)}")
    own = body.fulfilled_by == "MERCHANT"
    stock = _read_stock(body, seller, own=own)
    quantity = given(body.quantity, 10) if own else None
    listing = Listing(
        seller=seller.id,
        sku=body.sku,
        asin=body.asin,
        title=given(body.title, body.sku),
        product_type=body.product_type,
        channel="DEFAULT" if own else f"AMAZON_{seller.region}",
        price=body.pence,
        marketplaces=list(markets),
        quantity=quantity,
        lead_time=body.lead_time_days if own else None,
        listed=body.listed,
        history=[] if quantity is None else [Change(now, quantity, "first listed")],
        more=_particulars(body, now),
    )
    simulator.world.records.make(listing)
    for pool, units in stock.items():
        simulator.world.records.make(FbaStock(seller.id, pool, listing.sku, 0))
        if units:
            simulator.world.warehouses.restock(seller.id, pool, listing.sku, units, now)
    return listing_json(listing)


def _read_stock(body: NewListing, seller: Seller, *, own: bool) -> dict[str, int]:
    """Units by pool: of every pool that serves the seller's marketplaces, none where none are given."""
    pools = sorted({MARKETS[market].pool for market in (*seller.marketplaces, *seller.absent)})
    if own:
        if body.stock is not UNSET:
            raise NotPossible('stock: only with "fulfilledBy": "AMAZON"; say quantity for what the seller sends')
        return {}
    if body.quantity is not UNSET:
        raise NotPossible('quantity: Amazon counts what it sends; say stock, units by pool like {"UK": 40}')
    units = given(body.stock, {})
    wrong = next((pool for pool in units if pool not in pools), None)
    if wrong is not None:
        raise NotPossible(f"stock: {seller.name} has no pool “{wrong[:40]}”; choose from {', '.join(pools)}")
    return {pool: units.get(pool, 0) for pool in pools}


def _particulars(body: NewListing, now: float) -> Particulars | None:
    """None when nothing particular was given."""
    rare = (body.barcodes, body.parent_sku, body.contains_sku, body.condition, body.business_prices, body.issues)
    if all(one is UNSET for one in rare):
        return None
    return Particulars(
        condition=given(body.condition, next(iter(CONDITIONS))),
        barcodes={str(kind): number for kind, number in given(body.barcodes, {}).items()},
        parent=given(body.parent_sku, ""),
        theme="" if body.parent_sku is UNSET else body.variation_theme,
        contains=given(body.contains_sku, ""),
        business_prices={
            market: in_currency(amount(f"businessPrices.{market}", price), MARKETS[market].currency)
            for market, price in given(body.business_prices, {}).items()
            if market in MARKETS
        },
        issues=[_issue_json(issue) for issue in given(body.issues, [])],
        updated=now,
    )


def set_issues(simulator: Simulator, body: Issues, now: float) -> dict[str, Any]:
    """Amazon finds fault with a listing, or no more: [] for none."""
    seller, sku = seller_of(simulator, body.seller_id), body.sku
    listing = simulator.world.listings.get((seller.id, sku))
    if listing is None:
        raise NotPossible(f"sku: {seller.name} has no SKU “{sku[:60]}”")
    listing.more = listing.more or Particulars()
    listing.more.issues, listing.more.updated = [_issue_json(issue) for issue in body.issues], now
    simulator.world.quantities.note_whole(listing)
    return listing_json(listing)


def automate_handling(simulator: Simulator, seller_id: str, body: HandlingTime) -> Response:
    """Amazon promises this handling time for all that the seller sends, whatever lead time is sent; null: no more."""
    seller = seller_of(simulator, seller_id)
    own = [row for row in simulator.world.by_seller[seller.id].values() if row.channel == "DEFAULT"]
    for listing in own:
        listing.automated_days = body.automated_days
        simulator.world.quantities.note_whole(listing)
    return answer_json({"sellerId": seller.id, "automatedDays": body.automated_days, "listings": len(own)})


def _issue_json(issue: Issue) -> dict[str, Any]:
    """As Amazon shows it."""
    found: dict[str, Any] = {
        "code": issue.code,
        "message": issue.message,
        "severity": issue.severity,
        "attributeNames": issue.attribute_names,
        "categories": issue.categories,
    }
    if issue.marketplace_ids is not UNSET:
        found["marketplaceIds"] = issue.marketplace_ids
    if issue.actions:
        found["enforcements"] = {
            "actions": [{"action": action} for action in issue.actions],
            "exemption": {"status": "NOT_EXEMPT"},
        }
    return found
