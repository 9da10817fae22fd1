"""The whole of it behind one function: `Simulator.answer(Request) -> Response`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from amazon_simulator import control, control_page, login, seller_central, shop
from amazon_simulator.application import Application
from amazon_simulator.buy_shipping.bought import BoughtLabels
from amazon_simulator.clock import Clock
from amazon_simulator.documents import Documents
from amazon_simulator.events import Post, Watcher
from amazon_simulator.faults import Faults
from amazon_simulator.feeds import Feeds
from amazon_simulator.feeds.feed import Submission
from amazon_simulator.fulfilments import Fulfilments
from amazon_simulator.house import House
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.journal import Journal, NotWritten
from amazon_simulator.ledger import Ledger
from amazon_simulator.limits import Limits
from amazon_simulator.not_simulated import NotSimulated
from amazon_simulator.numbering import Numbering
from amazon_simulator.pages import style_sheet
from amazon_simulator.reports import Reports
from amazon_simulator.routes import Route, Routes
from amazon_simulator.sandbox import Sandbox
from amazon_simulator.seed import fill_world
from amazon_simulator.selling_api import SellingApi
from amazon_simulator.sqs.door import answer as answer_queues
from amazon_simulator.sqs.door import is_for_queues
from amazon_simulator.sqs.queues import Queues
from amazon_simulator.store import Entity, Store, Timed
from amazon_simulator.traffic import Traffic
from amazon_simulator.wire import application_management, regulated, sellers, shipments
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
from amazon_simulator.wire.tokens import Tokens
from amazon_simulator.world import World

REGIONS = {"eu": "EU", "na": "NA", "fe": "FE"}


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
        application_kind: str = "public",
    ) -> None:
        self.clock = clock
        self.base = base.rstrip("/")
        self.seed = seed
        self._redirect_uris, self._lifted, self._login_uri = redirect_uris, lifted, login_uri
        self._application_kind = application_kind
        self.sandbox = None if models is None else Sandbox(models)
        self._file = None if home is None else home / "journal.jsonl"
        self.journal: Journal | None = None
        self._furnish()
        self._begin()

    def _furnish(self) -> None:
        """Everything as it is before anything has happened."""
        seed = self.seed
        self.world = World()
        self.numbering = Numbering(seed)
        self.application = Application(
            self._redirect_uris, self.numbering, login_uri=self._login_uri, kind=self._application_kind
        )
        self.limits = Limits(lifted=self._lifted)
        self.faults = Faults(seed)
        self.world.lateness, self.world.rounding = self.faults.lateness, self.faults.rounding
        self.documents = Documents(self.base, self.numbering)
        self.queues = Queues(self.base, self.numbering)
        self.post = Post(self.application, self.faults, self.queues, self.numbering)
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
            numbering=self.numbering,
        )
        self.listings = Listings(self.house)
        self.fulfilments = Fulfilments()
        self.traffic = Traffic(self.world, seed)
        self.not_simulated = NotSimulated()
        self.ledger = Ledger(self.world)
        self.feeds = Feeds(self.world, self.ledger, self.documents, self.faults, self._submit)
        self.reports = Reports(self.world, self.ledger, self.application, self.documents, self.faults)
        self.stores: tuple[Store, ...] = (
            self.world, self.fulfilments, self.application, self.limits, self.documents, self.faults, self.traffic,
            self.queues, self.post, self.labels, self.ledger, self.feeds, self.reports, self.numbering,
            self.not_simulated,
        )  # fmt: skip
        """In the order of their dependence: a later one may look at what an earlier one holds."""
        self.routes = Routes(self._routes())
        self._api = SellingApi(self.house, self.routes, self.listings, self.not_simulated, keep=self._keep)
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
        return submit(self.routes, self.listings, self.faults, submission)

    def _begin(self) -> None:
        """Go on with the journal's world, or begin the seeded one."""
        if self._file is not None:
            self.journal = Journal(self._file)
            for entity in self.journal.read(self.kinds):
                self._home_of[type(entity)].put(entity)
            self._compact(self.journal)
        if self._lifted:
            self.limits.lifted = True
        self.watcher.look_round()
        if not self.world.sellers:
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
        if self.journal is not None:
            self.journal.rewrite(entities)  # first: without room for it nothing changes
        self._furnish()
        for entity in entities:
            self._home_of[type(entity)].put(entity)
        self.watcher.look_round()
        self.turn()
        self._keep()

    def _keep(self) -> None:
        """Write down what has changed, after the watchers were told."""
        self._tell(self.clock.seconds())
        self._write()

    def _write(self) -> None:
        """NotWritten keeps what has changed, to be written when there is room again."""
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
        """Let everything happen that is due now and write it down, though nobody asks; NotWritten on a full disk."""
        self._write()
        self.turn()
        self._keep()
        if self.journal is not None:
            self._compact(self.journal)

    def _compact(self, journal: Journal) -> None:
        """Write the journal anew when most of it is of the past: between two calls, when all is written down."""
        if journal.swollen:
            with suppress(NotWritten):  # the old one goes on
                journal.rewrite(self.everything())

    def _next_moment(self) -> float | None:
        return min((moment for store in self._timed if (moment := store.due()) is not None), default=None)

    def _turn_to(self, moment: float) -> None:
        for store in self.stores:
            store.turn(moment)
        self._tell(moment)

    def answer(self, request: Request) -> Response:
        """Answer one request; what it changed is in the journal before the answer goes out.

        While the disk takes nothing more nothing else is changed either, and every answer is 503. The change that met
        the full disk first is not acknowledged; it is written down when there is room, or lost whole in a restart.
        """
        try:
            self._write()
            return self._answer(request)
        except NotWritten as fault:
            error = {"code": "ServiceUnavailable", "message": f"{fault}: make room on the disk."}
            return answer_json({"errors": [error]}, 503)

    def _answer(self, request: Request) -> Response:
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
                response = self._api.play(self.sandbox, request, parts[2:], REGIONS[parts[1]])
            case "eu" | "na" | "fe":
                response = self._api.answer(request, parts[1:], REGIONS[parts[0]])
            case _:
                response = self._api.answer(request, parts, "")
        self._keep()
        return response

    def close(self) -> None:
        if self.journal is not None:
            self.journal.close()
