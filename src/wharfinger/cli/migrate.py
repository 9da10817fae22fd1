"""Bring the database to this version's form; only one process at a time does it."""

import argparse
import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from wharfinger.cli.backup.recording import BACKUP_FAULTS, back_up_before_upgrade
from wharfinger.cli.console import Console, print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.postgres.roles import grant_rows, why_not_changed, working_role
from wharfinger.cli.version import own_version
from wharfinger.config.clock import machine_now
from wharfinger.db.advisory import advisory_lock
from wharfinger.db.models import User
from wharfinger.db.queries.installation.migration_state import unknown_migrations, waiting_migrations
from wharfinger.domain.counts import counted
from wharfinger.operations.installation.live import bind_place

_WAIT_MILLISECONDS = 10 * 60 * 1000


class NotMigrated(CommandFailed):
    """The database is not in this version's form."""


def must_not_be_too_old() -> None:
    """Steps of before release 0.1.0 were squashed: a database has had all of them, or is a fresh one."""
    steps = MigrationLoader(None).disk_migrations.items()
    replaced = {step for (label, _), migration in steps if label == "wharfinger" for step in migration.replaces}
    missing = sorted(replaced - set(MigrationRecorder(connection).applied_migrations()))
    if missing and len(missing) < len(replaced):
        raise NotMigrated(
            f"The database is older than version 0.1.0 can begin with: it lacks {counted(len(missing), 'step')} (from "
            f"{missing[0][1]} on). Run “wharfinger migrate” of the last revision before 0.1.0 on it, then this one."
        )


def must_not_be_newer() -> None:
    must_not_be_too_old()
    unknown = unknown_migrations()
    if unknown:
        raise NotMigrated(
            f"The database is newer than this program, version {own_version()}: it has had "
            f"{counted(len(unknown), 'step')} that this version does not know (from {unknown[0]} on). Install the "
            "version that made them, or a newer one."
        )


def migrate_if_needed(console: Console, *, backs_up: bool = True) -> bool:
    must_not_be_newer()
    if not waiting_migrations():
        MigrationExecutor(connection).check_replacements()  # squashed steps that it needs nothing of: had from now on
        bind_place()
        return False
    with advisory_lock("migrate", 0, wait_milliseconds=_WAIT_MILLISECONDS) as held:
        if not held:
            raise NotMigrated("Another process has been migrating the database for 10 minutes: look at it first.")
        waiting = waiting_migrations()
        if waiting:
            _must_be_allowed()
            if backs_up and _is_used():
                _back_up(console)
            console(f"Migrating the database to this version ({counted(len(waiting), 'migration')}).")
            call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
            bind_place()
        return bool(waiting)


def _must_be_allowed() -> None:
    reason = why_not_changed()
    if reason:
        raise NotMigrated(f"{reason}: run “wharfinger migrate” with DATABASE_OWNER_URL, which names their owner.")


def _is_used() -> bool:
    """Somebody works with it: an empty database needs no backup before it is filled."""
    return "wharfinger_user" in connection.introspection.table_names() and User.objects.exists()


def _back_up(console: Console) -> None:
    try:
        back_up_before_upgrade(settings.WHARFINGER, now=machine_now(), console=console)
    except BACKUP_FAULTS as fault:
        raise NotMigrated(
            f"No backup could be made before the upgrade, so nothing was migrated. {fault} Or say “wharfinger migrate "
            "--without-backup”."
        ) from fault


def must_be_migrated() -> None:
    must_not_be_newer()
    waiting = waiting_migrations()
    if waiting:
        raise NotMigrated(
            f"The database wants {counted(len(waiting), 'migration')} first (from {waiting[0]} on): run "
            "“wharfinger migrate”."
        )


def run(arguments: argparse.Namespace) -> int:
    if not migrate_if_needed(print_line, backs_up=not arguments.without_backup):
        print_line("The database is already migrated to this version.")
    if role := working_role(settings.WHARFINGER):
        grant_rows(role)
        print_line(f"Pages and workers run as {role}, which may work with every row and change no table.")
    return 0
