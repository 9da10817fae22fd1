"""Faults on command."""

from typing import Any

import msgspec
from msgspec import UnsetType

from amazon_simulator.access.rate_limits import EVERY
from amazon_simulator.control.accounts import known_seller
from amazon_simulator.control.bodies import Fault as FaultBody
from amazon_simulator.control.bodies import given
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.faults.faults import HAPPENINGS, KINDS, Fault
from amazon_simulator.simulator import Simulator


def faults_json(simulator: Simulator) -> dict[str, Any]:
    return {"faults": [fault_json(fault) for fault in simulator.faults.faults], "kinds": {**KINDS, **HAPPENINGS}}


def set_fault(simulator: Simulator, body: FaultBody) -> Response:
    if body.clear:
        simulator.faults.clear(None if isinstance(body.number, UnsetType) else body.number)
        return answer_json({"faults": [fault_json(fault) for fault in simulator.faults.faults]})
    known_seller(simulator, given(body.seller_id, EVERY))
    return answer_json(fault_json(simulator.faults.add(msgspec.to_builtins(body))), 201)


def fault_json(fault: Fault) -> dict[str, Any]:
    return {
        "number": fault.number,
        "kind": fault.kind,
        "operation": fault.operation,
        "sellerId": fault.seller,
        "count": fault.count,
        "probability": fault.probability,
        "since": iso(fault.since) if fault.since else None,
        "until": None if fault.until is None else iso(fault.until),
        "seconds": fault.seconds,
        "hits": fault.hits,
        **fault.more,
    }
