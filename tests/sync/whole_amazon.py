"""Our flows against the whole pretend Amazon in this process: its consent pages, its books, its trade time."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel, an_option
from tests.factories.stock import a_site
from tests.factories.wiring import wired

from amazon_simulator.testing import CALLBACK, Amazon, ConnectionCut, exchange, stepped
from wharfinger.amazon.auth import Credentials, Lwa, TokenCache, TokenOnce
from wharfinger.amazon.client import AmazonClient
from wharfinger.amazon.regions import LIVE
from wharfinger.amazon.transport import Transport
from wharfinger.cli.wiring import EVERY, FLOWS
from wharfinger.db.models import (
    Channel,
    CourierMapping,
    CourierService,
    FlowSchedule,
    Installation,
    SellerAccount,
    User,
)
from wharfinger.domain.access.authorisation import Consent, consent_address, seller_central_base
from wharfinger.operations.access import applications, authorisation
from wharfinger.operations.access.applications import ApplicationEntry
from wharfinger.operations.installation import flows
from wharfinger.sync.authorise import exchange_code
from wharfinger.sync.calls import AccountFacts, Calls, FlowResult, NoToken
from wharfinger.sync.verify import verify_channel
from wharfinger.worker.runs import run_one_flow

ALL_FLOWS = {**FLOWS, "notifications_in": lambda *_: FlowResult("not set up")}
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEVER = START + timedelta(days=365)
EU, NA, UK = "A2HARBOUREULTD1", "A3HARBOURNAINC1", "A1F83G8C2ARO7P"
HOST = "sellercentral-europe.amazon.com"
PASSWORD = "harbour"


class Wire(httpx2.BaseTransport):
    """The simulator behind our client's transport."""

    def __init__(self, simulator):
        self._simulator = simulator

    def handle_request(self, request):
        try:
            answer = exchange(
                self._simulator, request.method, str(request.url), request.headers.multi_items(), request.read()
            )
        except ConnectionCut as cut:
            raise httpx2.ReadError(str(cut)) from cut
        return httpx2.Response(answer.status, headers=answer.headers, content=answer.body)


class SimulatorsClock:
    def __init__(self, amazon):
        self._amazon = amazon

    def now(self):
        return datetime.fromtimestamp(self._amazon.simulator.clock.seconds(), UTC)

    machine_now = now

    def pause(self, trade_seconds):
        self._amazon.advance(trade_seconds)

    def to_machine_seconds(self, wait):
        return 0.0


class Whole:
    """One seller in Europe with one FBM channel on Amazon.co.uk."""

    def __init__(self):
        self.amazon = Amazon(stepped(START.timestamp()))
        self.clock = SimulatorsClock(self.amazon)
        self.transport = Transport(http=Wire(self.amazon.simulator))
        self.caches = {}
        Installation.objects.get_or_create(pk=1, defaults={"system": "demo", "made_at": START})
        self.olga = User.objects.create(username="olga", full_name="Olga", role="administrator", email="o@h.example")
        credentials = self.amazon.control("accounts")["application"]
        self.application = applications.save_application(
            ApplicationEntry(
                credentials["applicationId"], credentials["clientId"], credentials["clientSecret"], credentials["draft"]
            ),
            now=START,
        )
        self.site = a_site()
        self.courier = CourierService.objects.create(
            courier="Demo", name="24", tracking="at_once", gives_number=True, amazon_carrier_code="Royal Mail"
        )
        self.channel = self.a_channel("Amazon.co.uk FBM", UK, "EU")

    def a_channel(self, name, marketplace, region):
        account = an_account(
            name, "", region, application=self.application, link_state="waiting", made_at=self.clock.now()
        )
        channel = a_channel(
            account, name=name, marketplace=marketplace, link_state="waiting", start_date=date(2026, 11, 20),
            activated=True, activated_for="simulator",
        )  # fmt: skip
        an_option(channel, site=self.site, courier_service=self.courier)
        CourierMapping.objects.create(channel=channel, service=self.courier, carrier_code="Royal Mail")
        return channel

    @property
    def account(self):
        return SellerAccount.objects.get(channels=self.channel)

    # --- what `cli` wires

    @property
    def endpoints(self):
        base = self.amazon.base
        return LIVE.moved_to(
            token_endpoint=f"{base}/auth/o2/token",
            endpoints={code: f"{base}/{code.lower()}" for code in ("EU", "NA", "FE")},
        )

    def lwa(self):
        self.application.refresh_from_db()
        credentials = Credentials(self.application.client_id, self.application.client_secret)
        return Lwa(self.transport, self.endpoints.token_endpoint, credentials)

    def calls_for(self, account_id):
        account = SellerAccount.objects.select_related("application").get(pk=account_id)
        if not account.refresh_token:
            raise NoToken(account.name)
        secret = account.application.client_secret
        if secret not in self.caches:
            self.caches[secret] = TokenCache(self.lwa())
        tokens = self.caches[secret].source(account.refresh_token)
        client = AmazonClient(self.transport, tokens, self.endpoints.region(account.region))
        return Calls(
            AccountFacts(account.pk, account.seller_id, account.region, account.name), client, tokens, self.clock
        )

    def calls_with(self, account_id, region, token):
        tokens = TokenOnce(token)
        client = AmazonClient(self.transport, tokens, self.endpoints.region(region))
        return Calls(AccountFacts(account_id, "", region, ""), client, tokens, self.clock)

    def run(self, *names):
        parts = wired(
            machine_clock=self.clock, flows=ALL_FLOWS, why_idle=lambda _: "", calls_for=self.calls_for, every=EVERY
        )
        for name in names:
            run_one_flow(parts, self.account.pk, name)

    def only(self, *names):
        """The timetable runs these alone: reading every listing of the seller costs more than most tests themselves."""
        FlowSchedule.objects.filter(account=self.account).exclude(flow__in=names).update(due_at=NEVER)

    def trade(self, minutes, every=1):
        """Trade time goes on, and the timetable's lines are run when they are due, as the scheduler does."""
        for _ in range(0, minutes, every):
            self.amazon.advance(60 * every)
            now = self.clock.now()
            due = FlowSchedule.objects.filter(due_at__lte=now, account__link_state="linked")
            names = list(due.order_by("due_at").values_list("flow", flat=True))
            flows.wake_due_flows(now=now, not_again_before=now + timedelta(minutes=5))
            self.run(*names)

    # --- the seller's browser

    def press_authorise(self, channel=None):
        """The consent page's address."""
        state = authorisation.open_attempt(
            (channel or self.channel).pk,
            user=self.olga,
            session_key="session",
            redirect_uri=CALLBACK,
            machine_now=self.clock.machine_now(),
        )
        central = seller_central_base((channel or self.channel).marketplace.seller_central, self.amazon.base)
        return consent_address(Consent(central, self.application.application_id, state, CALLBACK, True))

    def consent(self, address, seller=EU, answer="ok"):
        """Sign in, tick Accept, press OK (or Cancel): the address of ours that the browser is sent to."""
        signed_in = exchange(
            self.amazon.simulator,
            "POST",
            address,
            body=urlencode({"email": f"{seller.lower()}@sellers.example", "password": PASSWORD}).encode(),
        )
        cookie = signed_in.headers["set-cookie"].partition(";")[0]
        form = {"answer": answer, **({"accept": "on"} if answer == "ok" else {})}
        decided = exchange(self.amazon.simulator, "POST", address, [("cookie", cookie)], urlencode(form).encode())
        return decided.headers["location"]

    def come_back(self, address):
        """As our callback takes it: the attempt's number."""
        params = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return authorisation.take_return(
            state=params.get("state", ""),
            session_key="session",
            code=params.get("spapi_oauth_code", ""),
            seller_id=params.get("selling_partner_id", ""),
            error=params.get("error_description", ""),
            machine_now=self.clock.machine_now(),
        )

    def authorise(self, seller=EU, channel=None):
        """The whole way; returns the attempt's number."""
        attempt = self.come_back(self.consent(self.press_authorise(channel), seller)).attempt_id
        exchange_code(attempt, self.lwa(), self.calls_with, self.clock)
        for row in Channel.objects.filter(account__refresh_token__gt=""):
            verify_channel(row.pk, self.calls_for(row.account_id), self.clock)
        return attempt

    # --- Amazon's books

    def place(self, sku, quantity=1):
        purchase = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": sku, "quantity": quantity}]}
        return self.amazon.control("orders", purchase)["orderId"]

    def state_report(self):
        return self.amazon.control(f"books?sellerId={EU}")
