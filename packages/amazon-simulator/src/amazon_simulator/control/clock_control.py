"""The trade clock, read and moved."""

from typing import Any

from amazon_simulator.control.request_parsing import Body
from amazon_simulator.core.clock import FASTEST, from_iso, iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator

A_DECADE = 10 * 366 * 24 * 3600.0


def clock_json(simulator: Simulator) -> dict[str, Any]:
    clock = simulator.clock
    return {"now": iso(clock.seconds()), "rate": clock.rate, "mode": clock.mode}


def set_clock(simulator: Simulator, told: Body) -> Response:
    clock = simulator.clock
    ahead = told.number("advance", 0, most=A_DECADE)
    if "now" in told:
        ahead += from_iso(told.text("now")) - clock.seconds()
    if "rate" in told:
        clock.set_rate(told.number("rate", least=0.001, most=FASTEST))
    if ahead:
        clock.advance(ahead)
    simulator.turn()
    return answer_json(clock_json(simulator))
