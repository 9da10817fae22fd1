"""The router of the selling API: who calls what, whether it is within the budget, and what a fault makes of it."""

from collections.abc import Callable
from dataclasses import replace

from amazon_simulator.access.entities import AccessToken
from amazon_simulator.access.operation_roles import opens
from amazon_simulator.access.rate_limits import SANDBOX
from amazon_simulator.core.http import Request, Response
from amazon_simulator.gateway.fault_injection import inject
from amazon_simulator.gateway.sandbox import Sandbox
from amazon_simulator.protocol.errors import BAD_TOKEN, EXPIRED, denied, refuse, throttled
from amazon_simulator.protocol.not_simulated import Apis, NotSimulated, marked
from amazon_simulator.protocol.routing import Call, Route, Routes
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.listings import Listings
from amazon_simulator.wire.tokens import lets_through
from amazon_simulator.world.entities import Seller

NOBODY = Seller("", "", "", [])
"""Who calls a grantless operation."""


class SellingApi:
    """`keep` writes down what has changed: a call is counted before it is carried out."""

    def __init__(
        self,
        context: ApiContext,
        routes: Routes,
        listings: Listings,
        not_simulated: NotSimulated,
        *,
        keep: Callable[[], None],
    ) -> None:
        self._context = context
        self._routes = routes
        self._listings = listings
        self._not_simulated = not_simulated
        self._apis = Apis(route.path for route in routes.operations.values())
        self._keep = keep

    def answer(self, request: Request, parts: list[str], region: str) -> Response:
        """Every answer has the number of its call; `region` is that of the host, "" where there is none."""
        request_id = self._context.numbering.uuid("request", self._context.clock.seconds())
        response = self._answer(request, parts, region, request_id)
        response.headers.setdefault("x-amzn-RequestId", request_id)
        return response

    def _answer(self, request: Request, parts: list[str], region: str, request_id: str) -> Response:
        now = self._context.clock.seconds()
        access = self._admit(request, now)
        if isinstance(access, Response):
            return access
        found = self._routes.find(request.method, parts)
        if found is None:
            return self._unknown(request.method, parts, access.seller, now)
        if access.scope != found[0].grantless:
            return denied()
        if not lets_through(access, request.method, parts):
            return denied()
        route, names = found
        seller = NOBODY if route.grantless else self._context.world.sellers.get(access.seller)
        if seller is None or (region and seller is not NOBODY and seller.region != region):
            return denied()
        if not opens(self._context.application.roles, route.operation):
            return denied()
        call = Call(seller, request, names, now, request_id, access)
        within = self._context.limits.take(seller.id, route.operation, now)
        self._keep()
        if not within:
            return throttled(route.operation)
        response = self._perform(route, call)
        self._not_simulated.note(response, seller.id, now)
        if response.status < 300 or response.status in (400, 404):
            rate, _ = self._context.limits.plan(seller.id, route.operation)
            response.headers["x-amzn-RateLimit-Limit"] = str(rate)
        return response

    def _unknown(self, method: str, parts: list[str], seller: str, now: float) -> Response:
        """Denied, as what is nowhere; an operation that Amazon may have is marked."""
        what = self._apis.unknown(method, parts)
        if not what:
            return denied()
        response = marked(denied(), what)
        self._not_simulated.note(response, seller, now)
        return response

    def _admit(self, request: Request, now: float) -> AccessToken | Response:
        """The caller, or the refusal."""
        token = request.headers.get("x-amz-access-token")
        if not token:
            return refuse(
                403,
                "MissingAuthenticationToken",
                "Missing Authentication Token",
                kind="MissingAuthenticationTokenException",
            )
        access = self._context.application.access.get(token)
        if access is None or access.expires < now:
            expired = access is not None and access.expires > 0
            return denied(EXPIRED if expired else BAD_TOKEN)
        return access

    def _perform(self, route: Route, call: Call) -> Response:
        """The operation's answer, or what a fault makes of it."""
        if not self._context.faults.faults:  # reading the query costs as much as a short answer
            return route.act(call)
        fault = self._context.faults.inject(
            route.operation, call.seller.id, call.now, call.request.params(), (call.names or ("",))[-1]
        )
        if fault is None:
            return route.act(call)
        return inject(
            fault,
            call.request,
            lambda changed: route.act(replace(call, request=changed)),
            operation=route.operation,
            access=call.access,
            application=self._context.application,
            listings=self._listings,
            call=call,
        )

    def play(self, sandbox: Sandbox, request: Request, parts: list[str], region: str) -> Response:
        """A call to the static sandbox: the same tokens, its own rates, responses from the models alone."""
        now, limits = self._context.clock.seconds(), self._context.limits
        access = self._admit(request, now)
        if isinstance(access, Response):
            return access
        found = sandbox.find(request.method, parts)
        seller = self._context.world.sellers.get(access.seller, NOBODY)
        if found is None or (seller is not NOBODY and seller.region != region):
            return denied()
        operation, names = found
        if not limits.take(seller.id, f"{SANDBOX}{operation.name}", now):
            return throttled()
        response = operation.answer(request, names)
        response.headers |= {
            "x-amzn-RequestId": self._context.numbering.uuid("request", now),
            "x-amzn-RateLimit-Limit": str(limits.plan(seller.id, f"{SANDBOX}{operation.name}")[0]),
        }
        return response
