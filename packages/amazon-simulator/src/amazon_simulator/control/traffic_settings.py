"""Traffic on command: how many orders an hour, where, and of what kind."""

from typing import Any

import msgspec
from msgspec import UnsetType

from amazon_simulator.control.bodies import Traffic, given
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.traffic.traffic import Plan
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import MARKETS, SHARES


def traffic_json(simulator: Simulator) -> dict[str, Any]:
    plan = simulator.traffic.plan
    return {
        "on": plan.on,
        "ordersPerHour": round(sum(plan.hourly.values()), 3),
        "marketplaces": plan.hourly,
        "dayCurve": plan.day_curve,
        "peaks": [{"since": iso(since), "until": iso(until), "factor": factor} for since, until, factor in plan.peaks],
        "ends": None if plan.ends is None else iso(plan.ends),
        "odd": plan.odd,
        "warehouses": plan.warehouses,
        "keepStocked": plan.kept_stocked,
        "habits": msgspec.to_builtins(plan.profile),
        "seed": plan.seed,
        "placed": plan.placed,
        "missed": plan.missed,
    }


def set_traffic(simulator: Simulator, body: Traffic, now: float) -> Response:
    """What is not given stays as it is, only the end does not; {"stop": true} ends it at once."""
    plan = msgspec.structs.replace(simulator.traffic.plan)
    plan.hourly = {} if body.stop else _hourly(simulator, body, plan)
    plan.ends = None if isinstance(body.seconds, UnsetType) else now + body.seconds
    plan.day_curve = given(body.day_curve, plan.day_curve)
    plan.odd = given(body.odd, plan.odd)
    plan.warehouses = given(body.warehouses, plan.warehouses)
    plan.kept_stocked = given(body.keep_stocked, plan.kept_stocked)
    plan.seed = given(body.seed, plan.seed)
    if not isinstance(body.profile, UnsetType):
        plan.profile = msgspec.structs.replace(plan.profile, **body.profile)
    if not isinstance(body.peak, UnsetType):
        plan.peaks = [*plan.peaks, (now, now + body.peak.seconds, body.peak.factor)]
    simulator.traffic.follow(plan, now)
    return answer_json(traffic_json(simulator))


def spread(simulator: Simulator, orders: float) -> dict[str, float]:
    """So many orders an hour over all marketplaces with sellers, in proportion to their size."""
    markets = {market: 0.0 for seller in simulator.world.sellers.values() for market in seller.marketplaces}
    whole = sum(SHARES[MARKETS[market].country] for market in markets)
    return {market: orders * SHARES[MARKETS[market].country] / whole for market in markets} if orders and whole else {}


def _hourly(simulator: Simulator, body: Traffic, plan: Plan) -> dict[str, float]:
    if not isinstance(body.orders_per_hour, UnsetType):
        return spread(simulator, body.orders_per_hour)
    if isinstance(body.marketplaces, UnsetType):
        return plan.hourly
    unknown = [market for market in body.marketplaces if market not in MARKETS]
    if unknown:
        raise NotPossible(f"marketplaces.{unknown[0][:60]}: no marketplace; see /_simulator/accounts")
    return body.marketplaces
