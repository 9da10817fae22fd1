"""One backup made: written, kept, proved, listed; old ones taken away."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.cli.backup import servers
from wharfinger.cli.backup.contents import Contents, Facts, count_rows, file_name, write_contents
from wharfinger.cli.backup.destinations import SUFFIX, Destination, destination
from wharfinger.cli.backup.recipients import Opener, Recipient, new_passphrase, read_opener, read_recipient
from wharfinger.cli.backup.sealed import BadFile, SealedWriter
from wharfinger.cli.version import own_version
from wharfinger.config.environment import Configuration
from wharfinger.config.secrets import make_secret_file, read_own_file
from wharfinger.db.encryption import NotReadable, decrypt_with

log = logging.getLogger(__name__)

Report = Callable[[int], None]
"""Called now and then with the bytes that were written."""


@dataclass(frozen=True, slots=True)
class Made:
    name: str
    size: int
    rows: int
    seconds: float


def entered_key(configuration: Configuration) -> str:
    """The passphrase or public key that backups are made for; made on first need, into the home's secrets."""
    settings = configuration.backups
    if settings.key:
        return settings.key
    make_secret_file(settings.passphrase_file, new_passphrase())
    return read_own_file(settings.passphrase_file) or ""


def recipient(configuration: Configuration) -> Recipient:
    return read_recipient(entered_key(configuration))


def opener(configuration: Configuration) -> Opener:
    """What opens this installation's own backups; NotARecipient where only a public key is entered."""
    return read_opener(entered_key(configuration))


@servers.said_in_a_sentence()
def make_backup(configuration: Configuration, installation: str, *, now: datetime, report: Report) -> Made:
    """A new file at the place of backups. `now`: machine time. Raises what says in a sentence why not."""
    began = time.monotonic()
    assert configuration.database_url is not None
    name = file_name(configuration.system, now) + SUFFIX
    head = {
        "format": 1, "installation": installation, "system": configuration.system, "version": own_version(),
        "made_at": now.isoformat(),
    }  # fmt: skip
    with destination(configuration.backups).writing(name) as file:
        writer = SealedWriter(_Reported(file, report), head, [recipient(configuration)])
        rows = write_contents(configuration.database_url, head, configuration.encryption_keys, writer)
        writer.close()
    return Made(name, writer.written, sum(rows.values()), time.monotonic() - began)


class _Reported:
    def __init__(self, file: "object", report: Report) -> None:
        self._file, self._report, self._written, self._last = file, report, 0, time.monotonic()

    def write(self, data: bytes) -> None:
        self._file.write(data)  # type: ignore[attr-defined]
        self._written += len(data)
        if time.monotonic() - self._last >= 1:
            self._last = time.monotonic()
            self._report(self._written)


@servers.said_in_a_sentence()
def verify_backup(configuration: Configuration, name: str, opened_by: Opener) -> Facts:
    """Restore it into a database of its own, compare every table's rows, open what is encrypted; then take it away."""
    url = configuration.database_url
    assert url is not None
    scratch = f"{servers.database_name(url)}_verify_{secrets.token_hex(4)}"
    with destination(configuration.backups).reading(name) as file:
        contents = Contents(file, opened_by)
        with servers.scratch_database(url, scratch):
            servers.restore(url, scratch, contents.database())
            must_be_whole(url, scratch, contents.facts)
    return contents.facts


def must_be_whole(url: str, database: str, facts: Facts) -> None:
    """BadFile when a table's rows are not as many as the backup says, or its keys do not open what is encrypted."""
    with servers.connected(url, database) as connection:
        found = count_rows(connection)
        wrong = [f"{table} ({found.get(table, 0):,} rows of {rows:,})" for table, rows in facts.rows.items()
                 if found.get(table) != rows]  # fmt: skip
        if wrong:
            raise BadFile(f"The restored database is not what was backed up: {', '.join(wrong[:3])}.")
        for statement in _ENCRYPTED:
            for (stored,) in connection.execute(statement).fetchall():
                try:
                    decrypt_with(facts.keys, stored)
                except NotReadable as error:
                    raise BadFile(f"The backup's keys do not open what is in its database: {error}") from error


_ENCRYPTED = (
    "SELECT client_secret FROM wharfinger_amazonapplication",
    "SELECT refresh_token FROM wharfinger_selleraccount WHERE refresh_token <> ''",
    "SELECT delivery FROM wharfinger_salesorder WHERE delivery IS NOT NULL AND delivery <> '' ORDER BY id DESC LIMIT 9",
)


def remove_old(place: Destination, *, system: str, keep_days: int, now: datetime) -> tuple[str, ...]:
    """Backups older than so many days go, but the newest of all stays whatever its age; returns their names."""
    kept = [one for one in place.listed() if one.name.startswith(f"wharfinger-{system}-")]
    old = [one for one in kept[:-1] if one.made_at < now - timedelta(days=keep_days)]
    for one in old:
        place.remove(one.name)
    return tuple(one.name for one in old)
