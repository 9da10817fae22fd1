"""The whole of it behind one function: `Simulator.answer(Request) -> Response`."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from amazon_simulator import control, login, pages
from amazon_simulator.application import Application
from amazon_simulator.clock import Clock
from amazon_simulator.entities import AccessToken, Code, Counter, Entity, RefreshToken, Registration, Seller
from amazon_simulator.faults import Faults
from amazon_simulator.http import Request, Response
from amazon_simulator.journal import Journal, mend_torn_end
from amazon_simulator.limits import Limits
from amazon_simulator.seed import new_world
from amazon_simulator.strikes import strike
from amazon_simulator.wire.answers import BAD_TOKEN, EXPIRED, denied, refuse, throttled
from amazon_simulator.wire.fba import Summaries
from amazon_simulator.wire.listings import Listings
from amazon_simulator.wire.orders import Orders
from amazon_simulator.wire.sellers import get_marketplace_participations
from amazon_simulator.wire.shipments import confirm_shipment
from amazon_simulator.world import World

REWRITTEN_FROM = 20_000
"""Lines of the journal from which a start writes it anew."""
REGIONS = {"eu": "EU", "na": "NA", "fe": "FE"}
Act = Callable[[Seller, Request], Response]


class Simulator:
    """One Amazon. In memory, journalled when `home` is given."""

    def __init__(
        self,
        clock: Clock,
        *,
        base: str,
        redirect_uris: Sequence[str],
        seed: int = 1,
        home: Path | None = None,
        lifted: bool = False,
    ) -> None:
        self.clock = clock
        self.base = base.rstrip("/")
        self.seed = seed
        self.application = Application(redirect_uris)
        self.limits = Limits(lifted=lifted)
        self.faults = Faults(seed)
        self.sessions: dict[str, tuple[str, bool]] = {}  # cookie → (seller, primary user)
        self.journal: Journal | None = None
        self.world = World()
        self._begin(None if home is None else home / "journal.jsonl")
        self.orders = Orders(self.world, self.application)
        self.listings = Listings(self.world)
        self.summaries = Summaries(self.world)

    def _begin(self, file: Path | None) -> None:
        """Go on with the journal's world, or begin the seeded one."""
        lines = 0
        if file is not None:
            mend_torn_end(file)
            for entity in Journal.read(file):
                self._put(entity)
                lines += 1
        if not lines:
            self.world, tokens = new_world(self.seed, self.clock.seconds())
            for token in tokens:
                self.application.put(token)
                self.application.changed.append(token)
        if file is not None:
            if lines > REWRITTEN_FROM:
                Journal.rewrite(file, self._everything())
            self.journal = Journal(file)
            self._keep()

    def _everything(self) -> Iterator[Entity]:
        yield from self.world.everything()
        yield from self.application.everything()
        yield from self.limits.counters.values()

    def _put(self, entity: Entity) -> None:
        match entity:
            case AccessToken() | RefreshToken() | Code() | Registration():
                self.application.put(entity)
            case Counter():
                self.limits.put(entity)
            case _:
                self.world.put(entity)

    def _keep(self, counter: Counter | None = None) -> None:
        changed = [*self.world.changed, *self.application.changed, *([counter] if counter else [])]
        self.world.changed.clear()
        self.application.changed.clear()
        if self.journal is not None:
            self.journal.keep(changed)

    def answer(self, request: Request) -> Response:
        """Answer one request; what it changed is in the journal before the answer goes out."""
        self.world.turn(self.clock.seconds())
        parts = request.segments()
        match parts[0]:
            case "auth" if parts[1:] == ["o2", "token"] and request.method == "POST":
                response = login.give_token(self.application, request, self.clock.seconds())
            case "_simulator" if request.method == "GET" and len(parts) == 1:
                response = pages.answer(self, request, [""])
            case "_simulator":
                response = control.answer(self, request, parts[1:])
            case "sellercentral":
                response = pages.seller_central(self, request, parts[1:])
            case "" | "shop" | "static":
                response = pages.answer(self, request, parts)
            case "eu" | "na" | "fe":
                response = self._api(request, parts[1:], REGIONS[parts[0]])
            case _:
                response = self._api(request, parts, "")
        self._keep()
        return response

    # --- the selling API

    def _api(self, request: Request, parts: list[str], region: str) -> Response:
        response = self._answer_call(request, parts, region)
        response.headers.setdefault("x-amzn-RequestId", secrets.token_hex(16))
        return response

    def _answer_call(self, request: Request, parts: list[str], region: str) -> Response:
        token = request.headers.get("x-amz-access-token")
        if not token:
            return refuse(
                403,
                "MissingAuthenticationToken",
                "Missing Authentication Token",
                kind="MissingAuthenticationTokenException",
            )
        now = self.clock.seconds()
        access = self.application.access.get(token)
        if access is None or access.expires < now:
            expired = access is not None and access.expires > 0
            return denied(EXPIRED if expired else BAD_TOKEN)
        seller = self.world.sellers.get(access.seller)
        operation, act = self._route(request.method, parts, now)
        if seller is None or operation is None or act is None or (region and seller.region != region):
            return denied()
        within, counter = self.limits.take(seller.id, operation, now)
        self._keep(counter)
        if not within:
            return throttled()
        fault = self.faults.strike(operation, seller.id, now)
        if fault is None:
            response = act(seller, request)
        else:
            response = strike(
                fault,
                request,
                lambda asked: act(seller, asked),
                access=access,
                application=self.application,
                listings=self.listings,
            )
        if response.status < 300 or response.status in (400, 404):
            rate, _ = self.limits.plan(seller.id, operation)
            response.headers["x-amzn-RateLimit-Limit"] = str(rate)
        return response

    def _route(self, method: str, parts: list[str], now: float) -> tuple[str | None, Act | None]:
        match [method, *parts]:
            case ["GET", "sellers", "v1", "marketplaceParticipations"]:
                return "getMarketplaceParticipations", lambda seller, _: get_marketplace_participations(seller)
            case ["GET", "orders", "2026-01-01", "orders"]:
                return "searchOrders", lambda seller, request: self.orders.search(seller, request, now)
            case ["GET", "orders", "2026-01-01", "orders", order]:
                return "getOrder", lambda seller, request: self.orders.get(seller, order, request)
            case ["POST", "orders", "v0", "orders", order, "shipmentConfirmation"]:
                request_id = secrets.token_hex(16)
                return "confirmShipment", lambda seller, request: confirm_shipment(
                    self.world, seller, order, request, now, request_id
                )
            case ["GET", "listings", "2021-08-01", "items", who]:
                return "searchListingsItems", lambda seller, request: self.listings.search(seller, who, request, now)
            case ["GET", "listings", "2021-08-01", "items", who, sku]:
                return "getListingsItem", lambda seller, request: self.listings.get(seller, who, sku, request)
            case ["PATCH", "listings", "2021-08-01", "items", who, sku]:
                return "patchListingsItem", lambda seller, request: self.listings.patch(seller, who, sku, request, now)
            case ["GET", "fba", "inventory", "v1", "summaries"]:
                return "getInventorySummaries", lambda seller, request: self.summaries.answer(seller, request, now)
            case _:
                return None, None

    def close(self) -> None:
        if self.journal is not None:
            self.journal.close()
