"""The running shop of a demo system: channels, authorisations and a week of trade, made by the product's own acts.

Nothing is written here: channels are created, activated and authorised by the operations that the pages use, the
consent is given at the simulator's Seller Central, buyers buy there, and orders, levels and confirmations travel by the
worker's own flows. Only the simulator's clock is moved. See docs/decisions/0010-running-shop.md.

A worker that dies half-way leaves the row; the next one goes on: what is there already is not made twice.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from wharfinger.cli.demo.seed import WAREHOUSE
from wharfinger.config.clock import Clock
from wharfinger.config.environment import Configuration
from wharfinger.db.models import (
    AuthorisationAttempt,
    Channel,
    CourierConnection,
    CourierService,
    FlowSchedule,
    ImportedOrder,
    RawMessage,
    RunningShop,
    SalesOrder,
    SellerAccount,
    Site,
)
from wharfinger.db.queries.access.applications import application_of_account
from wharfinger.domain.access.authorisation import Consent, consent_address, seller_central_base
from wharfinger.domain.channels.channel import ActivatedFor, AuthorisationState, LinkState, import_fba_for
from wharfinger.domain.installation.running_shop import DAYS, ShopState
from wharfinger.domain.marketplaces import BY_ID, Pool
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.shipping.connections import ConnectionKind, LabelFormat, PackageFormat
from wharfinger.domain.shipping.offers import OfferRule
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations import triggers
from wharfinger.operations.access import authorisation
from wharfinger.operations.channels import channel_life, channel_set_up
from wharfinger.operations.channels.channel_set_up import ChannelEntry, first_start_date
from wharfinger.operations.installation import running_shop
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import connections, couriers, shipments
from wharfinger.operations.shipping.connections import CodeEntry, ConnectionEntry, SenderEntry
from wharfinger.operations.shipping.couriers import ServiceEntry

log = logging.getLogger(__name__)

UK, DE, US = "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "ATVPDKIKX0DER"
CHANNELS = (
    (UK, Fulfilment.FBM), (UK, Fulfilment.FBA), (DE, Fulfilment.FBM), (DE, Fulfilment.FBA), (US, Fulfilment.FBM),
)  # fmt: skip
"""Three marketplaces of two sellers, both kinds; the first of each seller is authorised, the others share it."""
ORDERS_AN_HOUR = {UK: 0.7, DE: 0.5, US: 0.4}
AFTERWARDS = {UK: 0.3, DE: 0.2, US: 0.2}
"""While a person looks round: one order in a bit more than an hour of trade."""
SENDER = SenderEntry("Harbour & Home", "1 Quay Street", "Hull", "HU1 1AA", phone="01482 000000")
OFFER_RULE = CodeEntry(
    "",
    "Cheapest in time",
    PackageFormat.PARCEL,
    rule=OfferRule.IN_TIME,
    label_format=LabelFormat.PNG,
    sides=(30, 20, 10),
)
LEFT_LATE, LEFT_FROM = 3, DAYS - 2
"""So many orders of the last days but one are left lying; they are late when the week is over."""
PATIENCE, A_DAY = 240.0, 24 * 3600
DAYS_PATIENCE = 30.0
"""Machine seconds: for a step, and for the orders of one day (those that Amazon shows late come with the next)."""
SESSION = "running shop"


class Stopped(Exception):
    """It cannot go on; says what it waited for."""


def open_shop(configuration: Configuration, clock: Clock) -> None:
    """The job: make the shop as far as it is not there yet, and write how it ended."""
    row = RunningShop.objects.filter(state=ShopState.RUNNING).select_related("user").first()
    if row is None or configuration.system != "demo" or configuration.simulator_url is None:
        return
    try:
        _Opening(row, configuration.simulator_url, configuration.public_url, clock).do()
    except (Stopped, Refused, httpx2.HTTPError) as error:
        log.warning("The running shop stopped: %s", error)
        running_shop.end_running_shop(machine_now=clock.machine_now(), error=str(error))
    except Exception as error:
        words = f"Internal error: {type(error).__name__}. See the worker's log."
        running_shop.end_running_shop(machine_now=clock.machine_now(), error=words)
        raise
    else:
        running_shop.end_running_shop(machine_now=clock.machine_now())


class _Opening:
    def __init__(self, row: RunningShop, simulator: str, public_url: str, clock: Clock) -> None:
        self._row, self._user, self._clock = row, row.user, clock
        self._simulator = simulator
        self._callback = f"{public_url}/amazon/callback"
        self._control = httpx2.Client(base_url=f"{simulator}/_simulator/", timeout=60, trust_env=False)
        self._pause = threading.Event()
        self._kept = 0  # orders that are left lying

    def do(self) -> None:
        with self._control:
            for number, step in enumerate((self._link, self._read, self._send, self._trade, self._leave_problems)):
                running_shop.note_step(number)
                step()

    def _ask(self, what: str, payload: Mapping[str, Any] | None = None) -> Any:
        answer = self._control.get(what) if payload is None else self._control.post(what, json=payload)
        return answer.raise_for_status().json()

    def _await(self, what: str, is_so: Callable[[], bool], at_most: float = PATIENCE) -> None:
        deadline = time.monotonic() + at_most
        while not is_so():
            if time.monotonic() > deadline:
                raise Stopped(f"Waited {at_most:.0f} seconds until {what}. Look at the worker's log, then try again.")
            self._pause.wait(0.15)

    # --- channels

    def _link(self) -> None:
        sellers = {seller["region"]: seller for seller in reversed(self._ask("accounts")["accounts"])}
        for marketplace_id, kind in CHANNELS:
            seller = sellers[BY_ID[marketplace_id].region]
            channel = self._channel(marketplace_id, kind, seller["sellerId"])
            if not channel.account.refresh_token:
                self._authorise(channel, seller)
        self._await("every channel is linked", _all_linked)
        self._connect_buy_shipping()

    def _connect_buy_shipping(self) -> None:
        """Labels can be bought from Amazon, too: the account, which offer is taken, from where parcels come."""
        if CourierConnection.objects.filter(kind=ConnectionKind.AMAZON).exists():
            return
        now, user = self._clock.now(), self._user
        account = SellerAccount.objects.filter(channels__marketplace=UK).first()
        site = Site.objects.filter(name=WAREHOUSE).exclude(country="").first()
        if account is None or site is None:
            return
        connections.set_sender(site.pk, SENDER, now=now, user=user)
        entry = ConnectionEntry(ConnectionKind.AMAZON, "Amazon Europe", api_key="", account_id=account.pk)
        connection = connections.create_connection(entry, now=now, user=user)
        line = connections.create_code(connection.pk, OFFER_RULE, now=now, user=user)
        service = ServiceEntry(
            "Amazon", OFFER_RULE.name, Tracking.AT_ONCE, False, "", "Royal Mail", label_service_id=line.pk
        )
        couriers.create_service(service, now=now, user=user)

    def _channel(self, marketplace_id: str, kind: Fulfilment, seller_id: str) -> Channel:
        found = Channel.objects.select_related("account").filter(marketplace=marketplace_id, kind=kind).first()
        if found is None:
            region = BY_ID[marketplace_id].region
            known = SellerAccount.objects.filter(region=region, seller_id=seller_id).exists()
            entry = self._entry(marketplace_id, kind, seller_id if known else "")
            found = channel_set_up.create_channel(kind, entry, now=self._clock.now(), user=self._user)
        if not found.activated:
            channel_life.activate_channel(found.pk, ActivatedFor.SIMULATOR, now=self._clock.now(), user=self._user)
        return Channel.objects.select_related("account__application", "marketplace").get(pk=found.pk)

    def _entry(self, marketplace_id: str, kind: Fulfilment, seller_id: str) -> ChannelEntry:
        market = BY_ID[marketplace_id]
        own = kind is Fulfilment.FBM
        service = _service_of(marketplace_id) if own else None
        return ChannelEntry(
            name=f"{market.name} {kind}",
            enabled=True,
            start_date=first_start_date(self._clock.now(), market.zone),
            order_ref_format="{0}",
            dont_import_orders=False,
            dont_upload_order_status=False,
            dont_upload_stock_levels=False,
            use_amazon_sku=True,
            import_fba_orders=import_fba_for(kind),
            region=market.region,
            marketplace_id=marketplace_id,
            seller_id=seller_id,
            auth_token="",
            token_expiry=None,
            site_id=_site(kind, market.pool),
            courier_service_id=service.pk if service else None,
        )

    def _authorise(self, channel: Channel, seller: Mapping[str, Any]) -> None:
        """As a person does it: press Authorise, sign in at Seller Central, tick Accept, press OK, come back."""
        application = application_of_account(channel.account_id)
        if application is None:
            raise Stopped("No Amazon application is entered. Enter it under Settings, Amazon application.")
        redirect_uri = application.redirect_uri or self._callback
        state = authorisation.open_attempt(
            channel.pk,
            user=self._user,
            session_key=SESSION,
            redirect_uri=redirect_uri,
            machine_now=self._clock.machine_now(),
        )
        consent = Consent(
            seller_central=seller_central_base(channel.marketplace.seller_central, self._simulator),
            application_id=application.application_id,
            state=state,
            redirect_uri=redirect_uri,
            draft=application.is_draft,
        )
        given = _consent(consent_address(consent), seller["signIn"])
        authorisation.take_return(
            state=given.get("state", ""),
            session_key=SESSION,
            code=given.get("spapi_oauth_code", ""),
            seller_id=given.get("selling_partner_id", ""),
            error=given.get("error_description", ""),
            machine_now=self._clock.machine_now(),
        )
        attempts = AuthorisationAttempt.objects.filter(channel=channel)
        self._await(f"{channel.name} is authorised", lambda: attempts.filter(state=AuthorisationState.DONE).exists())

    # --- stock

    def _read(self) -> None:
        self._await("the listings are read", lambda: _all_ran("listings_in"))
        for account_id in Channel.objects.filter(kind=Fulfilment.FBA).values_list("account", flat=True).distinct():
            triggers.run_flow(account_id, "fba_stock_in", soon=True)
        used = Site.objects.filter(kind=SiteKind.FBA, channel_options__isnull=False)
        self._await("the FBA levels are loaded", lambda: not used.filter(levels_loaded_at=None).exists())

    def _send(self) -> None:
        """Approved only: the numbers travel while the first day goes by, so that the first order is there sooner."""
        for account in SellerAccount.objects.order_by("pk"):
            channel_life.approve_stock_uploads(account.pk, now=self._clock.now(), user=self._user)

    # --- trade

    def _trade(self) -> None:
        self._ask("traffic", {"marketplaces": ORDERS_AN_HOUR, "seed": "running shop"})
        for day in range(self._row.days, DAYS):
            self._ask("clock", {"advance": A_DAY})
            self._await_orders()
            self._ship(LEFT_LATE if day + 1 == LEFT_FROM else 0, everything=day + 1 < DAYS)
            running_shop.note_day(day + 1)

    def _await_orders(self) -> None:
        """Until what was bought is here; what Amazon shows late comes with the next day."""
        for account_id in SellerAccount.objects.values_list("pk", flat=True):
            triggers.run_flow(account_id, "orders_in", soon=True)
        deadline = time.monotonic() + DAYS_PATIENCE
        while time.monotonic() < deadline:
            bought = self._ask("traffic")["placed"]
            if ImportedOrder.objects.count() >= bought and not _inbox_waits():
                return
            self._pause.wait(0.2)

    def _ship(self, left: int, *, everything: bool) -> None:
        """The parcels of the day leave; on the last day half of them, and the others wait on the board."""
        states = [SalesOrderState.READY, SalesOrderState.PART_SHIPPED]
        ready = SalesOrder.objects.filter(state__in=states, channel__kind=Fulfilment.FBM, cancel_requested=False)
        ids = list(ready.order_by("ship_by", "pk").values_list("pk", flat=True))
        service = CourierService.objects.filter(gives_number=True, active=True).order_by("pk").first()
        for order_id in ids[self._kept + left :] if everything else ids[self._kept :: 2]:
            try:
                shipments.dispatch(
                    order_id, service_id=service.pk if service else 0, now=self._clock.now(), user=self._user
                )
            except Refused as refused:
                log.info("The running shop leaves an order for a person: %s", refused)
        self._kept += left

    def _leave_problems(self) -> None:
        """SKUs that nobody has linked, and a quiet trickle of orders while people look round."""
        self._ask("scenarios/unmatched", {})
        self._ask("traffic", {"marketplaces": AFTERWARDS})
        self._await_orders()


def _consent(address: str, sign_in: Mapping[str, str]) -> dict[str, str]:
    """Sign in at the simulator's Seller Central, accept, and answer what it sends the browser back with."""
    with httpx2.Client(timeout=30, trust_env=False) as visitor:
        visitor.post(address, data=dict(sign_in))
        back = visitor.post(address, data={"accept": "on", "answer": "ok"})
    given = parse_qs(urlsplit(back.headers.get("location", "")).query)
    if not given:
        raise Stopped("Seller Central sent nobody back. Look at the simulator's log, then try again.")
    return {name: values[0] for name, values in given.items()}


def _service_of(marketplace_id: str) -> CourierService | None:
    """British parcels go by Royal Mail, whose labels are bought on the bench; the others have their numbers at once."""
    active = CourierService.objects.filter(active=True).order_by("pk")
    by_label = active.filter(label_service__connection__active=True, label_service__gives_tracking=True)
    bought = by_label.first() if marketplace_id == UK else None
    return bought or active.filter(gives_number=True).first()


def _site(kind: Fulfilment, pool: Pool) -> int | None:
    sites = Site.objects.filter(kind=SiteKind.FBA, pool=pool)
    own = Site.objects.exclude(kind=SiteKind.FBA)
    found = (own if kind is Fulfilment.FBM else sites).order_by("pk").first()
    return found.pk if found else None


def _all_linked() -> bool:
    return not Channel.objects.exclude(link_state=LinkState.LINKED).exists()


def _all_ran(flow: str) -> bool:
    rows = FlowSchedule.objects.filter(flow=flow)
    return rows.exists() and not rows.filter(finished_at=None).exists()


def _inbox_waits() -> bool:
    return RawMessage.objects.filter(state=RawMessage.State.WAITING).exists()
