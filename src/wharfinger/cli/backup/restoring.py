"""A backup read back: into a database of its own beside ours, proved, and only then in ours' place."""

import re
import secrets
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import psycopg

from wharfinger.cli.backup import servers
from wharfinger.cli.backup.contents import Contents, Facts, Keys
from wharfinger.cli.backup.making import must_be_whole
from wharfinger.cli.backup.recipients import Opener
from wharfinger.cli.backup.sealed import BadFile
from wharfinger.cli.console import Console
from wharfinger.config.environment import Configuration
from wharfinger.config.secrets import encryption_key_file, encryption_key_lines, replace_encryption_keys
from wharfinger.operations.installation.restored import make_copy

FORMAT = 1


class NotRestored(Exception):
    """Nothing was changed; the message is a sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What stands in this home now. `used`: somebody works with it."""

    used: bool
    installation: str


@dataclass(frozen=True, slots=True)
class Restored:
    facts: Facts
    kept_as: str
    """The database that was there before; empty = there was nothing in it."""
    seconds: float


@servers.said_in_a_sentence()
def restore_backup(
    configuration: Configuration,
    opened: AbstractContextManager[BinaryIO],
    opener: Opener,
    *,
    name: str,
    known_steps: Sequence[str],
    replaces: bool,
    now: datetime,
    console: Console,
) -> Restored:
    """`replaces`: also where the home holds another installation. Raises NotRestored, BadFile, DatabaseProgramFailed;
    then everything is as it was."""
    began = time.monotonic()
    url = configuration.database_url
    assert url is not None
    servers.must_be_unused(url)
    ours = _look_at_ours(url)
    scratch = f"{servers.database_name(url)}_restoring_{secrets.token_hex(4)}"
    with opened as file:
        contents = Contents(file, opener)
        _check(contents, configuration, ours, known_steps, replaces=replaces)
        console(f"Reading {name} in: made {contents.facts.made_at[:19]} UTC by version {contents.facts.version}.")
        with servers.scratch_database(url, scratch):
            servers.restore(url, scratch, contents.database())
            must_be_whole(url, scratch, contents.facts)
            _make_copy(url, scratch, contents.facts, name)
            keys = _keys_to_keep(configuration, contents.facts.keys, ours)
            if keys != configuration.encryption_keys:
                replace_encryption_keys(configuration.home, encryption_key_lines(keys), f"{now:%Y%m%d-%H%M%S}")
            kept_as = f"{servers.database_name(url)}_before_{now:%Y%m%d_%H%M%S}"
            servers.switch_databases(url, scratch, kept_as)
    if not ours.used:
        servers.drop_database(url, kept_as)
    return Restored(contents.facts, kept_as if ours.used else "", time.monotonic() - began)


def _look_at_ours(url: str) -> Ours:
    with servers.connected(url, servers.database_name(url)) as connection:
        try:
            (users,) = connection.execute("SELECT count(*) FROM wharfinger_user").fetchone() or (0,)
            row = connection.execute("SELECT uid::text FROM wharfinger_installation WHERE id = 1").fetchone()
        except psycopg.errors.UndefinedTable:
            return Ours(used=False, installation="")
        except psycopg.errors.UndefinedColumn:
            return Ours(used=users > 0, installation="")
    return Ours(used=users > 0, installation=row[0] if row else "")


def _check(
    contents: Contents, configuration: Configuration, ours: Ours, known_steps: Sequence[str], *, replaces: bool
) -> None:
    """Before anything is read in: is it ours, can this version read it, can its keys be put in place?"""
    facts = contents.facts
    if contents.head.fields.get("format") != FORMAT:
        raise NotRestored("The backup is of a newer form: install the version that made it, or a newer one.")
    unknown = _unknown_steps(facts.steps, known_steps)
    if unknown:
        raise NotRestored(
            f"The backup was made by a newer version ({facts.version}), whose database this one does not know (from "
            f"{unknown[0]} on): install that version, or a newer one, then restore."
        )
    if facts.system != configuration.system:
        raise NotRestored(
            f"The backup is of a {facts.system} system, and this is a {configuration.system} system: set "
            f"WHARFINGER_SYSTEM={facts.system}, with a WHARFINGER_HOME of its own."
        )
    if ours.used and ours.installation != facts.installation and not replaces:
        raise NotRestored(
            "The backup is of another installation than the one in this home: restore it into a WHARFINGER_HOME of its "
            "own, or say --replace to have it here instead. What is here now is then kept beside it."
        )
    if _keys_are_given(configuration) and not set(facts.keys) <= set(configuration.encryption_keys):
        missing = ", ".join(key_id for key_id, _ in facts.keys if key_id not in dict(configuration.encryption_keys))
        raise NotRestored(
            f"WHARFINGER_ENCRYPTION_KEY lacks the backup's keys ({missing or 'another key of the same id'}): leave the "
            "setting out while you restore, then the keys are put into this home's secrets."
        )


def _unknown_steps(steps: Sequence[str], known: Sequence[str]) -> list[str]:
    ours = {name.partition(".")[0] for name in known}
    return sorted(step for step in steps if step.partition(".")[0] in ours and step not in set(known))


def _keys_are_given(configuration: Configuration) -> bool:
    """By the environment: there is no file of ours that could be changed."""
    return bool(configuration.encryption_keys) and not encryption_key_file(configuration.home).exists()


def _keys_to_keep(configuration: Configuration, theirs: Keys, ours: Ours) -> Keys:
    """Every key that opens something: the backup's, and those of the database that is kept. The backup's last key,
    which makes the hashes of searches, stays the last."""
    if _keys_are_given(configuration) or not ours.used:
        return configuration.encryption_keys if _keys_are_given(configuration) else theirs
    clash = {key_id for key_id, _ in theirs} & {
        key_id for key_id, key in configuration.encryption_keys if (key_id, key) not in theirs
    }
    if clash:
        raise NotRestored(f"Two different keys have the id {min(clash)}: restore into a WHARFINGER_HOME of its own.")
    more = tuple(pair for pair in configuration.encryption_keys if pair not in theirs)
    return (*theirs[:-1], *more, theirs[-1])


def _make_copy(url: str, database: str, facts: Facts, name: str) -> None:
    with servers.connected(url, database) as connection, connection.transaction():
        make_copy(connection, database, name=name, has_backups="wharfinger_backup" in facts.rows)


def previous_databases(url: str) -> dict[str, int]:
    """What restores have kept beside ours, with sizes in bytes."""
    own = re.escape(servers.database_name(url))
    pattern = re.compile(rf"{own}_before_\d{{8}}_\d{{6}}")
    return {name: size for name, size in servers.databases(url).items() if pattern.fullmatch(name)}


def opener_file(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise BadFile(f"The key file {path} cannot be read ({error.strerror}).") from error
