"""How Shipping v2 refuses, and what its operations have in common. Source: model shippingV2.json and its examples."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from amazon_simulator.buy_shipping.businesses import COUNTRY_OF, DEFAULT
from amazon_simulator.buy_shipping.request_parsing import NotValid, RequestPart
from amazon_simulator.core.http import Response
from amazon_simulator.protocol.errors import refuse
from amazon_simulator.protocol.routing import Call

BUSINESS_HEADER, KEY_HEADER = "x-amzn-shipping-business-id", "x-amzn-idempotencykey"
LONGEST_KEY = 256
MESSAGE = "Request is missing or has invalid parameters"


class ShippingRefused(Exception):
    """The call is refused with this response."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def invalid(details: str) -> Response:
    return refuse(400, "InvalidRequest", MESSAGE, details, "InvalidRequestException")


def refused(details: str) -> ShippingRefused:
    return ShippingRefused(invalid(details))


def missing(what: str) -> ShippingRefused:
    return ShippingRefused(
        refuse(404, "ResourceNotFound", "The requested resource was not found.", what, "ResourceNotFoundException")
    )


def expired() -> ShippingRefused:
    message = "The request token has expired. Get the rates for the shipment again."
    return ShippingRefused(refuse(400, "TOKEN_EXPIRED", message, kind="InvalidRequestException"))


def guarded(act: Callable[[Call], Response]) -> Callable[[Call], Response]:
    """What does not fit is refused, whichever part of the operation notices; an unknown business before anything."""

    def answer(call: Call) -> Response:
        business = call.request.headers.get(BUSINESS_HEADER, DEFAULT)
        if business not in COUNTRY_OF:
            return invalid(f"{BUSINESS_HEADER} {business[:60]} is not one of {', '.join(COUNTRY_OF)}")
        try:
            return act(call)
        except NotValid as fault:
            return invalid(str(fault))
        except ShippingRefused as fault:
            return fault.response

    return answer


def business_of(call: Call) -> str:
    return call.request.headers.get(BUSINESS_HEADER, DEFAULT)


def body_of(call: Call) -> RequestPart:
    try:
        return RequestPart(call.request.json(), "")
    except ValueError:
        raise refused("The body cannot be parsed") from None


def query_of(call: Call, name: str) -> str:
    value = call.request.params().get(name, "")
    if not value.strip():
        raise refused(f"{name[0].upper()}{name[1:]} cannot be null")
    return value


def key_of(call: Call) -> str:
    """The idempotency key, "" where there is none."""
    key = call.request.headers.get(KEY_HEADER, "")
    if len(key) > LONGEST_KEY:
        raise refused(f"x-amzn-IdempotencyKey cannot be longer than {LONGEST_KEY} characters")
    return key


def fingerprint(body: Any) -> str:
    """The same for the same members, in whatever order they were sent."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
