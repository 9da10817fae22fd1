"""Scenarios by name: each sets up a situation that a program must handle, and returns what it created."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.bodies import Scenario as ScenarioBody
from amazon_simulator.control.bodies import given
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.traffic.people import buyer_for
from amazon_simulator.traffic.seed import order_number
from amazon_simulator.world import Line, NotPossible
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Change, Listing, Order, Seller

MINUTE, HOUR, A_DAY = 60.0, 3600.0, 24 * 3600.0
PEAK_ORDERS, PEAK_FACTOR = 60.0, 10.0
OUTAGE, AFTERMATH = 20 * MINUTE, 10 * MINUTE

Act = Callable[[Simulator, Seller, float], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`description`: what happens, and what a program should do."""

    description: str
    act: Act


def scenarios_json() -> dict[str, Any]:
    return {"scenarios": {name: scenario.description for name, scenario in SCENARIOS.items()}}


def start_scenario(simulator: Simulator, name: str, body: ScenarioBody, now: float) -> Response:
    """The first seller unless one is given; raises NotPossible if the seller lacks something for it."""
    if name not in SCENARIOS:
        raise NotPossible(f"{name[:60]}: no such scenario; choose one of {', '.join(SCENARIOS)}")
    first = next(iter(simulator.world.sellers))
    seller = seller_of(simulator, given(body.seller_id, first))
    made = SCENARIOS[name].act(simulator, seller, now)
    return answer_json({"scenario": name, "sellerId": seller.id, **made}, 201)


def _oversold(simulator: Simulator, seller: Seller, now: float) -> dict[str, Any]:
    world = simulator.world
    listing = _own(simulator, seller, least=0)
    world.quantities.set_quantity(listing, 2, now, "scenario oversold")
    markets = [market for market in seller.marketplaces if market in listing.marketplaces]
    orders = [
        _order(simulator, seller, markets[number % len(markets)], listing.sku, now, oversell=True)
        for number in range(3)
    ]
    return {"sku": listing.sku, "quantity": 2, "orderIds": [order.id for order in orders]}


def _fba(simulator: Simulator, seller: Seller, now: float) -> dict[str, Any]:
    world = simulator.world
    stock = next(
        (row for row in world.fba.values() if row.seller == seller.id and world.warehouses.free(row) >= 5), None
    )
    if stock is None:
        raise NotPossible(f"sellerId: {seller.name} has no FBA stock; see POST /_simulator/fba/restock")
    market = next(market for market in seller.marketplaces if MARKETS[market].pool == stock.pool)
    orders = [_order(simulator, seller, market, stock.sku, now, fba=True) for _ in range(2)]
    key = "/".join(stock.key)
    stock_params = {"stock": list(stock.key)}
    world.warehouses.send_in(stock, 24)
    world.records.intend(
        now + HOUR, "receive", key, {**stock_params, "quantity": 24, "reference": f"FBA15{len(world.orders):07d}"}
    )
    world.records.intend(now + 2 * HOUR, "lose", key, {**stock_params, "quantity": 1})
    world.records.intend(now + 3 * HOUR, "damage", key, {**stock_params, "quantity": 1})
    world.records.intend(now + A_DAY, "find", key, {**stock_params, "quantity": 1})
    for order, disposition in zip(orders, ("SELLABLE", "CUSTOMER_DAMAGED"), strict=True):
        back = {"item": order.items[0].id, "quantity": 1, "reason": "UNWANTED_ITEM", "disposition": disposition}
        world.records.intend(now + 3 * A_DAY, "return", order.id, back)
    return {"sku": stock.sku, "pool": stock.pool, "orderIds": [order.id for order in orders]}


def _unmatched(simulator: Simulator, seller: Seller, now: float) -> dict[str, Any]:
    world, count = simulator.world, len(simulator.world.listings)
    known = _own(simulator, seller)
    unlike = (f"NEW-{count:05d}", f"B0NEW{count:05d}", "Ship's Bell, found in no catalogue")
    alike = (f"{known.sku}-B", known.asin, known.title)
    orders = []
    for sku, asin, title in (unlike, alike):
        if (seller.id, sku) not in world.listings:
            world.records.make(_listing(seller, sku, asin, title, now))
        orders.append(_order(simulator, seller, seller.marketplaces[0], sku, now))
    return {"skus": [unlike[0], alike[0]], "orderIds": [order.id for order in orders]}


def _expired(simulator: Simulator, seller: Seller, now: float) -> dict[str, Any]:
    order = _order(simulator, seller, seller.marketplaces[0], _own(simulator, seller).sku, now)
    return {"revoked": simulator.application.revoke(seller.id), "orderIds": [order.id]}


def _peak(simulator: Simulator, seller: Seller, now: float) -> dict[str, Any]:
    plan = msgspec.structs.replace(simulator.traffic.plan)
    if not plan.on:
        share = PEAK_ORDERS / len(seller.marketplaces)
        plan.hourly, plan.ends = dict.fromkeys(seller.marketplaces, share), now + HOUR
    plan.peaks = [*plan.peaks, (now, now + HOUR, PEAK_FACTOR)]
    simulator.traffic.follow(plan, now)
    return {"factor": PEAK_FACTOR, "until": iso(now + HOUR), "marketplaces": sorted(plan.hourly)}


def _outage(simulator: Simulator, seller: Seller, now: float) -> dict[str, Any]:
    over, well = now + OUTAGE, now + OUTAGE + AFTERMATH
    down = {"since": iso(now), "until": iso(over)}
    after = {"since": iso(over), "until": iso(well)}
    faults = [
        simulator.faults.add({"kind": kind, "sellerId": seller.id, "probability": probability, "window": window})
        for kind, probability, window in (("html", 0.2, down), ("503", 1.0, down), ("throttle", 0.5, after))
    ]
    sku = _own(simulator, seller).sku
    orders = [_order(simulator, seller, seller.marketplaces[0], sku, now) for _ in range(3)]
    return {
        "faults": [fault.number for fault in faults],
        "until": iso(well),
        "orderIds": [order.id for order in orders],
    }


SCENARIOS = {
    "oversold": Scenario(
        "Two units are left of a SKU; before a new quantity can be sent, three buyers in several marketplaces order "
        "one each. A program must keep all three orders and say that one cannot be sent.",
        _oversold,
    ),
    "fba": Scenario(
        "Two FBA orders are shipped by Amazon within minutes; 24 units are received after an hour; one unit is lost "
        "(and found a day later), one is damaged; after three days both orders come back, one of them damaged.",
        _fba,
    ),
    "unmatched": Scenario(
        "Buyers order two SKUs that were listed a moment ago: one is in no catalogue, one is a second SKU of a known "
        "product. A program must take the orders and have them matched.",
        _unmatched,
    ),
    "expired": Scenario(
        "The seller has withdrawn the application's authorisation, and an order comes in. A program must say so, "
        "lose nothing, and go on after a new consent.",
        _expired,
    ),
    "peak": Scenario(
        "An hour in which ten times as many buyers come: of the traffic that runs, or of 60 orders an hour.",
        _peak,
    ),
    "outage": Scenario(
        "For 20 minutes every call of the seller ends in 503, a fifth of them as an HTML page, and for ten more half "
        "of them are throttled; three orders wait. A program must lose none and must not retry without pause.",
        _outage,
    ),
}
"""By name; docs/simulator.md describes them too."""


def _own(simulator: Simulator, seller: Seller, least: int = 3) -> Listing:
    """A SKU that the seller sends itself and that nothing is odd about, another one each time."""
    fitting = [
        row
        for row in simulator.world.by_seller[seller.id].values()
        if row.channel == "DEFAULT"
        and row.listed
        and (row.quantity or 0) >= least
        and row.sku.replace("-", "").isalnum()
        and row.sku.isascii()
        and seller.marketplaces[0] in row.marketplaces
    ]
    if not fitting:
        raise NotPossible(f"sellerId: {seller.name} has nothing in stock; see POST /_simulator/listings")
    return random.Random(f"{simulator.seed}:{len(simulator.world.orders)}").choice(fitting)


def _order(
    simulator: Simulator,
    seller: Seller,
    market: str,
    sku: str,
    now: float,
    *,
    fba: bool = False,
    oversell: bool = False,
) -> Order:
    serial = len(simulator.world.orders)
    return simulator.world.ordering.place(
        order_number(random.Random(f"{simulator.seed}:story:{serial}"), serial),
        seller,
        market,
        "AMAZON" if fba else "MERCHANT",
        [Line(sku, 1)],
        buyer_for(MARKETS[market].country, serial),
        now=now,
        oversell=oversell,
    )


def _listing(seller: Seller, sku: str, asin: str, title: str, now: float) -> Listing:
    return Listing(
        seller=seller.id,
        sku=sku,
        asin=asin,
        title=title,
        product_type="HOME",
        channel="DEFAULT",
        price=2499,
        marketplaces=list(seller.marketplaces),
        quantity=12,
        lead_time=2,
        listed=False,
        history=[Change(now, 12, "first listed")],
    )
