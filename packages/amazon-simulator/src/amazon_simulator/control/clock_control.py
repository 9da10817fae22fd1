"""The trade clock, read and moved."""

from typing import Any

from msgspec import UnsetType

from amazon_simulator.control.bodies import Clock
from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible


def clock_json(simulator: Simulator) -> dict[str, Any]:
    clock = simulator.clock
    return {"now": iso(clock.seconds()), "rate": clock.rate, "mode": clock.mode}


def set_clock(simulator: Simulator, body: Clock) -> Response:
    clock = simulator.clock
    ahead = body.advance
    if not isinstance(body.now, UnsetType):
        ahead += _moment(body.now) - clock.seconds()
    if not isinstance(body.rate, UnsetType):
        clock.set_rate(body.rate)
    if ahead:
        clock.advance(ahead)
    simulator.turn()
    return answer_json(clock_json(simulator))


def _moment(text: str) -> float:
    try:
        return from_iso(text)
    except ValueError as fault:
        raise NotPossible(f"now: {fault}; give a time like 2026-12-01T00:00:00Z") from fault
