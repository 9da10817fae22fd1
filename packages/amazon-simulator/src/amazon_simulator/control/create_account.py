"""A seller account that joins this Amazon."""

import random
import re
from typing import Any

import msgspec

from amazon_simulator.access.entities import RefreshToken
from amazon_simulator.control.accounts import accounts
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.simulator import Simulator
from amazon_simulator.traffic.seed import list_goods, list_odd_goods
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import BY_REGION, MARKETS
from amazon_simulator.world.entities import Seller

SELLER_ID = re.compile(r"[A-Z0-9]{4,20}")


def create_account(simulator: Simulator, told: Body, now: float) -> dict[str, Any]:
    """As `GET /_simulator/accounts` shows it. Its goods, its number and its token are made by the seed."""
    world = simulator.world
    region = told.one_of("region", BY_REGION, "EU, NA or FE")
    usual = [market.id for market in BY_REGION[region] if "invented" not in market.name]
    markets = told.texts("marketplaceIds", usual)
    known = [market.id for market in BY_REGION[region]]
    if not markets or not set(markets) <= set(known):
        raise NotPossible(f"marketplaceIds: choose from {', '.join(known)}")
    chance = random.Random(f"{simulator.seed}:account:{len(world.sellers)}")
    number = told.text("sellerId", f"A{chance.randrange(36**8):011d}X")
    if not SELLER_ID.fullmatch(number) or number in world.sellers:
        raise NotPossible("sellerId: give 4 to 20 capital letters and digits that no account has yet")
    name = told.text("name", f"Seller {len(world.sellers) + 1}", longest=200)
    goods, odd = told.truth("goods", True), told.truth("oddGoods")
    seller = Seller(number, name, region, list(dict.fromkeys(markets)))
    world.records.make(seller)
    if goods:
        list_goods(world, seller, chance, now)
    if odd:
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
