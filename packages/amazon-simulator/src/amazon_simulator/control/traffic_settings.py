"""Traffic on command: how many orders an hour, where, and of what kind."""

from typing import Any

import msgspec

from amazon_simulator.control.request_parsing import Body
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.traffic.traffic import Plan, TrafficProfile
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import MARKETS, SHARES

MOST_AN_HOUR = 100_000
LONGEST = 366 * 24 * 3600.0


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
        "habits": msgspec.to_builtins(plan.habits),
        "seed": plan.seed,
        "placed": plan.placed,
        "missed": plan.missed,
    }


def set_traffic(simulator: Simulator, told: Body, now: float) -> Response:
    """What is not told stays as it is, only the end does not; {"stop": true} ends it at once."""
    plan = msgspec.structs.replace(simulator.traffic.plan)
    plan.hourly = {} if told.truth("stop") else _hourly(simulator, told, plan)
    plan.ends = now + told.number("seconds", least=1, most=LONGEST) if "seconds" in told else None
    plan.day_curve = told.truth("dayCurve", plan.day_curve)
    plan.odd = told.number("odd", plan.odd, most=1)
    plan.warehouses = told.truth("warehouses", plan.warehouses)
    plan.kept_stocked = told.truth("keepStocked", plan.kept_stocked)
    plan.seed = told.text("seed", plan.seed, longest=100)
    if "habits" in told:
        asked, known = told.part("habits"), msgspec.to_builtins(plan.habits)
        unknown = [name for name in asked.members if name not in known]
        if unknown:
            raise NotPossible(f"habits.{unknown[0][:60]}: choose from {', '.join(known)}")
        plan.habits = TrafficProfile(**{name: asked.number(name, known[name], most=1) for name in known})
    if "peak" in told:
        asked = told.part("peak")
        ends = now + asked.number("seconds", 3600, least=1, most=LONGEST)
        plan.peaks = [*plan.peaks, (now, ends, asked.number("factor", 10, least=1, most=1000))]
    simulator.traffic.follow(plan, now)
    return answer_json(traffic_json(simulator))


def spread(simulator: Simulator, orders: float) -> dict[str, float]:
    """So many orders an hour over all marketplaces where somebody sells, as busy as they are in life."""
    markets = {market: 0.0 for seller in simulator.world.sellers.values() for market in seller.marketplaces}
    whole = sum(SHARES[MARKETS[market].country] for market in markets)
    return {market: orders * SHARES[MARKETS[market].country] / whole for market in markets} if orders and whole else {}


def _hourly(simulator: Simulator, told: Body, plan: Plan) -> dict[str, float]:
    if "ordersPerHour" in told:
        return spread(simulator, told.number("ordersPerHour", most=MOST_AN_HOUR))
    if "marketplaces" not in told:
        return plan.hourly
    asked = told.part("marketplaces")
    unknown = [market for market in asked.members if market not in MARKETS]
    if unknown:
        raise NotPossible(f"marketplaces.{unknown[0][:60]}: no marketplace; see /_simulator/accounts")
    return {market: asked.number(market, most=MOST_AN_HOUR) for market in asked.members}
