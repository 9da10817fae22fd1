"""Tokens 2021-03-01: restricted data tokens. Source: model tokens_2021-03-01.json; behaviours A06, A08."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amazon_simulator.access.application import ACCESS_LIVES, APPLICATION_ID, RESTRICTED, Application
from amazon_simulator.access.entities import AccessToken
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.errors import refuse
from amazon_simulator.protocol.routing import Call, Route

AT_MOST = 50
HOST = re.compile(r"^/(eu|na|fe)(?=/)")
"""What stands here for Amazon's host: a client that requests a token by its own address has it in the path."""
SHIPS_HOME, TAXES = "Direct-to-Consumer Shipping", ("Tax Invoicing", "Tax Remittance")
ROLES_OF = {
    "buyerInfo": (SHIPS_HOME, *TAXES),
    "shippingAddress": (SHIPS_HOME, *TAXES),
    "buyerTaxInformation": TAXES,
}
"""Data element → roles of which one opens it. Source: tokens-api-use-case-guide, access-orders-pii."""


@dataclass(frozen=True, slots=True)
class Restricted:
    """An operation that gives personal data. `elements`: it takes data elements."""

    method: str
    path: re.Pattern[str]
    elements: bool = False


def _of(method: str, path: str, *, elements: bool = False) -> Restricted:
    return Restricted(method, re.compile(path.replace("{id}", r"[^/]+")), elements)


OPERATIONS = (
    _of("GET", "/orders/v0/orders", elements=True),
    _of("GET", "/orders/v0/orders/{id}", elements=True),
    _of("GET", "/orders/v0/orders/{id}/orderItems", elements=True),
    _of("GET", "/orders/v0/orders/{id}/address"),
    _of("GET", "/orders/v0/orders/{id}/buyerInfo"),
    _of("GET", "/orders/v0/orders/{id}/orderItems/buyerInfo"),
    _of("GET", "/orders/v0/orders/{id}/regulatedInfo"),
    _of("GET", "/reports/2021-06-30/documents/{id}"),
    _of("POST", "/mfn/v0/shipments"),
    _of("GET", "/mfn/v0/shipments/{id}"),
    _of("DELETE", "/mfn/v0/shipments/{id}"),
)
"""Source: tokens-api-use-case-guide, list of restricted operations."""


class Tokens:
    def __init__(self, application: Application) -> None:
        self._application = application

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "createRestrictedDataToken", "POST", "/tokens/2021-03-01/restrictedDataToken", self.create_restricted
            ),
        )

    def create_restricted(self, call: Call) -> Response:
        try:
            body = call.request.json()
            if not isinstance(body, dict):
                raise ValueError("The request is no JSON object.")
            resources = _resources(body.get("restrictedResources"))
        except ValueError as fault:
            return refuse(400, "InvalidRequest", "Request is missing or has invalid parameters", str(fault))
        elements = sorted({element for _, _, names in resources for element in names})
        known = body.get("targetApplication", APPLICATION_ID) == APPLICATION_ID
        shut = [element for element in elements if not known or not self._opens(element)]
        if shut or not known:
            message = "Application does not have access to one or more requested data elements"
            return refuse(400, "InvalidInput", f"{message}: [{', '.join(shut)}]")
        token = self._application.grant_restricted(call.seller.id, resources, call.now)
        return answer_json({"restrictedDataToken": token.token, "expiresIn": int(ACCESS_LIVES)})

    def _opens(self, element: str) -> bool:
        return any(role in self._application.roles for role in ROLES_OF[element])


def lets_through(access: AccessToken, method: str, parts: Sequence[str]) -> bool:
    """Whether a token is good for this call: an ordinary one always, a restricted one for its own resources."""
    if not access.token.startswith(RESTRICTED):
        return True
    return any(_fits(one, path, method, parts) for one, path, _ in access.resources)


def _fits(one: str, path: str, method: str, parts: Sequence[str]) -> bool:
    """A path may hold {orderId} and the like: then any will do."""
    segments = path.strip("/").split("/")
    return (
        one == method
        and len(segments) == len(parts)
        and all(
            wanted == part or (wanted[:1] == "{" and wanted[-1:] == "}")
            for wanted, part in zip(segments, parts, strict=True)
        )
    )


def _resources(value: Any) -> list[tuple[str, str, list[str]]]:
    """(method, path, data elements) of each; Raises ValueError with what is wrong.

    Something else than a list makes a token that opens nothing (behaviour A08).
    """
    if isinstance(value, dict) and value:
        return [("", "", [])]
    if not isinstance(value, list) or not value:
        raise ValueError("Resource not provided.")
    if len(value) > AT_MOST:
        raise ValueError(f"At most {AT_MOST} resources can be requested.")
    return [_resource(one) for one in value]


def _resource(value: Any) -> tuple[str, str, list[str]]:
    method, path = (value.get(name) for name in ("method", "path")) if isinstance(value, dict) else (None, None)
    if not isinstance(method, str) or not isinstance(path, str) or not method or not path:
        raise ValueError("Resource not provided.")
    path = HOST.sub("", path)
    operation = next(
        (one for one in OPERATIONS if one.method == method and one.path.fullmatch(path.split("?")[0])), None
    )
    if operation is None:
        raise ValueError(f"{method[:10]} {path[:200]} is no restricted resource.")
    elements = value.get("dataElements") or []
    if not isinstance(elements, list) or not all(isinstance(one, str) and one in ROLES_OF for one in elements):
        raise ValueError(f"dataElements: choose from {', '.join(ROLES_OF)}.")
    if operation.elements and not elements:
        raise ValueError(f"dataElements must be provided for {path[:200]}.")
    return method, path, list(elements)
