"""All that this Amazon keeps and does, put together: `router.answer` is the way in from outside."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from amazon_simulator.access.application import Application
from amazon_simulator.access.rate_limits import Limits
from amazon_simulator.buy_shipping.bought import BoughtLabels
from amazon_simulator.buy_shipping.shipping_records import ShippingRecords
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.http import Response
from amazon_simulator.core.journal import Journal, NotWritten
from amazon_simulator.core.numbering import Numbering
from amazon_simulator.core.store import Entity, Store, Timed
from amazon_simulator.events import Delivery, Watcher
from amazon_simulator.faults.faults import Faults
from amazon_simulator.feeds import Feeds
from amazon_simulator.feeds.feed import Submission
from amazon_simulator.finances.ledger import Ledger
from amazon_simulator.gateway.sandbox import Sandbox
from amazon_simulator.gateway.selling_api import SellingApi
from amazon_simulator.protocol.documents import Documents
from amazon_simulator.protocol.not_simulated import NotSimulated
from amazon_simulator.protocol.routing import Route, Routes
from amazon_simulator.reports import Reports
from amazon_simulator.sqs.queues import Queues
from amazon_simulator.traffic.seed import fill_world
from amazon_simulator.traffic.traffic import Traffic
from amazon_simulator.wire import application_management, sellers
from amazon_simulator.wire.catalog import Catalog
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.fba import Summaries
from amazon_simulator.wire.feeds import FeedsApi, submit
from amazon_simulator.wire.finances import Finances
from amazon_simulator.wire.listings import Listings
from amazon_simulator.wire.merchant_fulfilment import MerchantFulfilment
from amazon_simulator.wire.notifications import Notifications
from amazon_simulator.wire.orders import regulated, shipments
from amazon_simulator.wire.orders.orders import Orders
from amazon_simulator.wire.orders.orders_v0 import OldOrders
from amazon_simulator.wire.outbound import Outbound
from amazon_simulator.wire.reports import ReportsApi
from amazon_simulator.wire.shipping.collecting import Collecting
from amazon_simulator.wire.shipping.following import Following
from amazon_simulator.wire.shipping.purchases import Purchases
from amazon_simulator.wire.tokens import Tokens
from amazon_simulator.world import World
from amazon_simulator.world.fulfilments import Fulfilments


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
        self.numbering = Numbering(seed)
        self.application = Application(
            self._redirect_uris, self.numbering, login_uri=self._login_uri, kind=self._application_kind
        )
        self.limits = Limits(lifted=self._lifted)
        self.faults = Faults(seed)
        self.world = World(lateness=self.faults.lateness, rounding=self.faults.rounding)
        self.documents = Documents(self.base, self.numbering)
        self.queues = Queues(self.base, self.numbering)
        self.delivery = Delivery(self.application, self.faults, self.queues, self.numbering)
        self.labels = BoughtLabels()
        self.shipping = ShippingRecords(self.world)
        self.sessions: dict[str, tuple[str, bool]] = {}  # cookie → (seller, primary user)
        self.context = ApiContext(
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
        self.listings = Listings(self.context)
        self.fulfilments = Fulfilments()
        self.traffic = Traffic(self.world, seed)
        self.not_simulated = NotSimulated()
        self.ledger = Ledger(self.world)
        self.feeds = Feeds(self.world, self.ledger, self.documents, self.faults, self._submit)
        self.reports = Reports(self.world, self.ledger, self.application, self.documents, self.faults)
        self.stores: tuple[Store, ...] = (
            self.world, self.fulfilments, self.application, self.limits, self.documents, self.faults, self.traffic,
            self.queues, self.delivery, self.labels, self.shipping, self.ledger, self.feeds, self.reports,
            self.numbering, self.not_simulated,
        )  # fmt: skip
        """In the order of their dependence: a later one may look at what an earlier one holds."""
        self.routes = Routes(self._routes())
        self.selling_api = SellingApi(self.context, self.routes, self.listings, self.not_simulated, keep=self.keep)
        self.watcher = Watcher(self.world, self.application, self.delivery)
        self.watchers: list[Callable[[Sequence[Entity], float], None]] = [self.watcher.watch, self.ledger.watch]
        """Called with all that has changed, before it is journalled; what they change themselves is journalled too."""
        self._home_of = {kind: store for store in self.stores for kind in store.kinds}
        self._timed = [store for store in self.stores if isinstance(store, Timed)]
        self._unwritten: list[Entity] = []

    def _routes(self) -> Iterator[Route]:
        """Every operation of this Amazon; each has its rate in `rate_limits.PLANS`."""
        context = self.context
        yield from sellers.routes()
        yield from Orders(context).routes()
        yield from OldOrders(context).routes()
        yield from regulated.routes(context)
        yield from shipments.routes(context)
        yield from self.listings.routes()
        yield from Catalog(context).routes()
        yield from Summaries(context).routes()
        yield from Outbound(context, self.fulfilments).routes()
        yield from FeedsApi(context, self.feeds).routes()
        yield from ReportsApi(context, self.reports).routes()
        yield from Finances(context, self.ledger).routes()
        yield from Notifications(self.delivery).routes()
        yield from Tokens(self.application).routes()
        yield from MerchantFulfilment(context, self.labels).routes()
        yield from Purchases(context, self.shipping).routes()
        yield from Following(context, self.shipping).routes()
        yield from Collecting(context, self.shipping).routes()
        yield from application_management.routes(self.application)

    def _submit(self, submission: Submission) -> Response:
        """Do a feed's message as the same call of the Listings Items API."""
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
        self.watcher.refresh()
        if not self.world.sellers:
            for token in fill_world(self.world, self.seed, self.clock.seconds()):
                self.application.make(token)
        self.keep()

    @property
    def kinds(self) -> list[type[Entity]]:
        return list(self._home_of)

    def everything(self) -> Iterator[Entity]:
        """All state, in an order in which it can be taken up again."""
        return (entity for store in self.stores for entity in store.everything())

    def replace_all(self, entities: Sequence[Entity]) -> None:
        """Forget this world and go on with another one: what `everything` of a simulator gave."""
        if self.journal is not None:
            self.journal.rewrite(entities)  # first: without room for it nothing changes
        self._furnish()
        for entity in entities:
            self._home_of[type(entity)].put(entity)
        self.watcher.refresh()
        self.turn()
        self.keep()

    def keep(self) -> None:
        """Write down what has changed, after the watchers were notified."""
        self._notify_watchers(self.clock.seconds())
        self.write()

    def write(self) -> None:
        """NotWritten keeps what has changed, to be written when there is room again."""
        if self.journal is not None:
            self.journal.keep(self._unwritten)
        self._unwritten.clear()

    def _notify_watchers(self, now: float) -> None:
        """Give the watchers what has changed."""
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
        """Let everything happen that is due now and write it down, without any call; NotWritten on a full disk."""
        self.write()
        self.turn()
        self.keep()
        if self.journal is not None:
            self._compact(self.journal)

    def _compact(self, journal: Journal) -> None:
        """Rewrite the journal when most of it is obsolete: between two calls, when everything is written."""
        if journal.needs_rewrite:
            with suppress(NotWritten):  # the old one goes on
                journal.rewrite(self.everything())

    def _next_moment(self) -> float | None:
        return min((moment for store in self._timed if (moment := store.due()) is not None), default=None)

    def _turn_to(self, moment: float) -> None:
        for store in self.stores:
            store.turn(moment)
        self._notify_watchers(moment)

    def close(self) -> None:
        if self.journal is not None:
            self.journal.close()
