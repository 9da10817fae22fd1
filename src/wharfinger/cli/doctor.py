"""`wharfinger doctor`: is the installation well? One line for each thing looked at, and a remedy where one is wrong.

Ends with 1 when anything is wrong, so that a script can ask; `--json` for programs. What will be wrong before long
(a secret that must be rotated) is printed, and the exit code is 0.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import datetime

import httpx2
from django.conf import settings
from django.db import DatabaseError, connection

from wharfinger.amazon.transport import Timeouts, Transport
from wharfinger.cli.backup_findings import look_at_backups
from wharfinger.cli.console import print_line
from wharfinger.cli.endpoints import installation_endpoints
from wharfinger.cli.external_checks import NETWORK, SIMULATOR, look_at_amazon, look_at_disk, verify_channels
from wharfinger.cli.ledger_finding import look_at_ledger
from wharfinger.cli.postgres.roles import look_at_role
from wharfinger.cli.reach_checks import look_at_reach
from wharfinger.cli.supervisor.process_faults import read_process_faults
from wharfinger.cli.wiring import EVERY, Container
from wharfinger.config.clock import current as current_clock
from wharfinger.config.environment import Configuration
from wharfinger.config.errors import ConfigurationError
from wharfinger.config.exposure import exposures
from wharfinger.db.encryption import NotReadable
from wharfinger.db.models import AmazonApplication, SellerAccount
from wharfinger.db.queries import health
from wharfinger.db.queries.health import START_WORKERS
from wharfinger.db.queries.installation.backups import backup_standing
from wharfinger.db.queries.installation.live import live_facts
from wharfinger.db.queries.installation.migration_state import unknown_migrations, waiting_migrations
from wharfinger.domain import counts
from wharfinger.domain.installation.health import Finding, Verdict, well, wrong
from wharfinger.operations import triggers
from wharfinger.worker.faults import DATABASE_FAULTS, first_line

_OLDEST_POSTGRES = 150000
_LOOK_AT_DATABASE = "check DATABASE_URL and the server"
_MARKS = {Verdict.WELL: "✓", Verdict.SOON: "!", Verdict.WRONG: "✗"}


def run(arguments: argparse.Namespace) -> int:
    findings = list(_examine_to_the_end(settings.WHARFINGER, asks_amazon=not arguments.offline))
    if arguments.json:
        print_line(json.dumps([_as_json(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print_line(f"{_MARKS[finding.verdict]} {finding.title}: {finding.detail}")
            if finding.remedy:
                print_line(f"  → {finding.remedy}")
        _sum_up(findings)
    return 1 if any(finding.verdict is Verdict.WRONG for finding in findings) else 0


def _as_json(finding: Finding) -> dict[str, str]:
    return {"verdict": finding.verdict.value, "title": finding.title, "told": finding.detail, "remedy": finding.remedy}


def _sum_up(findings: list[Finding]) -> None:
    counted = {verdict: sum(finding.verdict is verdict for finding in findings) for verdict in Verdict}
    print_line("")
    if counted[Verdict.WRONG]:
        print_line(f"{counted[Verdict.WRONG]} wrong, {counted[Verdict.SOON]} soon, {counted[Verdict.WELL]} well.")
    else:
        print_line(f"The installation is healthy: {counted[Verdict.WELL]} well, {counted[Verdict.SOON]} soon.")


def _examine_to_the_end(configuration: Configuration, *, asks_amazon: bool) -> Iterator[Finding]:
    """A database that fails in the middle is a finding too, and the last one."""
    try:
        yield from examine(configuration, asks_amazon=asks_amazon)
    except DATABASE_FAULTS as error:
        yield wrong("Database", f"the check failed ({first_line(error)})", _LOOK_AT_DATABASE)


def examine(configuration: Configuration, *, asks_amazon: bool) -> Iterator[Finding]:
    """The most basic first; what cannot be looked at without it is left out."""
    yield _look_at_configuration(configuration)
    yield from _look_at_exposures(configuration)
    yield look_at_disk(configuration.home)
    yield from _look_at_processes(configuration)
    try:
        now = current_clock().now()
    except ConfigurationError as error:
        yield wrong("Clock", str(error), "start the demo's simulator, or set WHARFINGER_CLOCK to real")
        return
    yield well("Clock", f"trade time is {now:%Y-%m-%d %H:%M:%S} UTC")
    database = _look_at_database()
    yield database
    if database.verdict is Verdict.WRONG:
        return
    role = look_at_role(configuration)
    if role is not None:
        yield role
    migrations = _look_at_migrations()
    yield migrations
    if migrations.verdict is Verdict.WRONG:
        return
    yield from _look_inside(configuration, now, asks_amazon)


def _look_inside(configuration: Configuration, now: datetime, asks_amazon: bool) -> Iterator[Finding]:
    keys = _look_at_keys()
    yield keys
    yield _look_at_queue()
    demo = configuration.simulator_url is not None
    start = "start “wharfinger demo”, which has its own" if demo else START_WORKERS
    yield from health.look_at_work(now=now, machine_now=current_clock().machine_now(), start=start, every=EVERY)
    yield from health.look_at_jobs()
    yield from health.look_at_mail()
    yield from look_at_backups(backup_standing(), live_facts(), now=current_clock().machine_now())
    yield health.look_at_personal_data()
    if keys.verdict is Verdict.WRONG:
        return
    if asks_amazon:
        container = Container(configuration, current_clock())
        with Transport(timeouts=Timeouts(connect=5, read=10)) as transport:
            endpoints, remedy = installation_endpoints(configuration), SIMULATOR if demo else NETWORK
            yield from look_at_amazon(endpoints, current_clock(), transport, remedy=remedy)
        verify_channels(container)
        with httpx2.Client(timeout=5) as http:
            yield from look_at_reach(configuration, http)
    yield from health.look_at_applications(now.date())
    yield from health.look_at_accounts(now.date())
    yield from health.look_at_sites()
    yield look_at_ledger()
    yield from health.look_at_channels()


def _look_at_configuration(configuration: Configuration) -> Finding:
    return well("Installation", f"{configuration.system} system in {configuration.home}, at {configuration.public_url}")


def _look_at_processes(configuration: Configuration) -> Iterator[Finding]:
    """What the parent of this home (`serve`, `demo`, `worker`) has trouble with right now."""
    for fault in read_process_faults(configuration.home):
        detail = f"since {fault.since:%d %b %H:%M:%S} UTC: {fault.text}"
        yield wrong("Processes", detail, f"check the logs in {configuration.home / 'logs'}; it is tried again")


def _look_at_exposures(configuration: Configuration) -> Iterator[Finding]:
    found = exposures(configuration)
    for exposure in found:
        allowed = f" ({exposure.variable} allows it)" if exposure.allowed else ""
        yield wrong("Transport", f"{exposure.what}{allowed}", exposure.remedy)
    if not found:
        yield well("Transport", "no unencrypted connections over a network")


def _look_at_database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), current_setting('server_version_num')::int")
            version, number = cursor.fetchone() or ("", 0)
    except DatabaseError as error:
        return wrong("Database", f"it does not answer ({first_line(error)})", _LOOK_AT_DATABASE)
    if number < _OLDEST_POSTGRES:
        return wrong("Database", f"PostgreSQL {version} is too old", "use PostgreSQL 15 or newer")
    return well("Database", f"PostgreSQL {version}")


def _look_at_migrations() -> Finding:
    unknown = unknown_migrations()
    if unknown:
        steps = counts.counted(len(unknown), "step is", "steps are")
        detail = f"the database is newer than this program: {steps} unknown to it, from {unknown[0]} on"
        return wrong("Migrations", detail, "install the version that made them, or a newer one, everywhere")
    waiting = waiting_migrations()
    if waiting:
        return wrong("Migrations", counts.counted(len(waiting), "waits", "wait"), "run “wharfinger migrate”")
    return well("Migrations", "the database is migrated to this version")


def _look_at_queue() -> Finding:
    """Everything that happens without a person begins with a row in the queue of jobs."""
    try:
        triggers.try_queue()
    except DATABASE_FAULTS as error:
        detail = f"no jobs can be added ({first_line(error)})"
        return wrong(
            "Job queue", detail, "look at the disk and the database's log; work goes on once it can be written"
        )
    return well("Job queue", "jobs can be added")


def _look_at_keys() -> Finding:
    """The key that is at hand opens what is stored: tried on the secrets that everything depends on."""
    title = "Encryption key"
    try:
        held = [row.client_secret for row in AmazonApplication.objects.all()]
        held += [row.refresh_token for row in SellerAccount.objects.exclude(token_set_at=None)]
    except NotReadable as error:
        return wrong(title, f"stored secrets cannot be read: {error}", "put the key back that WHARFINGER_HOME had")
    return well(title, f"opens what is stored ({counts.counted(len(held), 'secret')} read)")
