"""Real processes on a home of their own, and what shows that they are at work."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

from wharfinger.cli.supervisor.processes import free_port

OUTER_LIMIT = 240.0
"""Seconds that anything may take on a busy machine before a test gives up."""


def clean_environment(**changes):
    inherited = os.environ.items()  # noqa: TID251 -- a process of its own gets what this one was given
    kept = {name: value for name, value in inherited if not name.startswith("WHARFINGER_")}
    kept.pop("DATABASE_URL", None)
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, **changes}


def until(is_so, what, seconds=OUTER_LIMIT):
    """Returns how long it took, in seconds."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)  # noqa: TID251 -- other processes are at work
    return time.monotonic() - began


class Installation:
    """`wharfinger serve` (or another command) on a home under /tmp: the database's user has to pass through."""

    def __init__(self, home):
        self.home = home
        self.environment = clean_environment(WHARFINGER_HOME=str(home), PYTHONUNBUFFERED="1")
        self.said = home.with_name(home.name + ".said")

    def start(self, *words, environment=None):
        with self.said.open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "wharfinger.cli.main", *words],
                env={**self.environment, **(environment or {})},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def printed(self):
        return self.said.read_text(errors="replace")

    def ask(self, sql, *values):
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    @property
    def url(self):
        return (self.home / "database.url").read_text().strip()

    def make_due(self):
        """A periodic task that needs no Amazon: woken, put into the queue, taken, run and settled by the workers."""
        self.ask("UPDATE wharfinger_periodictaskschedule SET due_at = now(), finished_at = NULL WHERE task = 'remind'")

    def is_done(self):
        """Whether what was made due, or anything at the start, was done."""
        try:
            return bool(
                self.ask(
                    "SELECT 1 FROM wharfinger_periodictaskschedule WHERE task = 'remind' AND finished_at IS NOT NULL"
                )
            )
        except (psycopg.Error, OSError):
            return False

    def goes_on(self, what):
        """Seconds until work that is due now is done."""
        self.make_due()
        return until(self.is_done, f"work goes on after: {what}")

    def doctor(self):
        """(title, detail) of the lines that are not well."""
        looked = subprocess.run(
            [sys.executable, "-m", "wharfinger.cli.main", "doctor", "--offline", "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=OUTER_LIMIT,
            check=False,
        )
        assert looked.stdout, looked.stderr
        return [(row["title"], row["told"]) for row in json.loads(looked.stdout) if row["verdict"] == "wrong"]


@contextmanager
def a_home():
    folder = Path(tempfile.mkdtemp(prefix="wharfinger-faults-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield Installation(folder / "home")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(installation, *words, environment=None):
    """A command that runs until the block ends; then it gets a signal, and must end."""
    process = installation.start(*words, environment=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(OUTER_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@contextmanager
def serving(installation, workers=2):
    listen = f"127.0.0.1:{free_port(0)}"
    with running(installation, "serve", "--workers", str(workers), environment={"WHARFINGER_LISTEN": listen}) as parent:
        is_up = installation.is_done if workers else lambda: "is at http" in installation.printed()
        until(lambda: is_up() or parent.poll() is not None, "serve is at work")
        assert parent.poll() is None, installation.printed()
        yield parent
