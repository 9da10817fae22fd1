"""Listings added, FBA stock moved and things sent back on command."""

from typing import TYPE_CHECKING, Any

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.books import listing_of_books, return_of_books, stock_of_books
from amazon_simulator.control.listings import read_particulars
from amazon_simulator.entities import Change, FbaStock, Listing, Seller
from amazon_simulator.http import Response, answer_json
from amazon_simulator.told import Told
from amazon_simulator.world import NotPossible
from amazon_simulator.world.parcels import REASONS

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator


SENDERS = ("MERCHANT", "AMAZON")


def move_stock(simulator: "Simulator", verb: str, told: Told, now: float) -> Response:
    """What happens in Amazon's warehouses: restock, send-in, receive, lose, find, damage, future."""
    world, seller, sku = simulator.world, seller_of(simulator, told), told.text("sku")
    pools = [pool for owner, pool, held in world.fba if (owner, held) == (seller.id, sku)]
    if not pools:
        raise NotPossible(f"sku: {seller.name} has no FBA stock of “{sku[:60]}”")
    stock = world.stock(seller.id, told.text("pool", pools[0]), sku)
    quantity = told.whole("quantity", least=1)
    match verb:
        case "restock":
            world.restock(seller.id, stock.pool, sku, quantity, now)
        case "send-in":
            world.send_in(stock, quantity)
        case "receive":
            world.receive(stock, quantity, now)
        case "lose":
            world.lose(stock, quantity, now)
        case "find":
            world.find(stock, quantity, now)
        case "damage":
            world.damage(stock, quantity, now)
        case "future":
            stock.future = quantity
            world.touch(stock)
        case _:
            raise NotPossible(f"{verb}: no such verb; use restock, send-in, receive, lose, find, damage or future")
    return answer_json(stock_of_books(stock))


def take_back(simulator: "Simulator", told: Told, now: float) -> Response:
    """A buyer sends something back; the first item of the order unless told which."""
    order = simulator.world.orders[told.one_of("orderId", simulator.world.orders, "GET /_simulator/books")]
    back = simulator.world.take_back(
        order,
        told.text("orderItemId", order.items[0].id),
        told.whole("quantity", 1, least=1),
        now,
        reason=told.one_of("reason", dict.fromkeys(REASONS), ", ".join(REASONS), REASONS[0]),
        disposition=told.text("disposition", "SELLABLE"),
    )
    return answer_json(return_of_books(back), 201)


def add_listing(simulator: "Simulator", told: Told, now: float) -> dict[str, Any]:
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
        more=read_particulars(told, now),
    )
    simulator.world.make(listing)
    for pool, units in stock.items():
        simulator.world.make(FbaStock(seller.id, pool, sku, 0))
        if units:
            simulator.world.restock(seller.id, pool, sku, units, now)
    return listing_of_books(listing)


def _read_stock(told: Told, seller: Seller, *, own: bool) -> dict[str, int]:
    """Units by pool: of every pool that serves the seller's marketplaces, none where none are told."""
    pools = sorted({MARKETS[market].pool for market in (*seller.marketplaces, *seller.absent)})
    if own:
        if "stock" in told:
            raise NotPossible('stock: only with "fulfilledBy": "AMAZON"; say quantity for what the seller sends')
        return {}
    if "quantity" in told:
        raise NotPossible('quantity: Amazon counts what it sends; say stock, units by pool like {"UK": 40}')
    units = told.part("stock") if "stock" in told else Told({})
    wrong = next((pool for pool in units.members if pool not in pools), None)
    if wrong is not None:
        raise NotPossible(f"stock: {seller.name} has no pool “{wrong[:40]}”; choose from {', '.join(pools)}")
    return {pool: units.whole(pool, 0) for pool in pools}
