"""Whether the installation stands, as its rows tell it: work, accounts, applications, sites, couriers, channels."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from django.db.models import Count, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from wharfinger.db.encryption import NotReadable
from wharfinger.db.models import (
    Alert,
    AmazonApplication,
    Channel,
    ChannelCheck,
    FlowSchedule,
    RateBudget,
    RawMessage,
    SalesOrder,
    SellerAccount,
    Site,
    WorkerHeartbeat,
)
from wharfinger.db.queries.channels.channel_facts import list_channels
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.counts import counted
from wharfinger.domain.installation.health import Finding, look_at_date, soon, well, wrong
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.timetable import flow_title, longest_interval

WORKER_SILENT_AFTER = timedelta(seconds=30)
OVERDUE_AFTER = timedelta(minutes=30)
"""Trade time past its due time after which a flow counts as left lying."""

CLOCKS_DIFFER = timedelta(minutes=2)
"""As far as the clocks of two computers may differ before it is a fault."""
JOBS_MANY, JOBS_TOO_MANY = 1_000, 10_000
LOOKED_AT = 20

START_WORKERS = "start “wharfinger worker”, or “wharfinger serve --workers 2”"


def look_at_work(
    *,
    now: datetime,
    machine_now: datetime,
    start: str = START_WORKERS,
    every: Mapping[str, timedelta] = MappingProxyType({}),
) -> Iterator[Finding]:
    """Workers alive, the timetable kept. `start`: how workers are started in this installation; `every`: how long
    after a flow's end its next run is due."""
    heard_since = machine_now - WORKER_SILENT_AFTER
    workers = list(WorkerHeartbeat.objects.order_by("name"))
    alive = [worker for worker in workers if worker.seen_at > heard_since]
    yield from _look_at_workers(alive, [worker for worker in workers if worker.seen_at <= heard_since], start)
    yield from _look_at_versions(alive)
    faults = [*_blocked_workers(alive), *_late_flows(now), *_stranded_flows(now, every)]
    kept = _linked_flows().count()
    yield from faults or [
        well("Timetable", f"{counted(kept, 'flow is', 'flows are')} on time" if kept else "no account is linked yet")
    ]


def _look_at_workers(alive: list[WorkerHeartbeat], silent: list[WorkerHeartbeat], start: str) -> Iterator[Finding]:
    if alive:
        yield well("Workers", f"{len(alive)} at work")
    else:
        hung = "".join(f"; {_restart(worker)}, if it still runs" for worker in silent)
        yield wrong("Workers", f"none was heard in {WORKER_SILENT_AFTER.seconds} seconds", start + hung)
        return
    for worker in silent:
        detail = f"{worker.name} was last heard on {worker.seen_at:%d %b %H:%M:%S} UTC and did not say that it ended"
        yield wrong("Workers", detail, f"{_restart(worker)}; if it is gone, this line goes within the hour")


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


def _look_at_versions(alive: list[WorkerHeartbeat]) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for worker in alive:
        found.setdefault(worker.version or "unknown", []).append(worker.name)
    if len(found) > 1:
        versions = "; ".join(f"{version}: {', '.join(names)}" for version, names in sorted(found.items()))
        yield wrong(
            "Workers",
            f"workers of different versions are running: {versions}",
            "restart the workers of the old version",
        )


def _stranded_flows(now: datetime, every: Mapping[str, timedelta]) -> Iterator[Finding]:
    """A clock that was ahead once: what it wrote lies in the future, and what is due then looks on time."""
    for row in _linked_flows().filter(failures=0, due_at__gte=now - OVERDUE_AFTER):
        name, ended = f"“{flow_title(row.flow)}” of {row.account}", row.finished_at
        if ended is not None and ended > now + CLOCKS_DIFFER:
            detail = f"{name} ended on {ended:%d %b %Y %H:%M} UTC, which is in the future: a clock was ahead"
            yield wrong("Timetable", detail, "set every computer's clock by NTP; it is run again at once")
        elif ended is not None and row.flow in every and ended < now - _allowed(row.flow, every):
            detail = f"{name} last ended on {ended:%d %b %Y %H:%M} UTC, and is due at {row.due_at:%d %b %Y %H:%M} UTC"
            yield wrong("Timetable", detail, "check that workers are running, then press Sync now on the dashboard")


def _allowed(flow: str, every: Mapping[str, timedelta]) -> timedelta:
    return longest_interval(flow, every[flow]) + 2 * OVERDUE_AFTER


def _linked_flows() -> "QuerySet[FlowSchedule]":
    flows = FlowSchedule.objects.select_related("account").order_by("account__name", "flow")
    return flows.filter(account__link_state=LinkState.LINKED)


def _late_flows(now: datetime) -> Iterator[Finding]:
    for row in _linked_flows().filter(failures__gt=0):
        yield wrong(
            "Timetable",
            f"“{flow_title(row.flow)}” of {row.account} failed {counted(row.failures, 'time')} in a row: {row.error}",
            "see the account on the dashboard; it is tried again automatically",
        )
    for row in _linked_flows().filter(failures=0, due_at__lt=now - OVERDUE_AFTER):
        yield wrong(
            "Timetable",
            f"“{flow_title(row.flow)}” of {row.account} was due at {row.due_at:%d %b %H:%M} UTC and has not run",
            "check that workers are running, then press Sync now on the dashboard",
        )


def look_at_jobs() -> Iterator[Finding]:
    """The job engine's rows: what waits to be taken, and what failed."""
    jobs = ProcrastinateJob.objects
    waiting, failed = jobs.filter(status="todo").count(), jobs.filter(status="failed").count()
    title, detail = "Waiting jobs", f"{counted(waiting, 'waits', 'wait')} to be taken"
    if waiting >= JOBS_MANY:
        remedy = "check that workers are running; start more of them: “wharfinger worker” on any computer"
        yield (wrong if waiting >= JOBS_TOO_MANY else soon)(title, detail, remedy)
    else:
        yield well(title, detail)
    if failed:
        kinds = jobs.filter(status="failed").values_list("task_name").annotate(n=Count("pk")).order_by("-n")[:3]
        detail = f"{failed:,} in the last week: " + ", ".join(f"{name} {number:,}" for name, number in kinds)
        remedy = "the workers' logs say why each failed; the timetable runs the same work again"
        yield (wrong if failed >= JOBS_MANY else soon)("Failed jobs", detail, remedy)


def look_at_mail() -> Iterator[Finding]:
    """Alerts that could not be mailed."""
    stuck = Alert.objects.filter(closed_at=None, mailed_at=None).exclude(mail_error="").order_by("raised_at")
    first = stuck.first()
    if first is not None:
        detail = f"{counted(stuck.count(), 'message')} cannot be sent: {first.mail_error.strip().splitlines()[0]}"
        yield wrong("E-mail", detail, "check Settings, E-mail, and send a test message from there")


def look_at_personal_data() -> Finding:
    """The newest and the oldest raw messages and orders are opened with the keys that are at hand."""
    title, read, unreadable = "Personal data", 0, []
    for model in (RawMessage, SalesOrder):
        keys = {*model._default_manager.order_by("pk").values_list("pk", flat=True)[:LOOKED_AT]}
        keys |= {*model._default_manager.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]}
        for key in sorted(keys):
            try:
                model._default_manager.get(pk=key)
                read += 1
            except NotReadable as error:
                unreadable.append(f"{model._meta.verbose_name} {key}: {error}")
    if unreadable:
        detail = f"{len(unreadable)} of {read + len(unreadable)} looked at cannot be read. {unreadable[0]}"
        return wrong(title, detail, "put the key back that wrote them, behind the current one")
    return well(title, f"opens ({counted(read, 'row')} looked at)")


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
        match account.link_state:
            case LinkState.LINKED:
                yield look_at_date(title, "it expires", account.token_expiry, today, "press Authorise again")
            case LinkState.LOST:
                yield wrong(title, f"lost: {account.link_error}", "press Authorise; queued work is sent afterwards")
            case state:
                yield wrong(title, state.label, "press Authorise on one of its channels")
        yield from _look_at_budget(account)


def _look_at_budget(account: SellerAccount) -> Iterator[Finding]:
    budgets = RateBudget.objects.filter(account=account)
    refused = sum(budgets.values_list("refused", flat=True))
    made = sum(budgets.values_list("calls", flat=True))
    title = f"API the rate limit of {account}"
    if refused:
        yield soon(
            title,
            f"{counted(made, 'call')}, {refused} refused as too many",
            "check whether another program uses the same application with this seller",
        )
    elif made:
        yield well(title, f"{counted(made, 'call')}, none refused")


def look_at_sites() -> Iterator[Finding]:
    """Every FBA site that a channel uses has stock levels."""
    used = Site.objects.filter(channel_options__channel__archived=False, kind=SiteKind.FBA).distinct()
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

    What a person switched off, or did not activate yet, is shown and is no fault.
    """
    checks: dict[int, list[ChannelCheck]] = {}
    for check in ChannelCheck.objects.filter(channel__archived=False):
        checks.setdefault(check.channel_id, []).append(check)
    mapped = set(Channel.objects.filter(courier_mappings__isnull=False).values_list("pk", flat=True))
    for row in list_channels():
        title = f"Channel {row.name}"
        faults = [(soon if one.by_choice else wrong)(title, one.what, one.remedy) for one in row.missing]
        faults += [
            wrong(title, f"{check.title}: {check.message}", check.remedy)
            for check in checks.get(row.id, ())
            if check.ok is False
        ]
        if row.kind == Fulfilment.FBM and row.id not in mapped:
            faults.append(
                wrong(title, "no courier service is mapped to Amazon's carriers", "map one under Courier mapping")
            )
        yield from faults or [well(title, "it runs, and every check was good")]
