"""The first world, and mixes of orders: the same seed, the same world."""

import random
from collections.abc import Sequence
from decimal import Decimal

from amazon_simulator.access.entities import RefreshToken
from amazon_simulator.traffic.people import buyer_for, with_phone
from amazon_simulator.world import Line, NotPossible, World
from amazon_simulator.world.catalogue import (
    EU_MARKETS,
    KINDS,
    MARKETS,
    NA_MARKETS,
    NOUNS,
    ODD_BUYERS,
    ODD_GOODS,
    ODD_SKUS,
)
from amazon_simulator.world.entities import Buyer, Change, FbaStock, Listing, Order, Seller

FBM_SKUS, FBA_SKUS, UNKNOWN_SKUS = 60, 15, 6
TWINS = 3
"""The last FBA SKUs are the same products as FBM SKUs: one ASIN, two SKUs."""
TWIN_OF = 20


def fill_world(world: World, seed: int, now: float) -> list[RefreshToken]:
    """Two seller accounts with their listings and FBA stock; returns their self-authorised refresh tokens."""
    chance = random.Random(seed)
    accounts = (
        Seller("A2HARBOUREULTD1", "Harbour & Home Ltd", "EU", [market.id for market in EU_MARKETS[:6]]),
        Seller("A3HARBOURNAINC1", "Harbour & Home Inc", "NA", [market.id for market in NA_MARKETS]),
    )
    tokens = []
    for seller in accounts:
        world.records.make(seller)
        list_goods(world, seller, chance, now)
        tokens.append(RefreshToken(f"Atzr|self{chance.getrandbits(128):032x}", seller.id))
    return tokens


def list_goods(world: World, seller: Seller, chance: random.Random, now: float) -> None:
    """What a new seller has: FBM SKUs, odd ones among them, some that are not listed yet, and FBA SKUs."""
    for number in range(FBM_SKUS + UNKNOWN_SKUS):
        odd = number < len(ODD_SKUS)
        known = number < FBM_SKUS
        sku = ODD_SKUS[number] if odd else f"HH-{number:04d}" if known else f"LATE-{number - FBM_SKUS:02d}"
        quantity = chance.randint(8, 60)
        listing = Listing(
            seller=seller.id,
            sku=sku,
            asin=f"B0FBM{number:05d}",
            title=f"{KINDS[number % len(KINDS)]} {NOUNS[number % len(NOUNS)]}",
            product_type="HOME",
            channel="DEFAULT",
            price=chance.randint(495, 8995),
            marketplaces=list(seller.marketplaces),
            quantity=quantity,
            lead_time=chance.randint(1, 5),
            listed=known,
            history=[Change(now, quantity, "first listed")],
        )
        world.records.make(listing)
    pools = sorted({MARKETS[marketplace].pool for marketplace in seller.marketplaces})
    for number in range(FBA_SKUS):
        twin = TWIN_OF + number if number >= FBA_SKUS - TWINS else None
        title = f"{KINDS[(number + 2) % len(KINDS)]} {NOUNS[(number * 5 + 3) % len(NOUNS)]}, boxed"
        listing = Listing(
            seller=seller.id,
            sku=f"FBA-{number:04d}",
            asin=f"B0FBA{number:05d}" if twin is None else f"B0FBM{twin:05d}",
            title=title if twin is None else world.listings[(seller.id, f"HH-{twin:04d}")].title,
            product_type="HOME",
            channel=f"AMAZON_{seller.region}",
            price=chance.randint(995, 5995),
            marketplaces=list(seller.marketplaces),
        )
        world.records.make(listing)
        for pool in pools:
            world.records.make(
                FbaStock(seller.id, pool, listing.sku, chance.randint(40, 90), inbound=chance.randint(0, 20))
            )


def list_odd_goods(world: World, seller: Seller, now: float) -> None:
    """Goods whose SKUs, titles and prices break programs; those that are listed already stay as they are."""
    for number, (sku, title, price) in enumerate(ODD_GOODS):
        if (seller.id, sku) in world.listings:
            continue
        listing = Listing(
            seller=seller.id,
            sku=sku,
            asin=f"B0ODD{number:05d}",
            title=title,
            product_type="HOME",
            channel="DEFAULT",
            price=price,
            marketplaces=[*seller.marketplaces, *seller.absent],
            quantity=500,
            lead_time=2,
            history=[Change(now, 500, "first listed")],
        )
        world.records.make(listing)


def odd_buyer(country: str, number: int) -> Buyer:
    """A buyer with an unusual name and address; the same number, the same buyer."""
    name, line, town = ODD_BUYERS[number % len(ODD_BUYERS)]
    somebody = buyer_for(country, number)
    return Buyer(
        name,
        somebody.email,
        line,
        town,
        somebody.postcode,
        country,
        state=somebody.state,
        instructions="Ring “twice”;\r\nthen wait",
    )


def order_number(chance: random.Random, serial: int) -> str:
    """Amazon's 3-7-7 form, never the same twice for a growing serial."""
    return f"{chance.randint(100, 999)}-{1_000_000 + serial % 9_000_000:07d}-{chance.randint(1_000_000, 9_999_999)}"


MIX = {
    "fbaShare": 0.25,
    "pendingShare": 0.12,
    "cancelledShare": 0.06,
    "unknownSkuShare": 0.04,
    "severalLinesShare": 0.2,
}
"""Shares of a seeded mix of orders, each from 0 to 1."""


def place_mix(
    world: World, count: int, seed: int, mix: dict[str, float], now: float, markets: Sequence[str] = ()
) -> list[Order]:
    """Place `count` orders over all accounts and their marketplaces, or these; what is sold out is not ordered."""
    chance = random.Random(f"{seed}:{len(world.orders)}")
    placed: list[Order] = []
    tries = 0
    while len(placed) < count and tries < count * 20:
        tries += 1
        try:
            placed.append(_place_one(world, chance, mix, now, markets))
        except NotPossible:
            continue
    return placed


def _place_one(world: World, chance: random.Random, mix: dict[str, float], now: float, markets: Sequence[str]) -> Order:
    sold = {
        seller.id: [one for one in seller.marketplaces if not markets or one in markets]
        for seller in world.sellers.values()
    }
    seller = chance.choice([seller for seller in world.sellers.values() if sold[seller.id]])
    marketplace = chance.choice(sold[seller.id])
    fba = chance.random() < mix["fbaShare"]
    unknown = not fba and chance.random() < mix["unknownSkuShare"]
    goods = [
        listing
        for listing in world.by_seller[seller.id].values()
        if (listing.channel != "DEFAULT") == fba and listing.sku.startswith("LATE-") == unknown
    ]
    lines = [
        Line(
            listing.sku,
            chance.choice((1, 1, 1, 2, 3)),
            gift_wrap=chance.random() < 0.1,
            gift_message="With love from the harbour" if chance.random() < 0.05 else "",
            discount=chance.random() < 0.1,
        )
        for listing in chance.sample(goods, 2 if chance.random() < mix["severalLinesShare"] else 1)
    ]
    serial = len(world.orders)
    order = world.ordering.place(
        order_number(chance, serial),
        seller,
        marketplace,
        "AMAZON" if fba else "MERCHANT",
        lines,
        with_phone(buyer_for(MARKETS[marketplace].country, serial), chance),
        now=now,
        pending_for=chance.randint(300, 1500) if chance.random() < mix["pendingShare"] else 0,
        shipping=Decimal("0.00") if fba else Decimal("3.99"),
        service_level=chance.choice(("STANDARD", "STANDARD", "EXPEDITED")),
        programs=("PRIME",) if chance.random() < 0.1 else (),
    )
    if chance.random() < mix["cancelledShare"]:
        world.ordering.cancel(order, chance.choice(("BUYER", "AMAZON")), now)
    return order
