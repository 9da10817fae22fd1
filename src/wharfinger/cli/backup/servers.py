"""PostgreSQL's own programs for a backup: pg_dump and pg_restore of the wheel, and databases beside ours.

Nothing secret is an argument: where the server is and who we are goes by the environment of the child alone.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import conninfo, sql

from wharfinger.cli.postgres.places import wheel_binaries
from wharfinger.config.environment import child_environment

NOT_KEPT = (
    "django_session",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
    "procrastinate_periodic_defers",
    "wharfinger_workerheartbeat",
)
"""Tables of which a backup holds no rows: who is signed in, triggers of work whose truth is in other rows."""

_PIECE = 256 * 1024
_BY_ENVIRONMENT = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT", "options": "PGOPTIONS", "passfile": "PGPASSFILE", "service": "PGSERVICE",
    "channel_binding": "PGCHANNELBINDING", "target_session_attrs": "PGTARGETSESSIONATTRS",
}  # fmt: skip
_SECRET = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "WHARFINGER_SECRET_KEY", "WHARFINGER_ENCRYPTION_KEY",
    "WHARFINGER_SMTP_PASSWORD", "WHARFINGER_METRICS_TOKEN", "WHARFINGER_BACKUP_KEY", "WHARFINGER_BACKUP_S3_SECRET",
)  # fmt: skip


class DatabaseProgramFailed(Exception):
    """pg_dump or pg_restore could not do it; the message is a sentence with PostgreSQL's own words."""


@contextmanager
def said_in_a_sentence() -> Iterator[None]:
    """What PostgreSQL refuses (no room, no right, no answer) as DatabaseProgramFailed."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseProgramFailed(
            f"PostgreSQL does not allow it ({str(error).strip()}): let the user of DATABASE_URL create databases."
        ) from error
    except psycopg.Error as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise DatabaseProgramFailed(f"PostgreSQL could not do it: {said[-1]}") from error


def database_name(url: str) -> str:
    return str(conninfo.conninfo_to_dict(url)["dbname"])


def url_of(url: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    if parts.scheme and parts.path.strip("/"):
        return urlunsplit(parts._replace(path=f"/{quote(database)}"))
    return conninfo.make_conninfo(url, dbname=database)


def dump(url: str, snapshot: str, take: Callable[[bytes], None]) -> None:
    """The database as it was at the snapshot, in pg_dump's custom form, given in pieces."""
    command = [
        program("pg_dump", url), "--format=custom", "--compress=gzip:3", "--no-owner", "--no-privileges",
        "--no-password", f"--snapshot={snapshot}", *(f"--exclude-table-data={table}" for table in NOT_KEPT),
        f"--dbname={database_name(url)}",
    ]  # fmt: skip
    with _running(command, url, stdout=subprocess.PIPE) as (process, complaints):
        assert process.stdout is not None
        while piece := process.stdout.read(_PIECE):
            take(piece)
        if process.wait() != 0:
            raise DatabaseProgramFailed(f"PostgreSQL could not write the backup: {_last_words(complaints)}")


def restore(url: str, database: str, pieces: Iterable[bytes]) -> None:
    """Read such a dump into an empty database of the same server."""
    command = [
        program("pg_restore", url), "--format=custom", "--no-owner", "--no-privileges", "--no-password",
        "--exit-on-error", f"--dbname={database}",
    ]  # fmt: skip
    with _running(command, url, stdin=subprocess.PIPE) as (process, complaints):
        assert process.stdin is not None
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:
            process.wait()
        if process.wait() != 0:
            raise DatabaseProgramFailed(f"PostgreSQL could not read the backup in: {_last_words(complaints)}")


@contextmanager
def _running(command: list[str], url: str, **pipes: Any) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, env=environment_of(url), stderr=complaints, cwd="/", **pipes)
        try:
            yield process, complaints
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


def environment_of(url: str) -> dict[str, str]:
    """Of the child: who and where from the address, and none of our own secrets."""
    known = {key: str(value) for key, value in conninfo.conninfo_to_dict(url).items() if value is not None}
    changes: dict[str, str | None] = dict.fromkeys(_SECRET)
    changes |= {name: known.get(key) for key, name in _BY_ENVIRONMENT.items()}
    return child_environment({**changes, "LC_ALL": "C", "PGAPPNAME": "wharfinger backup"})


def program(name: str, url: str) -> str:
    """The wheel's, or the machine's own where the server is newer than the wheel."""
    found = str(wheel_binaries() / name)
    with psycopg.connect(url, connect_timeout=10) as connection:
        server = connection.info.server_version // 10000
    if server <= _version(found):
        return found
    other = shutil.which(name)
    if other is not None and _version(other) >= server:
        return other
    raise DatabaseProgramFailed(
        f"The database is PostgreSQL {server}, and {name} here is of version {_version(found)}: install the programs "
        f"of PostgreSQL {server} (postgresql-client-{server}) on this machine."
    )


def _version(path: str) -> int:
    answered = subprocess.run([path, "--version"], check=False, capture_output=True, text=True).stdout.split()
    return next((int(word.split(".")[0]) for word in answered if word[:1].isdigit()), 0)


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    errors = [line for line in lines if "error:" in line or "ERROR" in line or "FATAL" in line]
    return (errors or lines or ["it did not say why"])[-1]


@contextmanager
def connected(url: str, database: str) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(url_of(url, database), connect_timeout=10, autocommit=True) as connection:
        yield connection


@contextmanager
def scratch_database(url: str, name: str) -> Iterator[None]:
    """An empty database beside ours, taken away at the end unless it was renamed meanwhile."""
    own = database_name(url)
    with connected(url, own) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield
    finally:
        drop_database(url, name)


def drop_database(url: str, name: str) -> None:
    with suppress(psycopg.OperationalError), _beside(url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _beside(url: str) -> Iterator["psycopg.Connection[Any]"]:
    """Connected to the server, but not to our database, which is to be renamed or dropped."""
    last: psycopg.OperationalError | None = None
    for name in ("postgres", "template1"):
        try:
            with connected(url, name) as connection:
                yield connection
                return
        except psycopg.OperationalError as error:
            last = error
    assert last is not None
    raise last


def must_be_unused(url: str) -> None:
    """DatabaseProgramFailed while pages, workers or anybody else are connected to our database."""
    with _beside(url) as connection:
        _refuse_connections(connection, database_name(url))


def _refuse_connections(connection: "psycopg.Connection[Any]", own: str) -> None:
    row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [own]).fetchone()
    if row and row[0]:
        raise DatabaseProgramFailed(
            f"The database is in use ({row[0]} connections): stop the pages and every worker, then restore again."
        )


def switch_databases(url: str, restored: str, kept_as: str) -> None:
    """The restored database takes ours' name, and ours is kept under another: both in one transaction.

    Raises DatabaseProgramFailed while anybody is connected to ours.
    """
    own = database_name(url)
    with _beside(url) as connection:
        _refuse_connections(connection, own)
        with connection.transaction():
            for before, after in ((own, kept_as), (restored, own)):
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(sql.Identifier(before), sql.Identifier(after)))


def databases(url: str) -> Mapping[str, int]:
    """Names of the server's databases that begin with ours', with their sizes."""
    own = database_name(url)
    statement = "SELECT datname, pg_database_size(oid) FROM pg_database WHERE starts_with(datname, %s)"
    with connected(url, own) as connection:
        return dict(connection.execute(statement, [own]).fetchall())


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
