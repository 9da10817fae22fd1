"""What a fault makes of a call: see `faults.KINDS`."""

import json
from collections.abc import Callable
from dataclasses import replace

from amazon_simulator.access.application import Application
from amazon_simulator.access.entities import AccessToken
from amazon_simulator.core.http import Request, Response
from amazon_simulator.faults import response_mutations as mutations
from amazon_simulator.faults.faults import PAGED, Fault
from amazon_simulator.protocol.errors import (
    BAD_TOKEN,
    EXPIRED,
    broken,
    denied,
    invalid,
    page_of,
    refuse,
    throttled,
    without_message,
)
from amazon_simulator.protocol.routing import Call
from amazon_simulator.wire.listings import Listings

Act = Callable[[Request], Response]
FRONT_END = (
    "<html><head><title>503 Service Unavailable</title></head><body><h1>503 Service Unavailable</h1></body></html>"
)


def inject(
    fault: Fault,
    request: Request,
    act: Act,
    *,
    operation: str,
    access: AccessToken,
    application: Application,
    listings: Listings,
    call: Call,
) -> Response:
    """The answer of `act` as the fault leaves it."""
    match fault.kind:
        case "throttle":
            return throttled(operation, fault.more.get("of", "application"))
        case "400":
            return invalid()
        case "refuse":
            details = fault.more
            return refuse(details["status"], details["code"], details["message"], details["details"])
        case "500" | "503":
            return broken(int(fault.kind))
        case "html":
            return page_of(FRONT_END, 503)
        case "page_token_refused":
            return without_message()
        case "denied":
            return denied()
        case "cut_before":
            return Response(cut=True)
        case "cut_after":
            act(request)
            return Response(cut=True)
        case "slow":
            return replace(act(request), slow=fault.seconds)
        case "token_expired":
            application.expire(access)
            return denied(EXPIRED)
        case "revoked":
            application.revoke(access.seller)
            return denied(BAD_TOKEN)
        case "page_repeated":
            return _first_page_again(request, act, PAGED[operation])
        case "invalid":
            return listings.invalid(call)
        case "sku_refused":
            market = request.params().get("marketplaceIds", "")
            return refuse(400, "InvalidInput", f"{request.segments()[-1]} is an invalid SKU for marketplace {market}")
        case "tracking_refused":
            return _tracking_refused(request)
        case "stale_read" | "accepted_not_applied" | "applied_late":
            with listings.faulty(fault.kind, fault.seconds):
                return act(request)
        case _:
            return _mutated(fault, act(request))


def _mutated(fault: Fault, response: Response) -> Response:
    """Faults that leave the act as it is and change the response."""
    match fault.kind:
        case "broken_json":
            return replace(response, body=response.body[: len(response.body) // 2] + b": UOSS")
        case "wrong_content_type":
            return replace(response, headers={**response.headers, "content-type": fault.more["contentType"]})
        case "empty":
            return mutations.edited(response, mutations.emptied)
        case "members":
            return mutations.edited(response, lambda body: _with_other_members(body, fault))
        case "orders_missing" | "rows_missing":
            return mutations.edited(response, mutations.without_first)
        case "bad_next_token":
            return mutations.edited(response, mutations.with_bad_token)
        case "no_address":
            return mutations.edited(response, lambda body: mutations.without(body, mutations.ADDRESSES))
        case "no_money":
            return mutations.edited(response, lambda body: mutations.without(body, mutations.AMOUNTS))
        case "no_quantities":
            return mutations.edited(response, lambda body: mutations.given(body, {"inventoryDetails": {}}, ""))
        case "odd_skus_missing":
            return mutations.edited(response, mutations.without_odd_skus)
        case _:
            raise ValueError(f"{fault.kind} is no fault of a call")


def _with_other_members(body: object, fault: Fault) -> object:
    return mutations.given(mutations.without(body, fault.more["without"]), fault.more["with"], fault.more["into"])


def _first_page_again(request: Request, act: Act, parameter: str) -> Response:
    pieces = [piece for piece in request.query.split("&") if not piece.startswith(f"{parameter}=")]
    return act(replace(request, query="&".join(pieces)))


def _tracking_refused(request: Request) -> Response:
    """Behaviour SH08, with Amazon's message."""
    try:
        package = json.loads(request.body)["packageDetail"]
        number, carrier = package["trackingNumber"], package["carrierCode"]
    except (ValueError, KeyError, TypeError):
        return invalid()
    return invalid(
        f"The tracking ID {number} for {carrier} does not match the expected format for the carrier. "
        "Please verify that you have entered the tracking ID and carrier name correctly."
    )
