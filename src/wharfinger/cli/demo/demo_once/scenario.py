"""The main job, as a retailer does it in a browser: every act goes through a page or a redirect.

What is looked up to know which page to open (ids, counts) is read from the database.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from html import unescape
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from wharfinger.cli.console import print_line
from wharfinger.cli.demo.demo_once import difficulties, labels
from wharfinger.cli.demo.demo_once.difficulties import World
from wharfinger.cli.demo.demo_once.judge import Verdict, judge
from wharfinger.cli.demo.demo_once.visitor import Page, PageSurprise, Visitor
from wharfinger.cli.demo.seed import WAREHOUSE
from wharfinger.db.models import (
    Channel,
    Confirmation,
    CourierService,
    FlowSchedule,
    ImportedOrder,
    Problem,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    Site,
    StockNotice,
    WorkerHeartbeat,
)
from wharfinger.domain.channels.channel import ActivatedFor, AuthorisationState, LinkState
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.marketplaces import BY_ID, MarketplaceFacts, Pool
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.web.forms.sign_in import DEMO_PASSWORD

PATIENCE = 600.0
"""Seconds of machine time after which a wait gives up and says what it waited for: a confirmation whose worker is
killed between the call and its answer is looked up no sooner than the call can have died, and that may happen to the
same one several times."""
WAVES = 3
_SETTLED = (ConfirmationState.CONFIRMED, ConfirmationState.NOT_SENT, ConfirmationState.AMAZONS_OWN)
DISPATCHED_AT_ONCE = 25
AUTHORISE_AT_MOST = 4
_AUTHORISING = (AuthorisationState.OPEN, AuthorisationState.RETURNED, AuthorisationState.EXCHANGING)

FBA_SITES = {Pool.UK: "FBA UK", Pool.EU: "FBA Europe", Pool.NA: "FBA North America"}
"""The site of each FBA pool, as the seed made them."""


class GaveUp(Exception):
    """A wait took too long; says for what, and how far it had come."""


@dataclass
class Job:
    """One run: the visitor's pages, the simulator's control, the pretend Royal Mail, and what was placed.

    `ending` is set by Ctrl-C.
    """

    ending: threading.Event
    pages: str
    simulator: str
    royal_mail: str
    orders: int
    shipments: int
    seed: int
    placed: int = 0
    visitor: Visitor = field(init=False)
    control: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.pages)
        self.control = httpx2.Client(base_url=f"{self.simulator}/_simulator/", timeout=60, trust_env=False)

    def do(self) -> None:
        """All of it, in the order a new retailer does it."""
        sign_in(self)
        world = World(self.control, tuple(self.ask("accounts")["accounts"]))
        difficulties.begin_after_midnight_in_berlin(world, settings.CLOCK.now())
        difficulties.refuse_page_tokens(world)
        for account in world.accounts:
            set_up_account(self, account, world)
        self.await_that("every channel is Linked", all_linked, _link_states)
        approve_stock_uploads(self)
        self.await_that("every quantity is sent to Amazon", _nothing_to_tell, what_waits)
        difficulties.take_role_away(world)
        difficulties.share_a_limit(world)
        self.placed += difficulties.place_odd_orders(world)
        for wave in range(WAVES):
            place_orders(self, wave)
        self.await_that("every order is imported", lambda: ImportedOrder.objects.count() >= self.placed, what_waits)
        labels.buy_labels(self, self.shipments // 2)
        link_unknown_skus(self)
        ship(self)

    def await_that(self, what: str, is_so: Callable[[], bool], so_far: Callable[[], str]) -> None:
        """Wait until it is so; GaveUp says how far it came, or that a person ended the run."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > deadline:
                raise GaveUp(f"Gave up waiting until {what}: {so_far()}")
            if self.ending.wait(0.2):
                raise GaveUp(f"Stopped while waiting until {what}.")

    def ask(self, what: str) -> Any:
        return self.control.get(what).raise_for_status().json()

    def royal_mail_orders(self) -> Any:
        return httpx2.get(f"{self.royal_mail}/books", timeout=30, trust_env=False).raise_for_status().json()


def sign_in(job: Job) -> None:
    page = job.visitor.open("/sign-in/")
    home = job.visitor.send(page, "/sign-in/", {"username": "olga", "password": DEMO_PASSWORD})
    if home.url.rstrip("/").endswith("/sign-in"):
        raise PageSurprise(f"Signing in did not work: {home.said()}")
    print_line("Signed in.")


def set_up_account(job: Job, account: Mapping[str, Any], world: World) -> None:
    """FBM and FBA channels of all its marketplaces but one: authorise the first, share it, activate all."""
    sells_in = [row["id"] for row in account["marketplaces"] if row["id"] != difficulties.WITHOUT_CHANNEL]
    marketplaces = [BY_ID[marketplace] for marketplace in sells_in]
    private = account["region"] == difficulties.PRIVATE_SINCE
    if private:
        difficulties.make_application_private(world)
    seller_id = ""
    for marketplace, kind in product(marketplaces, (Fulfilment.FBM, Fulfilment.FBA)):
        site = WAREHOUSE if kind is Fulfilment.FBM else FBA_SITES[marketplace.pool]
        channel = make_channel(job, account, kind, marketplace, site, seller_id)
        activate(job, channel)
        if not seller_id:
            if private:
                paste_token(job, channel, account)
            else:
                authorise(job, channel, account)
            seller_id = account["sellerId"]
    print_line(f"{account['name']}: {2 * len(marketplaces)} channels created and authorised.")


def make_channel(
    job: Job,
    account: Mapping[str, Any],
    kind: Fulfilment,
    marketplace: MarketplaceFacts,
    site: str,
    seller_id: str,
) -> Channel:
    """New Channel, step by step."""
    name = f"{marketplace.name} {kind}"
    answers: dict[str, dict[str, str | None]] = {
        "checks": {"marketplace_id": marketplace.id, "go": "next"},
        "general": {"name": name, "dont_import_orders": None, **_start_date(marketplace)},
        "specific": {"region": account["region"], "marketplace_id": marketplace.id, "seller_id": seller_id},
        "options": {"site_id": str(Site.objects.get(name=site).pk)},
        "save": {},
    }
    if kind is Fulfilment.FBM:
        british = marketplace.id == labels.BRITISH
        service = labels.royal_mail_service() if british else CourierService.objects.get(gives_number=True).pk
        answers["options"]["courier_service_id"] = str(service)
    page = job.visitor.open(f"/channels/new/{kind.lower()}/")
    for step, answer in answers.items():
        if not page.url.endswith(f"/{step}/"):
            raise PageSurprise(f"New Channel stands at {page.url}, not at {step}: {page.said()}")
        page = job.visitor.send(page, f"/{step}/", answer)
    channel = Channel.objects.filter(name=name).first()
    if channel is None:
        raise PageSurprise(f"“{name}” was not created: {page.said()}")
    return channel


def _start_date(marketplace: MarketplaceFacts) -> dict[str, str]:
    """Where it is tomorrow already the channel starts today: what UTC calls yesterday is imported all the same."""
    if marketplace.id != difficulties.ALREADY_TOMORROW:
        return {}
    return {"start_date": f"{settings.CLOCK.now().astimezone(ZoneInfo(marketplace.zone)):%Y-%m-%d}"}


def activate(job: Job, channel: Channel) -> None:
    page = job.visitor.open(f"/channels/{channel.pk}/")
    job.visitor.send(page, f"/channels/{channel.pk}/activate/", {"for": ActivatedFor.SIMULATOR})


def authorise(job: Job, channel: Channel, account: Mapping[str, Any]) -> None:
    """Until Amazon has given access, then Save Channel. An exchange that was cut off twice, a person repeats."""
    for _ in range(AUTHORISE_AT_MOST):
        address = _press_authorise(job, channel, account)
        job.await_that(
            "the authorisation is over",
            lambda: not channel.authorisations.filter(state__in=_AUTHORISING).exists(),
            partial(_said_at, job, address),
        )
        if channel.authorisations.filter(state=AuthorisationState.DONE).exists():
            break
    page = job.visitor.open(f"/channels/{channel.pk}/edit/")
    job.visitor.send(page, f"/channels/{channel.pk}/edit/", {})


def _said_at(job: Job, address: str) -> str:
    return job.visitor.open(address).said()


def _press_authorise(job: Job, channel: Channel, account: Mapping[str, Any]) -> str:
    """Sign in at Seller Central, accept, come back; returns the address of the page that shows the result."""
    page = job.visitor.open(f"/channels/{channel.pk}/")
    ours = job.visitor.send(page, f"/channels/{channel.pk}/authorise/", {})
    job.visitor.forget("simulator_session")  # each seller signs in anew
    page = job.visitor.open(ours.link("/apps/authorize/consent"))
    page = _through_seller_central(job, page, account)
    if "/authorisations/" not in page.url:
        raise PageSurprise(f"Seller Central did not send us back: {page.url} {page.said()}")
    return page.url


def paste_token(job: Job, channel: Channel, account: Mapping[str, Any]) -> None:
    """A private application has no consent: Develop Apps gives a refresh token, which is pasted as Auth Token."""
    job.visitor.forget("simulator_session")
    address = f"{job.simulator}/sellercentral/{channel.marketplace.seller_central}/apps/develop"
    page = job.visitor.open(address)
    for _ in range(3):
        form = page.form("")
        if not {name for name, _ in form.fields} & {"email", "password"}:
            break
        page = job.visitor.send(page, "", {**account["signIn"]})
    page = job.visitor.send(page, "", {"authorise": "1"})
    found = re.search(r'<code id="token">([^<]+)</code>', page.html)
    if found is None:
        raise PageSurprise(f"Develop Apps gave no token: {page.said()}")
    edit = job.visitor.open(f"/channels/{channel.pk}/edit/")
    credentials = {"auth_token": unescape(found[1]), "seller_id": account["sellerId"]}
    job.visitor.send(edit, f"/channels/{channel.pk}/edit/", credentials)


def _through_seller_central(job: Job, page: Page, account: Mapping[str, Any]) -> Page:
    """Sign in as the seller where the page asks for it, then tick Accept and press OK."""
    for _ in range(4):
        if "/sellercentral/" not in page.url:
            return page
        form = page.form("")
        names = {name for name, _ in form.fields}
        if form.boxes:
            changes = {**dict(form.boxes), **form.button("OK")}
        elif names & {"email", "password"}:
            changes = {**account["signIn"]}
        else:
            raise PageSurprise(f"Seller Central shows something unexpected: {page.said()}")
        page = job.visitor.send(page, "", changes)
    return page


def approve_stock_uploads(job: Job) -> None:
    """See the plan of each channel's first upload, and approve it."""
    job.await_that(
        "the listings are read",
        lambda: not FlowSchedule.objects.filter(flow__in=["listings_in", "fba_stock_in"], finished_at=None).exists(),
        what_waits,
    )
    for channel in Channel.objects.filter(kind=Fulfilment.FBM):
        page = job.visitor.open(f"/channels/{channel.pk}/stock/")
        job.visitor.send(page, f"/channels/{channel.pk}/stock/approve/", {})
    print_line("First stock uploads approved.")


def place_orders(job: Job, wave: int) -> None:
    """A share of the orders: FBM, FBA, pending, cancelled, unknown SKUs, several lines, several currencies."""
    share = job.orders // WAVES + (job.orders % WAVES if wave == 0 else 0)
    if share:
        answer = job.control.post("orders", json={"mix": {"count": share, "seed": job.seed * 100 + wave}})
        job.placed += len(answer.raise_for_status().json()["orderIds"])
    print_line(f"{job.placed} orders placed.")
    wanted = job.placed
    job.await_that("the wave is imported", lambda: ImportedOrder.objects.count() >= wanted, what_waits)


def link_unknown_skus(job: Job) -> None:
    """For each unknown SKU: make a stock item by CSV, link it on the page that the problem leads to."""
    job.await_that("the inbox is empty", _inbox_is_empty, what_waits)
    problems = list(Problem.objects.filter(kind=ProblemKind.UNKNOWN_SKU, solved_at=None).order_by("pk"))
    held = SalesOrderLine.objects.filter(item=None).exclude(held_reason="").values_list("sku", "title")
    titles = dict(held)
    if not titles:
        return
    rows = "".join(f'"NEW {sku}","{title}",{WAREHOUSE},40,receive\n' for sku, title in sorted(titles.items()))
    page = job.visitor.open("/stock/import/")
    plan = job.visitor.send(page, "/stock/import/", {"text": f"stock code,name,site,quantity,mode\n{rows}"})
    job.visitor.send(plan, "/stock/import/", {"step": "apply"})
    for problem in problems:
        line = SalesOrderLine.objects.filter(item=None, order=problem.sales_order).exclude(held_reason="").first()
        if line is not None:
            page = job.visitor.open(f"/products/link/?line={line.pk}")
            job.visitor.send(page, "/products/link/", {"code": f"NEW {line.sku}"})
    job.await_that(
        "every line is linked",
        lambda: not SalesOrderLine.objects.filter(item=None).exclude(held_reason="").exists(),
        what_waits,
    )
    print_line(f"{len(titles)} unknown SKUs linked.")


def ship(job: Job) -> None:
    """Dispatch the parcels that have labels, then others with the service that gives its tracking number at once."""
    wanted = job.shipments - labels.dispatch_with_labels(job)
    service = str(CourierService.objects.get(gives_number=True).pk)
    ready = SalesOrder.objects.filter(state=SalesOrderState.READY).order_by("ship_by", "pk")
    job.await_that(
        "enough orders are ready to ship",
        lambda: ready.count() >= min(wanted, job.orders // 3),
        lambda: f"{ready.count()} are",
    )
    ids = list(ready.values_list("pk", flat=True)[:wanted])
    for start in range(0, len(ids), DISPATCHED_AT_ONCE):
        batch = [str(pk) for pk in ids[start : start + DISPATCHED_AT_ONCE]]
        page = job.visitor.open("/sales-orders/")
        job.visitor.send(page, "/sales-orders/dispatch/", {"ids": batch, "service": service})
    print_line(f"{len(ids)} orders dispatched.")
    job.await_that("every confirmation is seen at Amazon", _all_confirmed, what_waits)


def has_begun(pid: int) -> bool:
    """Whether the worker with this process number has said that it lives."""
    return WorkerHeartbeat.objects.filter(name__endswith=f":{pid}").exists()


def settle_and_judge(job: Job) -> Verdict:
    """Let trade come to rest (payments, FBA shipments, read-backs), then compare with the books."""
    deadline = time.monotonic() + PATIENCE
    while True:
        verdict = judge(job.ask("books"))
        labels.judge_labels(job.royal_mail_orders(), verdict)
        if verdict.good and at_rest():
            return verdict
        connection.close()
        if time.monotonic() > deadline or job.ending.wait(1.0):
            return verdict


def all_linked() -> bool:
    return not Channel.objects.exclude(link_state=LinkState.LINKED).exists()


def _link_states() -> str:
    return ", ".join(f"{channel.name}: {channel.link_state.label}" for channel in Channel.objects.all())


def _nothing_to_tell() -> bool:
    return not StockNotice.objects.exists()


def _inbox_is_empty() -> bool:
    return not RawMessage.objects.filter(state=RawMessage.State.WAITING).exists()


def _all_confirmed() -> bool:
    return not Confirmation.objects.exclude(state__in=_SETTLED).exists()


def at_rest() -> bool:
    pending = SalesOrder.objects.filter(state=SalesOrderState.PENDING).exists()
    return _nothing_to_tell() and _inbox_is_empty() and _all_confirmed() and labels.all_settled() and not pending


def what_waits() -> str:
    lines = [
        f"{line.flow} of {line.account_id}, last ended {_hour(line.finished_at)}, due {_hour(line.due_at)}: "
        f"{line.outcome or '–'} {line.waiting_for} {line.error}".strip()
        for line in FlowSchedule.objects.order_by("account", "flow")
    ]
    unsettled = [
        f"confirmation {row.pk} {row.state.label}, attempts {row.attempts}, looks {row.read_backs}, "
        f"due {_hour(row.again_at)}"
        for row in Confirmation.objects.exclude(state__in=_SETTLED).order_by("pk")
    ]
    jobs = ProcrastinateJob.objects.exclude(status="succeeded").order_by("pk").values_list("task_name", "status")
    return (
        f"{_hour(settings.CLOCK.now())}; {ImportedOrder.objects.count()} orders imported, "
        f"{StockNotice.objects.count()} quantities wait\n  "
        + "\n  ".join(lines + unsettled + [f"job {name} {status}" for name, status in jobs])
    )


def _hour(moment: datetime | None) -> str:
    return f"{moment:%H:%M:%S}" if moment else "never"
