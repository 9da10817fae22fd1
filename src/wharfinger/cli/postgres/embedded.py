"""The embedded PostgreSQL: made, started, recovered and stopped here and nowhere else.

Peer authentication over a socket in a closed folder: no password exists, no port is open, and only
the user who started the installation gets in. The server runs in a session of its own, so that Ctrl-C
reaches the parent only, and is tied to its parent, so that it shuts down when the parent is killed.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg

from wharfinger.cli import parent_death
from wharfinger.cli.console import Console, print_aside
from wharfinger.cli.postgres.places import DatabaseNotStarted, Places, find_places, own_user_name
from wharfinger.config.environment import child_environment

_PORT = "5432"  # the name of the socket file; no TCP port is opened
_NAME = "wharfinger"
_FIRST_PROGRESS_AFTER = 3.0
_PROGRESS_EVERY = 5.0
_STOP_SECONDS = 60.0
_SETTLING_SECONDS = 60.0  # how long the remains of a killed server may hold its memory
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # small queries; a container's small /dev/shm would break big ones
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class EmbeddedPostgres:
    """One server for one home. `start` answers its URL; only the process that started it stops it."""

    def __init__(
        self,
        home: Path,
        console: Console = print_aside,
        *,
        forgetful: bool = False,
        interrupted: threading.Event | None = None,
    ) -> None:
        """`interrupted`: once it is set, a start under way is given up."""
        self._console = console
        self._forgetful = forgetful  # for tests: fast, and a crash may lose everything
        self._places: Places = find_places(home, console)
        self._process: subprocess.Popen[bytes] | None = None
        self._interrupted = interrupted or threading.Event()

    @property
    def url(self) -> str:
        return self._url_of(_NAME)

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> str:
        self._make_cluster()
        self._write_access_rules()
        self._places.make_socket_folder()
        give_up_at = time.monotonic() + _SETTLING_SECONDS
        while True:
            self.end_orphan()
            self._launch()
            trouble = self._await_ready()
            if trouble is None:
                break
            if not _is_settling(trouble) or time.monotonic() > give_up_at:
                raise DatabaseNotStarted(
                    f"The embedded database did not start; the end of {self._places.log} says: {trouble}"
                )
            self._pause(0.5)
        self._create_database()
        return self.url

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk.

        One that does not end in a minute is ended the hard way: it recovers at its next start, and a stop gets through.
        """
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        for end_signal, patience in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            process.send_signal(end_signal)
            if self._watch_end(process, patience):
                break
        self._places.remove_socket_folder()

    def _watch_end(self, process: subprocess.Popen[bytes], patience: float) -> bool:
        started = time.monotonic()
        while (waited := time.monotonic() - started) < patience:
            try:
                process.wait(_PROGRESS_EVERY)
            except subprocess.TimeoutExpired:
                self._console(f"Waiting for the database to write its data: {waited + _PROGRESS_EVERY:.0f} s …")
            else:
                return True
        return False

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        return is_ready(self._places)

    def _url_of(self, database: str) -> str:
        host = quote(str(self._places.sockets), safe="")
        return f"postgresql://{_NAME}@/{database}?host={host}&port={_PORT}"

    def _make_cluster(self) -> None:
        places = self._places
        if places.data.exists():
            return
        self._console("Creating the database (once).")
        for left_over in places.cluster.glob("making-*"):
            shutil.rmtree(left_over)
        draft = places.cluster / f"making-{os.getpid()}"
        made = places.runner.run(
            [
                places.binary("initdb"),
                f"--pgdata={draft}",
                f"--username={_NAME}",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--auth-local=peer",
                "--auth-host=reject",
                *(["--no-sync"] if self._forgetful else []),
            ]
        )
        if made.returncode != 0:
            raise DatabaseNotStarted(f"The embedded database could not be created: {made.stderr.strip()}")
        draft.rename(places.data)  # a half-made cluster never gets the name

    def _write_access_rules(self) -> None:
        rules = {
            "pg_hba.conf": "local all all peer map=house\n",
            "pg_ident.conf": f'house "{own_user_name()}" {_NAME}\n',
        }
        for name, text in rules.items():
            path = self._places.data / name
            if path.read_text() != text:
                path.write_text(text)

    def end_orphan(self) -> None:
        """We hold the home's lock, so a server that still runs here belongs to a dead parent."""
        lock_file = self._places.data / "postmaster.pid"
        try:
            pid = int(lock_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if not _is_alive(pid):
            return  # PostgreSQL recovers from this by itself
        if not self._is_own_server(pid):
            lock_file.unlink(missing_ok=True)  # the number belongs to another program now
            return
        self._console("A database left by a killed start is still there; it is shut down first.")
        os.kill(pid, signal.SIGINT)
        self._await(lambda: not self._is_own_server(pid), "Waiting for the old database to end")

    def _is_own_server(self, pid: int) -> bool:
        # A dead process that nobody collects (no init in the container) has a number but no command.
        return _is_alive(pid) and str(self._places.data) in _command_of(pid)

    def _launch(self) -> None:
        places = self._places
        settings = _SETTINGS | (_FORGETFUL if self._forgetful else {})
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        command = [places.binary("postgres"), "-D", str(places.data), "-k", str(places.sockets), "-p", _PORT]
        with places.log.open("ab") as log:
            self._log_starts_at = log.tell()
            self._process = subprocess.Popen(
                tied_to_parent([*command, *options], signal.SIGINT, places.runner.uid, places.runner.gid),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                env=child_environment({"LC_ALL": "C", "PGDATA": None}),
            )

    def _await_ready(self) -> str | None:
        """None when it answers, or the last words of a server that ended. Recovery takes what it takes."""
        process = self._process
        assert process is not None
        self._await(
            lambda: process.poll() is not None or is_ready(self._places),
            "Waiting for the database (after a crash it reads its log first)",
        )
        return None if process.poll() is None else self._last_words()

    def _await(self, is_over: Callable[[], bool], text: str) -> None:
        started = time.monotonic()
        next_line = _FIRST_PROGRESS_AFTER
        while not is_over():
            waited = time.monotonic() - started
            if waited >= next_line:
                self._console(f"{text}: {waited:.0f} s …")
                next_line = waited + _PROGRESS_EVERY
            self._pause(0.03 if waited < _FIRST_PROGRESS_AFTER else 0.25)

    def _pause(self, seconds: float) -> None:
        if self._interrupted.wait(seconds):
            raise DatabaseNotStarted("The start of the embedded database was stopped on request.")

    def _last_words(self) -> str:
        with self._places.log.open("rb") as log:
            log.seek(min(self._log_starts_at, log.seek(0, 2)))  # it may have been cut meanwhile
            lines = log.read().decode(errors="replace").strip().splitlines()
        return " / ".join(lines[-4:]) or "nothing"

    def _create_database(self) -> None:
        with psycopg.connect(self._url_of("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_NAME,)).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {_NAME} TEMPLATE template0")


def is_ready(places: Places) -> bool:
    """The server itself is tried: a pid alone says nothing after a crash."""
    result = subprocess.run(
        [places.binary("pg_isready"), "-q", "-h", str(places.sockets), "-p", _PORT, "-t", "3"],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return result.returncode == 0


def tied_to_parent(command: list[str], end_signal: int, uid: int | None = None, gid: int | None = None) -> list[str]:
    """The command that runs another tied to this process's life. Start it from a thread that stays."""
    who = ["-1", "-1"] if uid is None else [str(uid), str(gid)]
    tie = [sys.executable, "-I", "-S", parent_death.__file__, str(int(end_signal)), str(os.getpid()), *who]
    return [*tie, *command]


def _is_settling(last_words: str) -> bool:
    return "lock file" in last_words or "still in use" in last_words


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        result = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True)
        return result.stdout
