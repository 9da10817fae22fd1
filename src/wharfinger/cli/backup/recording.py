"""A backup with its row: one at a time, its progress and its end written down, old ones taken away."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from wharfinger.cli.backup.destinations import NotKept, destination
from wharfinger.cli.backup.making import Made, make_backup, opener, remove_old, verify_backup
from wharfinger.cli.backup.recipients import NotARecipient, Opener
from wharfinger.cli.backup.sealed import BadFile
from wharfinger.cli.backup.servers import DatabaseProgramFailed
from wharfinger.cli.console import Console
from wharfinger.cli.version import own_version
from wharfinger.config.clock import machine_now
from wharfinger.config.environment import Configuration
from wharfinger.db.advisory import advisory_lock
from wharfinger.db.queries.installation.backups import installation_uid
from wharfinger.domain.installation.backups import BackupCause
from wharfinger.operations.installation import backups

LOCK = "backup"
BACKUP_FAULTS = (NotKept, BadFile, DatabaseProgramFailed, NotARecipient)
"""What is said in a sentence."""


@dataclass(frozen=True, slots=True)
class Proved:
    rows: int
    seconds: float


def keep_backup(configuration: Configuration, cause: BackupCause, *, now: datetime, console: Console) -> Made | None:
    """None while another process makes one. A failure is written into its row and raised. `now`: machine time."""
    with advisory_lock(LOCK, 0) as held:
        if not held:
            return None
        place = destination(configuration.backups)
        row = backups.begin_backup(
            cause,
            place=place.label,
            version=own_version(),
            same_disk=lies_on_the_same_disk(configuration),
            machine_now=now,
        )
        console(f"Backing up to {place.label} …")
        made = _settled(row, lambda: make_backup(configuration, installation_uid(), now=now, report=_reporter(row)))
        gone = remove_old(place, system=configuration.system, keep_days=configuration.backups.keep_days, now=now)
        backups.note_removed(gone, machine_now=now)
        return made


def _reporter(row: int) -> Callable[[int], None]:
    return lambda size: backups.note_progress(row, size, machine_now=machine_now())


def _settled(row: int, make: Callable[[], Made]) -> Made:
    try:
        made = make()
    except BACKUP_FAULTS as fault:
        backups.fail_backup(row, str(fault), machine_now=machine_now())
        raise
    except BaseException as error:
        backups.fail_backup(row, f"Internal error: {type(error).__name__}. See the log.", machine_now=machine_now())
        raise
    backups.end_backup(
        row, name=made.name, size=made.size, rows=made.rows, seconds=made.seconds, machine_now=machine_now()
    )
    return made


def prove_backup(configuration: Configuration, name: str, opened_by: Opener, *, now: datetime) -> Proved:
    """Restore it beside the database, compare, take that away; the outcome is written to its row."""
    began = time.monotonic()
    try:
        facts = verify_backup(configuration, name, opened_by)
    except (NotKept, BadFile, DatabaseProgramFailed) as fault:
        backups.note_verified(name, error=str(fault), machine_now=now)
        raise
    backups.note_verified(name, error="", machine_now=now)
    return Proved(sum(facts.rows.values()), time.monotonic() - began)


def own_opener(configuration: Configuration) -> Opener | None:
    """What opens this installation's own backups; None where it knows a public key alone."""
    try:
        return opener(configuration)
    except NotARecipient:
        return None


def back_up_before_upgrade(configuration: Configuration, *, now: datetime, console: Console) -> Made | None:
    """Its row is written where the database has a table for it already."""
    if "wharfinger_backup" in connection.introspection.table_names():
        return keep_backup(configuration, BackupCause.UPGRADE, now=now, console=console)
    console(f"Backing up to {destination(configuration.backups).label} before the upgrade …")
    return make_backup(configuration, "", now=now, report=lambda size: None)


def lies_on_the_same_disk(configuration: Configuration) -> bool:
    """Backups that are lost together with the installation. A folder that is not there yet is judged by its parents."""
    if configuration.backups.to.startswith("s3://"):
        return False
    folder = Path(configuration.backups.to)
    while not folder.exists():
        folder = folder.parent
    return os.stat(folder).st_dev == os.stat(configuration.home).st_dev
