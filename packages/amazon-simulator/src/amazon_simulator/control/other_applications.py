"""Another application of a seller's that uses up the same limits."""

from typing import Any

from amazon_simulator.access.rate_limits import EVERY, PLANS, Consumer
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator

FASTEST, LONGEST = 10_000, 366 * 24 * 3600.0
HOUR = 3600.0


def others_json(simulator: Simulator) -> list[dict[str, Any]]:
    return [other_json(one) for one in simulator.limits.consumers]


def other_json(one: Consumer) -> dict[str, Any]:
    return {
        "number": one.number,
        "sellerId": one.seller,
        "operation": one.operation,
        "rate": one.rate,
        "since": iso(one.since),
        "until": iso(one.until),
    }


def set_other_applications(simulator: Simulator, params: Body, now: float) -> Response:
    """{"sellerId"?, "operation"?, "rate", "seconds"?} begins; {"stop": true, "number"?} ends one, or all."""
    limits = simulator.limits
    if params.truth("stop"):
        limits.stop_others(params.whole("number") if "number" in params else None, now)
        return answer_json({"others": others_json(simulator)})
    seller = params.one_of("sellerId", {EVERY: 1, **simulator.world.sellers}, "/_simulator/accounts", EVERY)
    operation = params.one_of("operation", {EVERY: 1, **PLANS}, "GET /_simulator/limits", EVERY)
    rate, seconds = (
        params.number("rate", least=0.0001, most=FASTEST),
        params.number("seconds", HOUR, least=1, most=LONGEST),
    )
    return answer_json(other_json(limits.let_another_call(seller, operation, rate, now, now + seconds)), 201)
