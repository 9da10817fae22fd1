"""Roles of the application taken away and given back while programs run."""

from typing import Any

from amazon_simulator.access.operation_roles import ROLES_OF_OPERATION
from amazon_simulator.control.bodies import Role
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible


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


def set_role(simulator: Simulator, body: Role, now: float) -> Response:
    """{"role", "granted": false, "seconds"?}: for a while, or until it is given back by {"role", "granted": true}."""
    if body.role not in simulator.application.registration.roles:
        raise NotPossible(f"role: “{body.role[:60]}” is not known; see GET /_simulator/roles")
    if body.granted:
        simulator.application.give_back(body.role)
    else:
        simulator.application.withhold(body.role, now + body.seconds if body.seconds else 0.0)
    return answer_json(roles_json(simulator))
