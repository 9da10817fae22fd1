"""Usage plans read, overridden, reset and lifted on command."""

from typing import Any

from msgspec import UnsetType

from amazon_simulator.access.rate_limits import PLANS, Limit
from amazon_simulator.control.accounts import known_seller
from amazon_simulator.control.bodies import FASTEST_RATE
from amazon_simulator.control.bodies import Limit as LimitBody
from amazon_simulator.control.other_applications import known_operation, others_json
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible


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


def set_limit(simulator: Simulator, body: LimitBody) -> Response:
    """Another plan, the published one again (`restore`), full buckets (`reset`), or none refused (`lift`)."""
    limits = simulator.limits
    seller, operation = known_seller(simulator, body.seller_id), known_operation(body.operation)
    if not isinstance(body.lift, UnsetType):
        limits.lift(body.lift)
    elif body.restore:
        limits.restore(seller, operation)
    elif body.reset:
        limits.reset(seller, operation)
    elif isinstance(body.rate, UnsetType):
        raise NotPossible(f"rate: give a number from 0 to {FASTEST_RATE}")
    elif isinstance(body.burst, UnsetType):
        raise NotPossible("burst: give a whole number from 1 to 1000000")
    else:
        return answer_json(limit_json(limits.override(seller, operation, body.rate, body.burst)))
    return answer_json(limits_json(simulator))
