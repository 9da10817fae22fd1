"""The composition root: builds Amazon's clients and the flows, and passes them down to the worker."""

import asyncio
import threading
from datetime import datetime, timedelta

import httpx2
from django.conf import settings

from wharfinger.amazon.auth import NOTIFICATION_SCOPE, AccessToken, Credentials, Lwa, TokenCache, TokenOnce
from wharfinger.amazon.client import AmazonClient
from wharfinger.amazon.queues import Queue
from wharfinger.amazon.regions import Endpoints
from wharfinger.amazon.sqs import SqsQueue
from wharfinger.amazon.transport import Transport
from wharfinger.cli.demo.running_shop import open_shop
from wharfinger.cli.endpoints import NoAmazon, endpoints_for
from wharfinger.cli.installation_tasks import InstallationTasks
from wharfinger.cli.version import own_version
from wharfinger.config.clock import Clock
from wharfinger.config.environment import Configuration
from wharfinger.db.models import AmazonApplication, AuthorisationAttempt, Channel, SellerAccount
from wharfinger.db.queries.installation.live import is_copy
from wharfinger.db.queries.orders.notifications import QueueToRead
from wharfinger.domain.channels.channel import ONLY_CHECKED, ActivatedFor, AuthorisationOutcome, LinkState
from wharfinger.operations import triggers
from wharfinger.operations.access import accounts, authorisation, rotation
from wharfinger.operations.access.accounts import CheckLine
from wharfinger.sync import (
    fba_ledger,
    fba_stock_in,
    listing_report,
    listings_in,
    notifications_in,
    secret_in,
    shipments_out,
    stock_out,
)
from wharfinger.sync.authorise import exchange_code
from wharfinger.sync.calls import AccountFacts, Calls, FlowResult, NoToken
from wharfinger.sync.orders import cancellations, order_report, orders_by_number, orders_in, take_orders
from wharfinger.sync.verify import TOKEN, verify_channel
from wharfinger.sync.verify_sandbox import verify_in_sandbox
from wharfinger.worker.app import work
from wharfinger.worker.runs import SENDS_NOTHING, Flow, Wired
from wharfinger.worker.time import WorkerClock

FLOWS: dict[str, Flow] = {
    "orders_in": orders_in.run,
    "take_orders": take_orders.run,
    "listings_in": listings_in.run,
    "fba_stock_in": fba_stock_in.run,
    "fba_ledger": fba_ledger.run,
    "stock_out": stock_out.run,
    "shipments_out": shipments_out.run,
    "orders_by_number": orders_by_number.run,
    "order_report": order_report.run,
    "cancellations": cancellations.run,
    "listing_report": listing_report.run,
}

WRITING_FLOWS = (
    "stock_out", "shipments_out", "cancellations", "order_report", "listing_report", "fba_ledger", "notifications_in",
)  # fmt: skip
"""What a restored copy does not even begin: they claim work, send, or take messages away from the live one."""

ROTATES_NOTHING = "This is a restored copy, and the secret is the live installation's."
GO_LIVE = "Press “This is the live one” under Settings, Backups first."

EVERY = {
    "orders_in": timedelta(seconds=180),  # what a search's rate of 0.0056 a second pays for
    "take_orders": timedelta(seconds=60),
    "listings_in": timedelta(hours=4),
    "fba_stock_in": timedelta(minutes=15),
    "fba_ledger": timedelta(days=1),  # the flow names its own next step
    "stock_out": timedelta(minutes=2),
    "shipments_out": timedelta(minutes=2),
    "orders_by_number": timedelta(minutes=15),  # what is wanted triggers at once
    "notifications_in": timedelta(minutes=15),  # where they are on, every few seconds
    "order_report": timedelta(days=1),  # the flow names its own next step
    "listing_report": timedelta(days=1),  # the flow names its own next step
    "cancellations": timedelta(minutes=5),  # requests trigger at once, and the flow names its own next step
    triggers.REMIND: timedelta(hours=1),
    triggers.MAIL_OUT: timedelta(hours=1),
    triggers.ALERTS_OUT: timedelta(minutes=15),  # a new alert triggers at once, and the flow names its own next step
    triggers.SECRET_IN: timedelta(hours=1),
    triggers.REMOVE_EXPIRED: timedelta(hours=1),
    triggers.FILL_WORDS: timedelta(hours=1),
    triggers.BULK_ACTIONS: timedelta(minutes=15),  # a button triggers at once
    triggers.UPLOAD_PLANS: timedelta(minutes=15),  # a button triggers at once
    triggers.ERASE: timedelta(hours=1),
    triggers.LABELS_OUT: timedelta(minutes=2),  # a button triggers at once, and the flow names its own next step
    triggers.PRINTS_OUT: timedelta(minutes=15),  # a button triggers at once
    triggers.BACK_UP: timedelta(hours=1),  # looks whether the night's is due, by machine time
}
"""The timetable, in trade time: how long after the end of a run the next is due. Changes trigger at once."""


class Container:
    """Clients by application and seller account, made when first needed and kept for the process."""

    def __init__(self, configuration: Configuration, clock: Clock, transport: Transport | None = None) -> None:
        self._configuration = configuration
        self.clock = WorkerClock(clock)
        self._transport = transport or Transport()
        self._caches: dict[tuple[str, str, str], TokenCache] = {}
        self._lock = threading.Lock()
        self.installation = InstallationTasks(configuration, self._transport, self.clock, calls_for=self.calls_for)

    def activated_for(self, account_id: int) -> set[str]:
        """Which stand-ins for Amazon the account's activated channels name."""
        channels = Channel.objects.filter(account_id=account_id, archived=False, activated=True)
        return set(channels.values_list("activated_for", flat=True))

    def endpoints(self, account_id: int) -> Endpoints:
        """NoAmazon where a demo system's account has no channel that is activated."""
        return endpoints_for(self._configuration, self.activated_for(account_id))

    def lwa(self, application: AmazonApplication, account_id: int) -> Lwa:
        credentials = Credentials(application.client_id, application.client_secret)
        return Lwa(self._transport, self.endpoints(account_id).token_endpoint, credentials)

    def calls_for(self, account_id: int) -> Calls:
        """The account's calls; NoToken while it waits for authorisation, NoAmazon while it is not activated."""
        account = SellerAccount.objects.select_related("application").get(pk=account_id)
        if account.application is None or not account.refresh_token:
            raise NoToken(f"{account.name} has no refresh token. Press Authorise.")
        endpoints = self.endpoints(account_id)
        tokens = self._cache(account.application, endpoints).source(account.refresh_token)
        client = AmazonClient(self._transport, tokens, endpoints.region(account.region))
        facts = AccountFacts(account.pk, account.seller_id, account.region, account.name)
        return Calls(facts, client, tokens, self.clock, is_copy=is_copy)

    def _cache(self, application: AmazonApplication, endpoints: Endpoints) -> TokenCache:
        key = (application.client_id, application.client_secret, endpoints.token_endpoint)
        credentials = Credentials(application.client_id, application.client_secret)
        with self._lock:
            if key not in self._caches:
                self._caches[key] = TokenCache(Lwa(self._transport, endpoints.token_endpoint, credentials))
            return self._caches[key]

    def why_idle(self, account_id: int) -> str:
        """Why none of the account's flows may run in this demo system; empty = they may."""
        if self._configuration.system == "live":
            return ""
        found = self.activated_for(account_id)
        if not found:
            return "No channel of it is activated in this demo system."
        return f"{ONLY_CHECKED}." if ActivatedFor.SANDBOX in found else ""

    def fetch_order(self, account_id: int, amazon_order_id: str) -> None:
        if self.why_idle(account_id):
            return
        orders_in.fetch_order(account_id, amazon_order_id, self.calls_for(account_id), self.clock)

    def notifications_in(self, account_id: int, calls: Calls, clock: WorkerClock) -> FlowResult:
        return notifications_in.run(account_id, calls, clock, queue_of=self._queue_of, grantless=self._grantless)

    def _queue_of(self, known: QueueToRead) -> Queue:
        return SqsQueue(known.url, known.region, known.key_id, known.secret, self._configuration.simulator_url)

    def _grantless(self, account_id: int) -> Calls:
        """Calls with a token of the account's application itself, for notifications."""
        account = SellerAccount.objects.select_related("application").get(pk=account_id)
        if account.application is None:
            raise NoToken(f"{account.name} has no application.")
        token = self.lwa(account.application, account_id).client_credentials(NOTIFICATION_SCOPE, now=self.clock.now())
        return self.calls_with(account_id, account.region, token)

    def exchange_code(self, attempt_id: int) -> None:
        attempt = AuthorisationAttempt.objects.select_related("channel__account__application").get(pk=attempt_id)
        account = attempt.channel.account
        if account.application is None:
            return
        try:
            lwa = self.lwa(account.application, account.pk)
        except NoAmazon as none:
            authorisation.fail_exchange(attempt_id, AuthorisationOutcome.NO_ANSWER, error=str(none))
            return
        exchange_code(attempt_id, lwa, self.calls_with, self.clock)

    def calls_with(self, account_id: int, region: str, token: AccessToken) -> Calls:
        """What one access token allows, before it is known whose it is; the account's budget pays."""
        account = SellerAccount.objects.get(pk=account_id)
        tokens = TokenOnce(token)
        client = AmazonClient(self._transport, tokens, self.endpoints(account_id).region(region))
        facts = AccountFacts(account.pk, account.seller_id, region, account.name)
        return Calls(facts, client, tokens, self.clock, is_copy=is_copy)

    def rotate_secret(self, application_pk: int) -> None:
        if is_copy():
            rotation.refuse_rotation(application_pk, error=ROTATES_NOTHING, remedy=GO_LIVE, now=self.clock.now())
            return
        again_at = secret_in.ask_for_secret(application_pk, self.installation, self.clock)
        if again_at is not None:
            triggers.rotate_secret(application_pk, after_seconds=self._machine_seconds_until(again_at))

    def verify_channel(self, channel_id: int) -> None:
        channel = Channel.objects.select_related("account").get(pk=channel_id)
        try:
            calls = self.calls_for(channel.account_id) if channel.account.refresh_token else None
        except NoAmazon as none:
            remedy = "An administrator activates the channel on its page."
            line = CheckLine(TOKEN, None, str(none), remedy, left_out=True)
            accounts.record_checks(channel_id, [line], linked=None, now=self.clock.now())
            return
        except NoToken:
            line = CheckLine(
                TOKEN,
                False,
                "A token is stored, but no Amazon application is entered that it could speak through.",
                "Enter yours under Settings, Amazon application, then press Check again.",
            )
            accounts.record_checks(channel_id, [line], linked=LinkState.NOT_LINKED, now=self.clock.now())
            return
        if calls is not None and channel.activated_for == ActivatedFor.SANDBOX:
            again_at = verify_in_sandbox(channel_id, calls, self.clock)
        else:
            again_at = verify_channel(channel_id, calls, self.clock)
        if again_at is not None:
            triggers.verify_channel(channel_id, after_seconds=self._machine_seconds_until(again_at))

    def _machine_seconds_until(self, at: datetime) -> int:
        clock: Clock = settings.CLOCK
        return max(1, round(clock.to_machine_seconds(at - clock.now())))

    def set_trade_rate(self, rate: int) -> None:
        """Demo systems: the simulator owns the clock; we ask it."""
        simulator = self._configuration.simulator_url
        if simulator is not None:
            httpx2.post(f"{simulator}/_simulator/clock", json={"rate": rate}, timeout=10).raise_for_status()


def unless_a_copy(flows: dict[str, Flow]) -> dict[str, Flow]:
    """The same flows; those that write look first whether this is the live installation."""
    return {name: _unless_a_copy(flow) if name in WRITING_FLOWS else flow for name, flow in flows.items()}


def _unless_a_copy(flow: Flow) -> Flow:
    def run(account_id: int, amazon: Calls, clock: WorkerClock) -> FlowResult:
        return FlowResult(SENDS_NOTHING) if is_copy() else flow(account_id, amazon, clock)

    return run


def wire(configuration: Configuration, clock: Clock) -> Wired:
    container = Container(configuration, clock)
    flows = {**FLOWS, "notifications_in": container.notifications_in}
    return Wired(
        machine_clock=clock,
        flows=unless_a_copy(flows),
        why_idle=container.why_idle,
        calls_for=container.calls_for,
        fetch_order=container.fetch_order,
        exchange_code=container.exchange_code,
        verify_channel=container.verify_channel,
        rotate_secret=container.rotate_secret,
        periodic_tasks=container.installation.periodic_tasks(),
        set_trade_rate=container.set_trade_rate,
        every=EVERY,
        open_shop=lambda: open_shop(configuration, clock),
    )


def run_worker(concurrency: int) -> bool:
    """Run a worker process until a signal ends it. False when it ended without that."""
    wired = wire(settings.WHARFINGER, settings.CLOCK)
    loop = asyncio.new_event_loop()  # never closed: closing waits for jobs under way, however long they take
    return loop.run_until_complete(work(wired, concurrency=concurrency, version=own_version()))
