"""Whether the house stands, as its rows tell it: work, accounts, applications, sites, couriers, channels."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from wharfinger.db.models import (
    AmazonApplication,
    Channel,
    ChannelCheck,
    FlowSchedule,
    RateBudget,
    SellerAccount,
    Site,
    WorkerHeartbeat,
)
from wharfinger.db.queries.channels import list_channels
from wharfinger.domain.channels import LinkState
from wharfinger.domain.health import Finding, look_at_date, soon, well, wrong
from wharfinger.domain.orders import Fulfilment
from wharfinger.domain.stock import SiteKind

WORKER_SILENT_AFTER = timedelta(seconds=30)
OVERDUE_AFTER = timedelta(minutes=30)
"""Trade time past its due time after which a flow counts as left lying."""


START_WORKERS = "start “wharfinger worker”, or “wharfinger serve --workers 2”"


def look_at_work(*, now: datetime, machine_now: datetime, start: str = START_WORKERS) -> Iterator[Finding]:
    """Workers alive, the timetable kept. `start`: how workers are started in this installation."""
    heard_since = machine_now - WORKER_SILENT_AFTER
    workers = list(WorkerHeartbeat.objects.order_by("name"))
    alive = [worker for worker in workers if worker.seen_at > heard_since]
    yield from _look_at_workers(alive, [worker for worker in workers if worker.seen_at <= heard_since], start)
    faults = [*_blocked_workers(alive), *_late_flows(now)]
    kept = _linked_flows().count()
    yield from faults or [well("Timetable", f"{kept} flows are on time" if kept else "no account is linked yet")]


def _look_at_workers(alive: list[WorkerHeartbeat], silent: list[WorkerHeartbeat], start: str) -> Iterator[Finding]:
    if alive:
        yield well("Workers", f"{len(alive)} at work")
    else:
        hung = "".join(f"; {_restart(worker)}, if it still runs" for worker in silent)
        yield wrong("Workers", f"none was heard in {WORKER_SILENT_AFTER.seconds} seconds", start + hung)
        return
    for worker in silent:
        told = f"{worker.name} was last heard on {worker.seen_at:%d %b %H:%M:%S} UTC and did not say that it ended"
        yield wrong("Workers", told, f"{_restart(worker)}; if it is gone, this line goes within the hour")


def _restart(worker: WorkerHeartbeat) -> str:
    host, _, process = worker.name.rpartition(":")
    return f"restart process {process} on {host or 'its computer'}"


def _blocked_workers(alive: list[WorkerHeartbeat]) -> Iterator[Finding]:
    for worker in alive:
        if worker.fault and worker.faulty_since is not None:
            yield wrong(
                "Timetable",
                f"worker {worker.name} has not been able to keep it since {worker.faulty_since:%d %b %H:%M:%S} UTC: "
                f"{worker.fault}",
                "look at the disk and the database's log; it is tried again every second",
            )


def _linked_flows() -> "QuerySet[FlowSchedule]":
    flows = FlowSchedule.objects.select_related("account").order_by("account__name", "flow")
    return flows.filter(account__link_state=LinkState.LINKED.value)


def _late_flows(now: datetime) -> Iterator[Finding]:
    for row in _linked_flows().filter(failures__gt=0):
        yield wrong(
            "Timetable",
            f"{row.flow} of {row.account} failed {row.failures} times in a row: {row.error}",
            "see the account on the dashboard; it is tried again by itself",
        )
    for row in _linked_flows().filter(failures=0, due_at__lt=now - OVERDUE_AFTER):
        yield wrong(
            "Timetable",
            f"{row.flow} of {row.account} was due at {row.due_at:%d %b %H:%M} UTC and has not run",
            "see whether workers are at work, then press Sync now on the dashboard",
        )


def look_at_applications(today: date) -> Iterator[Finding]:
    """An application is there, and its client secret is young enough."""
    rows = AmazonApplication.objects.order_by("pk")
    if not rows:
        yield wrong("Amazon application", "none is entered", "enter yours under Settings, Amazon application")
    for row in rows:
        yield look_at_date(
            f"Client secret of {row.name}",
            "it must be rotated",
            row.secret_expires_on,
            today,
            "press Rotate under Settings, Amazon application",
        )


def look_at_accounts(today: date) -> Iterator[Finding]:
    """Authorisations, and what Amazon's rates leave."""
    accounts = SellerAccount.objects.filter(channels__archived=False).distinct().order_by("name")
    if not accounts:
        yield soon("Seller accounts", "none yet", "press New Channel in the blue command button")
    for account in accounts:
        title = f"Authorisation of {account}"
        match LinkState(account.link_state):
            case LinkState.LINKED:
                yield look_at_date(title, "it expires", account.token_expiry, today, "press Authorise again")
            case LinkState.LOST:
                yield wrong(title, f"lost: {account.link_error}", "press Authorise; what waits is sent afterwards")
            case state:
                yield wrong(title, f"{state.value}", "press Authorise on one of its channels")
        yield from _look_at_budget(account)


def _look_at_budget(account: SellerAccount) -> Iterator[Finding]:
    budgets = RateBudget.objects.filter(account=account)
    refused = sum(budgets.values_list("refused", flat=True))
    made = sum(budgets.values_list("calls", flat=True))
    title = f"API budget of {account}"
    if refused:
        yield soon(
            title,
            f"{made} calls, {refused} refused as too many",
            "see whether another program uses the same application with this seller",
        )
    elif made:
        yield well(title, f"{made} calls, none refused")


def look_at_sites() -> Iterator[Finding]:
    """Every FBA site that a channel uses has stock levels."""
    used = Site.objects.filter(channel_options__channel__archived=False, kind=SiteKind.FBA.value).distinct()
    for site in used.order_by("name"):
        if site.levels_loaded_at is None:
            yield wrong(
                f"FBA site {site}",
                "it has no stock levels: its orders wait",
                "press Load levels from Amazon on the site's page",
            )
        else:
            yield well(f"FBA site {site}", f"levels loaded {site.levels_loaded_at:%d %b %Y %H:%M} UTC")


def look_at_channels() -> Iterator[Finding]:
    """Each channel: what is missing before it runs, its last verification, its courier mapped.

    What a person switched off, or did not activate yet, is told and is no fault.
    """
    checks: dict[int, list[ChannelCheck]] = {}
    for check in ChannelCheck.objects.filter(channel__archived=False):
        checks.setdefault(check.channel_id, []).append(check)
    mapped = set(Channel.objects.filter(courier_mappings__isnull=False).values_list("pk", flat=True))
    for row in list_channels():
        title = f"Channel {row.name}"
        faults = [(soon if missing.by_wish else wrong)(title, missing.what, missing.cure) for missing in row.missing]
        faults += [
            wrong(title, f"{check.title}: {check.message}", check.cure)
            for check in checks.get(row.id, ())
            if check.ok is False
        ]
        if row.kind == Fulfilment.FBM.value and row.id not in mapped:
            faults.append(
                wrong(title, "no courier service is mapped to Amazon's carriers", "map one under Courier mapping")
            )
        yield from faults or [well(title, "it runs, and every check was good")]
