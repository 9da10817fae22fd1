"""Usage plans read, overridden, reset and lifted on command."""

from typing import Any

from amazon_simulator.access.rate_limits import EVERY, PLANS, Limit
from amazon_simulator.control.other_applications import others_json
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator

FASTEST_RATE = 10_000


def limits_json(simulator: Simulator) -> dict[str, Any]:
    limits, now = simulator.limits, simulator.clock.seconds()
    return {
        "lifted": limits.lifted,
        "throttled": limits.refused,
        "throttledByOthers": limits.refused_by_others,
        "others": others_json(simulator),
        "plans": {name: {"rate": rate, "burst": burst} for name, (rate, burst) in PLANS.items()},
        "overrides": [limit_json(limit) for limit in limits.overrides.values()],
        "counters": [
            {
                "sellerId": counter.seller,
                "operation": counter.operation,
                "calls": counter.calls,
                "refused": counter.refused,
                "refusedByOthers": counter.others,
                "left": round(limits.left(counter, now), 3),
            }
            for counter in limits.counters.values()
        ],
    }


def limit_json(limit: Limit) -> dict[str, Any]:
    return {"sellerId": limit.seller, "operation": limit.operation, "rate": limit.rate, "burst": limit.burst}


def set_limit(simulator: Simulator, told: Body) -> Response:
    """Another plan, the published one again (`restore`), full buckets (`reset`), or none refused (`lift`)."""
    limits = simulator.limits
    seller = told.one_of("sellerId", {EVERY: 1, **simulator.world.sellers}, "/_simulator/accounts", EVERY)
    operation = told.one_of("operation", {EVERY: 1, **PLANS}, "GET /_simulator/limits", EVERY)
    if "lift" in told:
        limits.lift(told.truth("lift"))
    elif told.truth("restore"):
        limits.restore(seller, operation)
    elif told.truth("reset"):
        limits.reset(seller, operation)
    else:
        rate, burst = told.number("rate", most=FASTEST_RATE), told.whole("burst", least=1)
        return answer_json(limit_json(limits.override(seller, operation, rate, burst)))
    return answer_json(limits_json(simulator))
