"""`wharfinger backup`: make one, prove one, list them, or make a key pair for them."""

import argparse
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from wharfinger.cli.backup import recording
from wharfinger.cli.backup.destinations import destination
from wharfinger.cli.backup.making import opener
from wharfinger.cli.backup.recipients import new_secret_key, public_text, read_opener, secret_text
from wharfinger.cli.backup.restoring import opener_file
from wharfinger.cli.console import print_aside, print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.migrate import must_be_migrated
from wharfinger.config.clock import machine_now
from wharfinger.config.environment import Configuration
from wharfinger.domain.installation.backups import BackupCause


def run(arguments: argparse.Namespace) -> int:
    configuration: Configuration = settings.WHARFINGER
    try:
        if arguments.new_key_pair:
            return _make_key_pair(Path(arguments.new_key_pair))
        if arguments.list:
            return _list(configuration)
        must_be_migrated()
        return _make(configuration, arguments, machine_now())
    except recording.BACKUP_FAULTS as fault:
        raise CommandFailed(str(fault)) from fault


def _make(configuration: Configuration, arguments: argparse.Namespace, now: datetime) -> int:
    name = arguments.verify or ""
    if not name:
        made = recording.keep_backup(configuration, BackupCause.COMMAND, now=now, console=print_aside)
        if made is None:
            raise CommandFailed("Another backup is being made: see Settings, Backups, and try again when it is done.")
        name = made.name
        print_line(
            f"{name}: {made.size:,} bytes, {made.rows:,} rows in {made.seconds:.1f} s, in "
            f"{destination(configuration.backups).label}."
        )
        if arguments.verify is None:
            return 0
    opened_by = read_opener(opener_file(Path(arguments.key_file))) if arguments.key_file else opener(configuration)
    proved = recording.prove_backup(configuration, name, opened_by, now=machine_now())
    print_line(f"Verified in {proved.seconds:.1f} s: restored beside the database, {proved.rows:,} rows are equal.")
    return 0


def _list(configuration: Configuration) -> int:
    place = destination(configuration.backups)
    for kept in place.listed():
        print_line(f"{kept.name}  {kept.size:>15,} bytes  {kept.made_at:%Y-%m-%d %H:%M} UTC")
    print_line(f"In {place.label}.")
    return 0


def _make_key_pair(path: Path) -> int:
    """The secret half goes into a file of its own and is not printed."""
    key = new_secret_key()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret_text(key) + "\n")
    except OSError as error:
        raise CommandFailed(
            f"{path} cannot be written ({error.strerror}): name a file that is not there yet."
        ) from error
    print_line(f"WHARFINGER_BACKUP_KEY={public_text(key.public())}")
    print_aside(f"The secret half is in {path}: keep it away from this machine. Without it no backup can be opened.")
    return 0
