"""What stands in a backup: the manifest, the encryption keys, the database; how they are written and read."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from psycopg import sql

from wharfinger.cli.backup import servers
from wharfinger.cli.backup.recipients import Opener
from wharfinger.cli.backup.sealed import BadFile, SealedWriter, open_parts, read_head
from wharfinger.config.secrets import encryption_key_lines, parse_encryption_keys

MANIFEST, KEYS, DATABASE = "manifest.json", "encryption.key", "database.dump"
_KEYS_AT_MOST = 64 * 1024
Keys = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a backup says of itself. `steps`: the migrations that its database has had; `rows`: of each table."""

    installation: str
    system: str
    version: str
    made_at: str
    steps: tuple[str, ...]
    rows: Mapping[str, int]
    keys: Keys


def write_contents(url: str, head: Mapping[str, Any], keys: Keys, writer: SealedWriter) -> Mapping[str, int]:
    """Everything from one snapshot of the database; returns how many rows each table has in it."""
    with servers.connected(url, servers.database_name(url)) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        rows, steps = count_rows(connection), applied_steps(connection)
        writer.part(MANIFEST)
        writer.write(json.dumps({**head, "rows": rows, "steps": steps}).encode())
        writer.part(KEYS)
        writer.write(encryption_key_lines(keys).encode())
        writer.part(DATABASE)
        servers.dump(url, snapshot, writer.write)
    return rows


def count_rows(connection: Any) -> dict[str, int]:
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY(%s) ORDER BY 1",
        [list(servers.NOT_KEPT)],
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = row[0]
    return counts


def applied_steps(connection: Any) -> list[str]:
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [name for (name,) in rows]


class Contents:
    """A backup being read: its facts first, then its database piece by piece."""

    def __init__(self, file: BinaryIO, opener: Opener) -> None:
        self.head = read_head(file)
        self._parts = open_parts(file, self.head, opener)
        self.facts = self._read_facts()

    def _read_facts(self) -> Facts:
        texts = {MANIFEST: b"", KEYS: b""}
        for name, piece in self._parts:
            if name == DATABASE:
                break
            if name in texts:
                texts[name] += piece
        else:
            raise BadFile("The backup holds no database: take another one.")
        try:
            found = json.loads(texts[MANIFEST])
            return Facts(
                found["installation"], found["system"], found["version"], found["made_at"], tuple(found["steps"]),
                found["rows"], parse_encryption_keys(texts[KEYS].decode(), "The backup"),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError) as error:
            raise BadFile("The backup's manifest cannot be read: it was made by another version.") from error

    def database(self) -> Iterator[bytes]:
        """Pieces of the dump, to the file's proved end."""
        for name, piece in self._parts:
            if name == DATABASE and piece:
                yield piece


def now_seconds() -> float:
    return time.monotonic()


def reporting(pieces: Iterator[bytes], report: Callable[[int], None]) -> Iterator[bytes]:
    """The same pieces; `report` is called with the bytes so far, at most each second."""
    passed, last = 0, now_seconds()
    for piece in pieces:
        yield piece
        passed += len(piece)
        if now_seconds() - last >= 1:
            last = now_seconds()
            report(passed)


def file_name(system: str, made_at: datetime) -> str:
    return f"wharfinger-{system}-{made_at:%Y%m%d-%H%M%S}"
