"""Roles of the application taken away and given back while programs run."""

from typing import Any

from amazon_simulator.access.operation_roles import ROLES_OF_OPERATION
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator

LONGEST = 366 * 24 * 3600.0


def roles_json(simulator: Simulator) -> dict[str, Any]:
    """Each role that the application is registered with, and which operations want which roles."""
    registration = simulator.application.registration
    return {
        "roles": [
            {
                "role": role,
                "granted": role not in registration.withheld,
                "givenBackAt": iso(until) if (until := registration.withheld.get(role)) else None,
            }
            for role in registration.roles
        ],
        "operations": {
            operation: list(ROLES_OF_OPERATION.get(operation, ())) for operation in sorted(simulator.routes.operations)
        },
    }


def set_role(simulator: Simulator, params: Body, now: float) -> Response:
    """{"role", "granted": false, "seconds"?}: for a while, or until it is given back by {"role", "granted": true}."""
    registered = dict.fromkeys(simulator.application.registration.roles)
    role = params.one_of("role", registered, "GET /_simulator/roles")
    if params.truth("granted"):
        simulator.application.give_back(role)
    else:
        seconds = params.number("seconds", 0, most=LONGEST)
        simulator.application.withhold(role, now + seconds if seconds else 0.0)
    return answer_json(roles_json(simulator))
