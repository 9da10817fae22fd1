"""The whole of it behind one function: `Simulator.answer(Request) -> Response`."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from amazon_simulator import control, control_page, login, seller_central, shop
from amazon_simulator.application import Application
from amazon_simulator.buy_shipping.bought import BoughtLabels
from amazon_simulator.clock import Clock
from amazon_simulator.documents import Documents
from amazon_simulator.entities import AccessToken, Seller
from amazon_simulator.events import Post, Watcher
from amazon_simulator.faults import Faults
from amazon_simulator.feeds import Feeds
from amazon_simulator.feeds.feed import Submission
from amazon_simulator.fulfilments import Fulfilments
from amazon_simulator.house import House
from amazon_simulator.http import Request, Response
from amazon_simulator.journal import Journal, mend_torn_end
from amazon_simulator.ledger import Ledger
from amazon_simulator.limits import SANDBOX, Limits
from amazon_simulator.pages import style_sheet
from amazon_simulator.reports import Reports
from amazon_simulator.routes import Call, Route, Routes
from amazon_simulator.sandbox import Sandbox
from amazon_simulator.seed import fill_world
from amazon_simulator.sqs.door import answer as answer_queues
from amazon_simulator.sqs.door import is_for_queues
from amazon_simulator.sqs.queues import Queues
from amazon_simulator.store import Entity, Store, Timed
from amazon_simulator.strikes import strike
from amazon_simulator.traffic import Traffic
from amazon_simulator.wire import application_management, regulated, sellers, shipments
from amazon_simulator.wire.answers import BAD_TOKEN, EXPIRED, denied, refuse, throttled
from amazon_simulator.wire.fba import Summaries
from amazon_simulator.wire.feeds import FeedsApi, submit
from amazon_simulator.wire.finances import Finances
from amazon_simulator.wire.listings import Listings
from amazon_simulator.wire.merchant_fulfilment import MerchantFulfilment
from amazon_simulator.wire.notifications import Notifications
from amazon_simulator.wire.orders import Orders
from amazon_simulator.wire.orders_v0 import OldOrders
from amazon_simulator.wire.outbound import Outbound
from amazon_simulator.wire.reports import ReportsApi
from amazon_simulator.wire.tokens import Tokens, lets_through
from amazon_simulator.world import World

REWRITTEN_FROM = 20_000
"""Lines of the journal from which a start writes it anew."""
REGIONS = {"eu": "EU", "na": "NA", "fe": "FE"}
NOBODY = Seller("", "", "", [])
"""Who calls a grantless operation."""


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
        models: Path | None = None,
        login_uri: str = "",
    ) -> None:
        self.clock = clock
        self.base = base.rstrip("/")
        self.seed = seed
        self._redirect_uris, self._lifted, self._login_uri = redirect_uris, lifted, login_uri
        self.sandbox = None if models is None else Sandbox(models)
        self._file = None if home is None else home / "journal.jsonl"
        self.journal: Journal | None = None
        self._furnish()
        self._begin()

    def _furnish(self) -> None:
        """Everything as it is before anything has happened."""
        seed = self.seed
        self.world = World()
        self.application = Application(self._redirect_uris, login_uri=self._login_uri)
        self.limits = Limits(lifted=self._lifted)
        self.faults = Faults(seed)
        self.world.lateness = self.faults.lateness
        self.documents = Documents(self.base)
        self.queues = Queues(self.base)
        self.post = Post(self.application, self.faults, self.queues)
        self.labels = BoughtLabels()
        self.sessions: dict[str, tuple[str, bool]] = {}  # cookie → (seller, primary user)
        self.house = House(
            base=self.base,
            seed=seed,
            clock=self.clock,
            world=self.world,
            application=self.application,
            limits=self.limits,
            faults=self.faults,
            documents=self.documents,
        )
        self.listings = Listings(self.house)
        self.fulfilments = Fulfilments()
        self.traffic = Traffic(self.world, seed)
        self.ledger = Ledger(self.world)
        self.feeds = Feeds(self.world, self.ledger, self.documents, self.faults, self._submit)
        self.reports = Reports(self.world, self.ledger, self.application, self.documents, self.faults)
        self.stores: tuple[Store, ...] = (
            self.world, self.fulfilments, self.application, self.limits, self.documents, self.faults, self.traffic,
            self.queues, self.post, self.labels, self.ledger, self.feeds, self.reports,
        )  # fmt: skip
        """In the order of their dependence: a later one may look at what an earlier one holds."""
        self.routes = Routes(self._routes())
        self.watcher = Watcher(self.world, self.application, self.post)
        self.watchers: list[Callable[[Sequence[Entity], float], None]] = [self.watcher.watch, self.ledger.watch]
        """Told of all that has changed, before it is journalled; what they change themselves is journalled too."""
        self._home_of = {kind: store for store in self.stores for kind in store.kinds}
        self._timed = [store for store in self.stores if isinstance(store, Timed)]
        self._unwritten: list[Entity] = []

    def _routes(self) -> Iterator[Route]:
        """Every operation of this Amazon; each has its rate in `limits.PLANS`."""
        house = self.house
        yield from sellers.routes()
        yield from Orders(house).routes()
        yield from OldOrders(house).routes()
        yield from regulated.routes(house)
        yield from shipments.routes(house)
        yield from self.listings.routes()
        yield from Summaries(house).routes()
        yield from Outbound(house, self.fulfilments).routes()
        yield from FeedsApi(house, self.feeds).routes()
        yield from ReportsApi(house, self.reports).routes()
        yield from Finances(house, self.ledger).routes()
        yield from Notifications(self.post).routes()
        yield from Tokens(self.application).routes()
        yield from MerchantFulfilment(house, self.labels).routes()
        yield from application_management.routes(self.application)

    def _submit(self, submission: Submission) -> Response:
        """What a feed's message asks of the Listings Items API."""
        return submit(self.routes, submission)

    def _begin(self) -> None:
        """Go on with the journal's world, or begin the seeded one."""
        lines = 0
        if self._file is not None:
            mend_torn_end(self._file)
            for entity in Journal.read(self._file, self.kinds):
                self._home_of[type(entity)].put(entity)
                lines += 1
            if lines > REWRITTEN_FROM:
                Journal.rewrite(self._file, self.everything())
            self.journal = Journal(self._file)
        if self._lifted:
            self.limits.lifted = True
        self.watcher.look_round()
        if not lines:
            for token in fill_world(self.world, self.seed, self.clock.seconds()):
                self.application.make(token)
        self._keep()

    @property
    def kinds(self) -> list[type[Entity]]:
        return list(self._home_of)

    def everything(self) -> Iterator[Entity]:
        """All state, in an order in which it can be taken up again."""
        return (entity for store in self.stores for entity in store.everything())

    def begin_anew(self, entities: Sequence[Entity]) -> None:
        """Forget this world and go on with another one: what `everything` of a simulator gave."""
        self._furnish()
        for entity in entities:
            self._home_of[type(entity)].put(entity)
        self.watcher.look_round()
        if self._file is not None and self.journal is not None:
            self.journal.close()
            Journal.rewrite(self._file, entities)
            self.journal = Journal(self._file)
        self.turn()
        self._keep()

    def _keep(self) -> None:
        """Write down what has changed, after the watchers were told."""
        self._tell(self.clock.seconds())
        if self.journal is not None:
            self.journal.keep(self._unwritten)
        self._unwritten.clear()

    def _tell(self, now: float) -> None:
        """Tell the watchers what has changed."""
        changed = self._changed()
        if changed and self.watchers:
            for watch in self.watchers:
                watch(changed, now)
            changed += self._changed()
        self._unwritten += changed

    def _changed(self) -> list[Entity]:
        found: list[Entity] = []
        for store in self.stores:
            if store.changed:
                found += store.changed
                store.changed.clear()
        return found

    def turn(self) -> None:
        """Let everything happen that is due now, one moment after the other."""
        now = self.clock.seconds()
        while (moment := self._next_moment()) is not None and moment < now:
            self._turn_to(moment)
        self._turn_to(now)

    def tick(self) -> None:
        """Let everything happen that is due now and write it down, though nobody asks."""
        self.turn()
        self._keep()

    def _next_moment(self) -> float | None:
        return min((moment for store in self._timed if (moment := store.due()) is not None), default=None)

    def _turn_to(self, moment: float) -> None:
        for store in self.stores:
            store.turn(moment)
        self._tell(moment)

    def answer(self, request: Request) -> Response:
        """Answer one request; what it changed is in the journal before the answer goes out."""
        self.turn()
        parts = request.segments()
        match parts[0]:
            case _ if is_for_queues(request, parts):
                response = answer_queues(self.queues, request, self.clock.seconds())
            case "auth" if parts[1:] == ["o2", "token"]:
                response = login.give_token(self.application, request, self.clock.seconds())
            case "_simulator" if request.method == "GET" and len(parts) == 1:
                response = control_page.answer(self, request, [])
            case "_simulator":
                response = control.answer(self, request, parts[1:])
            case "sellercentral":
                response = seller_central.answer(self, request, parts[1:])
            case "documents":
                response = self.documents.answer(request, parts[1:], self.clock.seconds())
            case "" | "control":
                response = control_page.answer(self, request, parts[1:])
            case "shop":
                response = shop.answer(self, request, parts[1:])
            case "static" if parts[1:] == ["simulator.css"]:
                response = style_sheet()
            case "sandbox" if self.sandbox is not None and REGIONS.get("".join(parts[1:2])):
                response = self._play(self.sandbox, request, parts[2:], REGIONS[parts[1]])
            case "eu" | "na" | "fe":
                response = self._api(request, parts[1:], REGIONS[parts[0]])
            case _:
                response = self._api(request, parts, "")
        self._keep()
        return response

    # --- the selling API

    def _api(self, request: Request, parts: list[str], region: str) -> Response:
        request_id = secrets.token_hex(16)
        response = self._answer_call(request, parts, region, request_id)
        response.headers.setdefault("x-amzn-RequestId", request_id)
        return response

    def _admit(self, request: Request, now: float) -> AccessToken | Response:
        """Whose call it is, or why nobody's."""
        token = request.headers.get("x-amz-access-token")
        if not token:
            return refuse(
                403,
                "MissingAuthenticationToken",
                "Missing Authentication Token",
                kind="MissingAuthenticationTokenException",
            )
        access = self.application.access.get(token)
        if access is None or access.expires < now:
            expired = access is not None and access.expires > 0
            return denied(EXPIRED if expired else BAD_TOKEN)
        return access

    def _play(self, sandbox: Sandbox, request: Request, parts: list[str], region: str) -> Response:
        """A call to the static sandbox: the same tokens, its own rates, answers from the models alone."""
        now = self.clock.seconds()
        access = self._admit(request, now)
        if isinstance(access, Response):
            return access
        found = sandbox.find(request.method, parts)
        seller = self.world.sellers.get(access.seller, NOBODY)
        if found is None or (seller is not NOBODY and seller.region != region):
            return denied()
        operation, names = found
        if not self.limits.take(seller.id, f"{SANDBOX}{operation.name}", now):
            return throttled()
        response = operation.answer(request, names)
        response.headers |= {
            "x-amzn-RequestId": secrets.token_hex(16),
            "x-amzn-RateLimit-Limit": str(self.limits.plan(seller.id, f"{SANDBOX}{operation.name}")[0]),
        }
        return response

    def _answer_call(self, request: Request, parts: list[str], region: str, request_id: str) -> Response:
        now = self.clock.seconds()
        access = self._admit(request, now)
        if isinstance(access, Response):
            return access
        found = self.routes.find(request.method, parts)
        if found is None or access.scope != found[0].grantless:
            return denied()
        if not lets_through(access, request.method, parts):
            return denied()
        route, names = found
        seller = NOBODY if route.grantless else self.world.sellers.get(access.seller)
        if seller is None or (region and seller is not NOBODY and seller.region != region):
            return denied()
        call = Call(seller, request, names, now, request_id, access)
        within = self.limits.take(seller.id, route.operation, now)
        self._keep()
        if not within:
            return throttled(route.operation)
        response = self._struck(route, call)
        if response.status < 300 or response.status in (400, 404):
            rate, _ = self.limits.plan(seller.id, route.operation)
            response.headers["x-amzn-RateLimit-Limit"] = str(rate)
        return response

    def _struck(self, route: Route, call: Call) -> Response:
        """The operation's answer, or what a fault makes of it."""
        fault = self.faults.strike(route.operation, call.seller.id, call.now)
        if fault is None:
            return route.act(call)
        return strike(
            fault,
            call.request,
            lambda asked: route.act(replace(call, request=asked)),
            operation=route.operation,
            access=call.access,
            application=self.application,
            listings=self.listings,
        )

    def close(self) -> None:
        if self.journal is not None:
            self.journal.close()
