"""`wharfinger doctor`: does the house stand? One line a check, and a cure where something is wrong."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection

from wharfinger.cli.migrate import waiting_migrations
from wharfinger.cli.speech import say
from wharfinger.config.clock import current as current_clock
from wharfinger.config.environment import Configuration
from wharfinger.config.errors import ConfigurationError

_WORKER_SILENT_AFTER = timedelta(seconds=30)
_OLDEST_POSTGRES = 150000


@dataclass(frozen=True, slots=True)
class Finding:
    well: bool
    text: str


def run(arguments: argparse.Namespace) -> int:
    findings = list(examine(settings.WHARFINGER))
    for finding in findings:
        say(f"{'well ' if finding.well else 'WRONG'}  {finding.text}")
    return 0 if all(finding.well for finding in findings) else 1


def examine(configuration: Configuration) -> Iterator[Finding]:
    yield _look_at_configuration(configuration)
    yield _look_at_clock()
    database = _look_at_database()
    yield database
    if not database.well:
        return
    migrations = _look_at_migrations()
    yield migrations
    if migrations.well:
        yield _look_at_workers(current_clock().machine_now())


def _look_at_configuration(configuration: Configuration) -> Finding:
    return Finding(
        bool(configuration.secret_key and configuration.encryption_keys),
        f"{configuration.system} system in {configuration.home}, at {configuration.public_url}, "
        f"{len(configuration.encryption_keys)} encryption key(s)",
    )


def _look_at_clock() -> Finding:
    try:
        now = current_clock().now()
    except ConfigurationError as error:
        return Finding(False, str(error))
    return Finding(True, f"trade time is {now:%Y-%m-%d %H:%M:%S} UTC")


def _look_at_database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), current_setting('server_version_num')::int")
            version, number = cursor.fetchone() or ("", 0)
    except DatabaseError as error:
        return Finding(False, f"the database does not answer ({error}): look at DATABASE_URL and at the server")
    if number < _OLDEST_POSTGRES:
        return Finding(False, f"PostgreSQL {version} is too old: use 15 or newer")
    return Finding(True, f"PostgreSQL {version}")


def _look_at_migrations() -> Finding:
    waiting = waiting_migrations()
    if waiting:
        return Finding(False, f"{len(waiting)} migrations wait: run “wharfinger migrate”")
    return Finding(True, "the database is in this version's form")


def _look_at_workers(now: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s", [now - _WORKER_SILENT_AFTER]
        )
        alive = (cursor.fetchone() or (0,))[0]
    if not alive:
        return Finding(False, "no worker has been heard in 30 s: start “wharfinger worker”")
    return Finding(True, f"{alive} worker process(es) at work")
