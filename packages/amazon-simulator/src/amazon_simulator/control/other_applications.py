"""Another application of a seller's that uses up the same limits."""

from typing import Any

from msgspec import UnsetType

from amazon_simulator.access.rate_limits import EVERY, PLANS, Consumer
from amazon_simulator.control.accounts import known_seller
from amazon_simulator.control.bodies import FASTEST_RATE, OtherApplication
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible


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


def set_other_applications(simulator: Simulator, body: OtherApplication, now: float) -> Response:
    """{"sellerId"?, "operation"?, "rate", "seconds"?} begins; {"stop": true, "number"?} ends one, or all."""
    limits = simulator.limits
    if body.stop:
        limits.stop_others(None if isinstance(body.number, UnsetType) else body.number, now)
        return answer_json({"others": others_json(simulator)})
    seller, operation = known_seller(simulator, body.seller_id), known_operation(body.operation)
    if isinstance(body.rate, UnsetType):
        raise NotPossible(f"rate: give a number from 0.0001 to {FASTEST_RATE}")
    made = limits.let_another_call(seller, operation, body.rate, now, now + body.seconds)
    return answer_json(other_json(made), 201)


def known_operation(operation: str) -> str:
    """An operation that has a plan, or * for every one."""
    if operation != EVERY and operation not in PLANS:
        raise NotPossible(f"operation: “{operation[:60]}” is not known; see GET /_simulator/limits")
    return operation
