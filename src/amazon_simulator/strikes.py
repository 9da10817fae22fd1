"""What a fault does to a call: the answer spoilt, held back or never given."""

import json
from collections.abc import Callable
from dataclasses import replace

from amazon_simulator.application import Application
from amazon_simulator.entities import AccessToken
from amazon_simulator.faults import Fault
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.wire.answers import BAD_TOKEN, EXPIRED, broken, denied, page_of, throttled
from amazon_simulator.wire.listings import Listings, submitted

Act = Callable[[Request], Response]
FRONT_END = (
    "<html><head><title>503 Service Unavailable</title></head><body><h1>503 Service Unavailable</h1></body></html>"
)


def strike(
    fault: Fault, request: Request, act: Act, *, access: AccessToken, application: Application, listings: Listings
) -> Response:
    """The answer of `act` as the fault leaves it."""
    match fault.kind:
        case "throttle":
            return throttled()
        case "500" | "503":
            return broken(int(fault.kind))
        case "html":
            return page_of(FRONT_END, 503)
        case "denied":
            return denied()
        case "cut_before":
            return Response(cut=True)
        case "cut_after":
            act(request)
            return Response(cut=True)
        case "slow":
            return replace(act(request), slow=fault.seconds)
        case "broken_json":
            response = act(request)
            return replace(response, body=response.body[: len(response.body) // 2] + b": UOSS")
        case "token_expired":
            application.expire(access)
            return denied(EXPIRED)
        case "revoked":
            application.revoke(access.seller)
            return denied(BAD_TOKEN)
        case "page_repeated":
            return _first_page_again(request, act)
        case "orders_missing":
            return _without_first(act(request))
        case "invalid":
            sku = request.segments()[-1]
            return submitted(sku, "INVALID", "90000900", "The attributes are invalid.", "fulfillmentAvailability")
        case "stale_read" | "accepted_not_applied":
            with listings.spoilt(fault.kind):
                return act(request)
        case _:
            return act(request)


def _first_page_again(request: Request, act: Act) -> Response:
    pieces = [piece for piece in request.query.split("&") if not piece.startswith("paginationToken=")]
    return act(replace(request, query="&".join(pieces)))


def _without_first(response: Response) -> Response:
    if response.status != 200:
        return response
    told = json.loads(response.body)
    told["orders"] = told["orders"][1:]
    return answer_json(told)
