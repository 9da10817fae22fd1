"""Listings added and FBA stock filled up by control."""

from typing import TYPE_CHECKING, Any

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.books import listing_of_books
from amazon_simulator.entities import Change, Listing
from amazon_simulator.http import Response, answer_json
from amazon_simulator.told import Told
from amazon_simulator.world import NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator


def restock(simulator: "Simulator", told: Told, now: float) -> Response:
    seller, sku = seller_of(simulator, told), told.text("sku")
    pools = [pool for owner, pool, held in simulator.world.fba if (owner, held) == (seller.id, sku)]
    if not pools:
        raise NotPossible(f"sku: {seller.name} has no FBA stock of “{sku[:60]}”")
    pool = told.text("pool", pools[0])
    stock = simulator.world.restock(seller.id, pool, sku, told.whole("quantity", least=1), now)
    return answer_json({"pool": stock.pool, "sku": stock.sku, "fulfillable": stock.fulfillable})


def add_listing(simulator: "Simulator", told: Told, now: float) -> dict[str, Any]:
    seller = seller_of(simulator, told)
    quantity = told.whole("quantity", 10)
    sku = told.text("sku")
    markets = told.texts("marketplaceIds", seller.marketplaces)
    if not sku or (seller.id, sku) in simulator.world.listings:
        raise NotPossible(f"sku: {seller.name} lists “{sku[:60]}” already" if sku else "sku: must not be empty")
    if not markets or not set(markets) <= set(seller.marketplaces):
        raise NotPossible(f"marketplaceIds: {seller.name} sells in {', '.join(seller.marketplaces)}")
    listing = Listing(
        seller=seller.id,
        sku=sku,
        asin=told.text("asin", "B0NEW00001"),
        title=told.text("title", sku),
        product_type=told.text("productType", "HOME"),
        channel="DEFAULT",
        price=told.whole("pence", 1999),
        marketplaces=markets,
        quantity=quantity,
        lead_time=told.whole("leadTimeDays", 2, most=30),
        listed=told.truth("listed", True),
        history=[Change(now, quantity, "first listed")],
    )
    simulator.world.make(listing)
    return listing_of_books(listing)
