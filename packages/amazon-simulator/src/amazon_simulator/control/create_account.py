"""A seller account that joins this Amazon."""

import random
from typing import Any

import msgspec

from amazon_simulator.access.entities import RefreshToken
from amazon_simulator.control.accounts import accounts
from amazon_simulator.control.bodies import Account, given
from amazon_simulator.simulator import Simulator
from amazon_simulator.traffic.seed import list_goods, list_odd_goods
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import BY_REGION, MARKETS
from amazon_simulator.world.entities import Seller


def create_account(simulator: Simulator, body: Account, now: float) -> dict[str, Any]:
    """As `GET /_simulator/accounts` shows it. Its goods, its number and its token are made by the seed."""
    world = simulator.world
    region = body.region
    usual = [market.id for market in BY_REGION[region] if "invented" not in market.name]
    markets = given(body.marketplace_ids, usual)
    known = [market.id for market in BY_REGION[region]]
    if not markets or not set(markets) <= set(known):
        raise NotPossible(f"marketplaceIds: choose from {', '.join(known)}")
    chance = random.Random(f"{simulator.seed}:account:{len(world.sellers)}")
    number = given(body.seller_id, f"A{chance.randrange(36**8):011d}X")
    if number in world.sellers:
        raise NotPossible("sellerId: give 4 to 20 capital letters and digits that no account has yet")
    name = given(body.name, f"Seller {len(world.sellers) + 1}")
    seller = Seller(number, name, region, list(dict.fromkeys(markets)))
    world.records.make(seller)
    if body.goods:
        list_goods(world, seller, chance, now)
    if body.odd_goods:
        list_odd_goods(world, seller, now)
    simulator.application.make(RefreshToken(f"Atzr|self{chance.getrandbits(128):032x}", seller.id))
    if simulator.traffic.plan.on:  # its warehouses are looked round from now on, not from some time ago
        simulator.traffic.follow(msgspec.structs.replace(simulator.traffic.plan), now)
    return next(row for row in accounts(simulator)["accounts"] if row["sellerId"] == number)


def known_markets() -> list[dict[str, Any]]:
    """Every marketplace where an account may sell."""
    return [
        {"id": market.id, "name": market.name, "country": market.country, "currency": market.currency, "region": region}
        for region, markets in BY_REGION.items()
        for market in markets
        if market.id in MARKETS
    ]
