"""`wharfinger restore FILE`: the installation as it was, as a copy that sends nothing until it is said to be live."""

import argparse
import getpass
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from wharfinger.cli.backup import servers
from wharfinger.cli.backup.destinations import NotKept, destination, opened_file
from wharfinger.cli.backup.making import opener
from wharfinger.cli.backup.recipients import NotARecipient, Opener, read_opener
from wharfinger.cli.backup.restoring import NotRestored, opener_file, previous_databases, restore_backup
from wharfinger.cli.backup.sealed import BadFile
from wharfinger.cli.console import print_aside, print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.postgres.roles import grant_rows, working_role
from wharfinger.cli.privacy.erasing import erase_all
from wharfinger.config import environment
from wharfinger.config.clock import current as current_clock
from wharfinger.config.clock import machine_now
from wharfinger.config.environment import Configuration
from wharfinger.db.queries.installation.migration_state import waiting_migrations

FAULTS = (NotRestored, NotKept, BadFile, servers.DatabaseProgramFailed, NotARecipient)


def run(arguments: argparse.Namespace) -> int:
    configuration: Configuration = settings.WHARFINGER
    connections.close_all()
    try:
        if arguments.forget_previous:
            return _forget(configuration)
        return _restore(configuration, arguments)
    except FAULTS as fault:
        raise CommandFailed(f"{fault} Nothing was changed.") from fault


def _restore(configuration: Configuration, arguments: argparse.Namespace) -> int:
    if not arguments.file:
        raise CommandFailed("Name the backup: a file, or one of “wharfinger backup --list”.")
    done = restore_backup(
        configuration,
        _opened(configuration, arguments.file),
        _opener(configuration, arguments.key_file),
        name=Path(arguments.file).name,
        known_steps=known_steps(),
        replaces=arguments.replace,
        now=machine_now(),
        console=print_aside,
    )
    print_line(f"Restored in {done.seconds:.1f} s: {sum(done.facts.rows.values()):,} rows, as they were on "
               f"{done.facts.made_at[:19]} UTC.")  # fmt: skip
    if role := working_role(configuration):
        grant_rows(role)
    _erase()
    if done.kept_as:
        print_line(f"What was here before is kept as database {done.kept_as}: “wharfinger restore --forget-previous”.")
    print_line(
        "This is a copy: it reads from Amazon and sends nothing, until an administrator presses “This is the live one” "
        "under Settings, Backups. Stop the former installation first."
    )
    return 0


def _erase() -> None:
    """People whose time is over since the backup was made; of an older version's, when it is started, before anybody
    can sign in."""
    keys = environment.keys_of_home(settings.WHARFINGER)
    settings.WHARFINGER = environment.adopt(environment.with_encryption_keys(settings.WHARFINGER, keys))
    if waiting_migrations():
        print_line("It is of an older version: personal data whose time is over is erased when it is first started.")
        return
    print_line(f"Personal data of {erase_all(current_clock().now())} erased, whose time is over since.")


def known_steps() -> tuple[str, ...]:
    steps = MigrationLoader(None).disk_migrations
    replaced = {step for migration in steps.values() for step in migration.replaces}
    return tuple(f"{label}.{name}" for label, name in {*steps, *replaced})


def _opened(configuration: Configuration, given: str) -> AbstractContextManager[BinaryIO]:
    """A path, or the name of one at the place of backups."""
    if Path(given).exists() or "/" in given:
        opened: AbstractContextManager[BinaryIO] = opened_file(Path(given))
        return opened
    kept: AbstractContextManager[BinaryIO] = destination(configuration.backups).reading(given)
    return kept


def _opener(configuration: Configuration, key_file: str) -> Opener:
    if key_file:
        return read_opener(opener_file(Path(key_file)))
    own = configuration.backups
    if sys.stdin.isatty():
        typed = getpass.getpass("Passphrase of the backup (empty: this installation's own): ")
        if typed:
            return read_opener(typed)
    if not own.key and not own.passphrase_file.exists():
        raise NotARecipient("Give the backup's passphrase or secret key in a file: --key-file FILE.")
    return opener(configuration)


def _forget(configuration: Configuration) -> int:
    url = configuration.database_url
    assert url is not None
    found = previous_databases(url)
    for name, size in found.items():
        servers.drop_database(url, name)
        print_line(f"{name} is gone ({size:,} bytes).")
    if not found:
        print_line("No restore has kept a database.")
    return 0
