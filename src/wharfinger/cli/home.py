"""The home has one parent at a time: the process that holds its lock starts and stops the database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from filelock import FileLock, Timeout

from wharfinger.cli.console import Console, print_aside
from wharfinger.cli.failures import CommandFailed, HomeInUse
from wharfinger.cli.postgres.embedded import EmbeddedPostgres
from wharfinger.cli.postgres.places import make_home


class HomeLock:
    """Held by the operating system for as long as the process lives, so that no kill leaves it behind.

    The lock's file says who holds it. It stays in place, also without a holder.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._path = home / "lock"
        # Not by thread: what one thread took another may give back. And no marker file where the file system cannot
        # lock: that would outlive a kill.
        self._lock = FileLock(self._path, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False)

    def acquire(self, purpose: str) -> None:
        make_home(self._home)
        try:
            self._lock.acquire()
        except Timeout as error:
            holder = self._path.read_text().strip() or "another process"
            raise HomeInUse(
                f"“{holder}” already runs on {self._home}: stop it first, or give another WHARFINGER_HOME."
            ) from error
        self._path.write_text(f"wharfinger {purpose} (process {os.getpid()})\n")

    def release(self) -> None:
        if self._lock.is_locked:
            self._path.write_text("")
            self._lock.release()


@contextmanager
def locked_home(home: Path, purpose: str) -> Iterator[None]:
    lock = HomeLock(home)
    lock.acquire(purpose)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def embedded_database(
    home: Path, purpose: str, console: Console = print_aside, *, looks_only: bool = False
) -> Iterator[str]:
    """The home's database for a short command: the running one when a parent runs, else our own start.

    `looks_only`: a parent's database is had even while it does not answer.
    """
    lock = HomeLock(home)
    try:
        lock.acquire(purpose)
    except HomeInUse:
        url = published_database(home) if looks_only else running_database(home)
        if url is None:
            raise
        yield url
        return
    try:
        database = EmbeddedPostgres(home, console)
        try:
            yield database.start()
        finally:
            database.stop()
    finally:
        lock.release()


def publish_database(home: Path, url: str) -> None:
    """Tell the commands that come later where the running database is."""
    draft = home / f".database.url.{os.getpid()}"
    draft.write_text(url + "\n")
    draft.replace(home / "database.url")


def withdraw_database(home: Path) -> None:
    (home / "database.url").unlink(missing_ok=True)


def must_answer(url: str) -> None:
    """A database of the owner's own that does not answer stops a command before it begins."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise CommandFailed(
            f"The database that DATABASE_URL names does not answer ({reason}): look at the address and the server."
        ) from error


def published_database(home: Path) -> str | None:
    """Where the parent of this home says that its database is."""
    try:
        return (home / "database.url").read_text().strip()
    except FileNotFoundError:
        return None


def running_database(home: Path) -> str | None:
    """The same, when it answers."""
    url = published_database(home)
    try:
        if url is not None:
            psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return None
    return url
