"""One parent and its children: database, simulator, web, workers.

The parent starts them in order, waits until each is ready, starts one that dies again (later and
later when it keeps dying), and stops all in the opposite order. Nobody is left behind: children
end when the parent is killed (parent_death). The database has a watcher of its own, so that its
start, which takes what recovery takes, holds up neither the children nor a stop. What cannot be put
right ends the parent with a code, so that whoever started it can start it again.
"""

import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from wharfinger.cli.console import Console, print_aside
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.home import publish_database, withdraw_database
from wharfinger.cli.postgres.embedded import EmbeddedPostgres, tied_to_parent
from wharfinger.cli.supervisor.log_files import LogSizes, keep_logs_small
from wharfinger.cli.supervisor.process_faults import ProcessFaults
from wharfinger.config.environment import child_environment

_LOOK_EVERY = 0.1
_FIRST_BACK_OFF = 0.2
_LONGEST_BACK_OFF = 5.0  # work goes on within ten seconds of a fault's end
_DATABASE_BACK_OFF = 2.0  # its own recovery and the workers' look come on top
_DATABASE_TRIES = 150  # about five minutes; then the parent ends
_WELL_AFTER = 5.0  # a child that has lived this long again is no longer reported as a fault
_SETTLED_AFTER = 30.0  # a child that lived this long is well: its next death starts the back-off anew
_PROGRESS_EVERY = 5.0
_LOGS_EVERY = 5.0


class ChildFailed(CommandFailed):
    """A child ended before it was ready, or a step of the start failed; the message has its last words."""


class ParentEnded(CommandFailed):
    """The parent could not put something right; the message says what."""

    def __init__(self, why: "GaveUp") -> None:
        super().__init__(why.reason)
        self.exit_code = why.exit_code


def always_ready() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ManagedProcess:
    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool] = always_ready
    end_signal: signal.Signals = signal.SIGTERM  # asks it to end in its own time
    orphan_signal: signal.Signals = signal.SIGKILL  # what it gets when the parent is killed
    show: bool = False  # its answers go to our standard output, not to its log
    grace: float = 20.0  # seconds it may take to end before it is killed
    own_log: bool = True  # False: its errors go to our standard error
    final_codes: tuple[int, ...] = ()  # ends that no new start would change: the parent ends with the same code


@dataclass(slots=True)
class _Running:
    child: ManagedProcess
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0
    start_again_at: float | None = None
    killed_by_us: bool = False

    def postpone(self, now: float) -> float:
        """Returns how long it waits for its next start, in seconds: longer each time, until it has settled."""
        if now - self.started_at > _SETTLED_AFTER:
            self.deaths = 0
        wait = min(_FIRST_BACK_OFF * 2.0**self.deaths, _LONGEST_BACK_OFF)
        self.deaths = min(self.deaths + 1, 20)
        self.start_again_at = now + wait
        return wait


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Why the parent ends although nobody ended it; an empty reason was printed already."""

    reason: str
    exit_code: int = CommandFailed.exit_code


@dataclass(slots=True)
class Supervisor:
    """`environment` is what children get on top of ours; None takes a variable away."""

    home: Path
    environment: Mapping[str, str | None]
    database: EmbeddedPostgres | None = None
    console: Console = print_aside
    interrupted: threading.Event = field(default_factory=threading.Event)  # a start under way is given up
    database_tries: int = _DATABASE_TRIES
    log_sizes: LogSizes = field(default_factory=LogSizes)
    restarts: int = field(default=0, init=False)
    gave_up: GaveUp | None = field(default=None, init=False)
    faults: ProcessFaults = field(init=False)
    _running: dict[str, _Running] = field(default_factory=dict, init=False)
    _look_at_logs_at: float = field(default=0.0, init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False)
    _ending: threading.Event = field(default_factory=threading.Event, init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        self.faults = ProcessFaults(self.home)

    def start_database(self) -> None:
        if self.database is None:
            return
        url = self.database.start()
        self.environment = {**self.environment, "DATABASE_URL": url}
        publish_database(self.home, url)

    def run_once(self, name: str, command: tuple[str, ...], *, show: bool = False) -> None:
        """A step of the start that ends by itself (migrations, seed)."""
        process = self._spawn(ManagedProcess(name, command, show=show))
        self._await(lambda: process.poll() is not None, name)
        if process.returncode != 0:
            raise ChildFailed(f"“{name}” ended with {process.returncode}: {self._last_words(name)}")

    def start(self, child: ManagedProcess) -> None:
        """Start a child and wait until it is ready; one that ends before that fails the start."""
        process = self._spawn(child)
        with self._lock:
            self._running[child.name] = _Running(child, process, time.monotonic())
        self._await(lambda: process.poll() is not None or child.is_ready(), child.name)
        if process.poll() is not None:
            with self._lock:
                del self._running[child.name]
            raise ChildFailed(
                f"“{child.name}” ended with {process.returncode} at its start: {self._last_words(child.name)}"
            )

    def watch(self) -> None:
        """Look after the database and the children from now on, in threads that stay until all have ended.

        They stay because parent_death ends children when the *thread* that started them does.
        """
        looks = {"supervisor": self._look_after_children}
        if self.database is not None:
            looks["database"] = self._look_after_database
        for name, look in looks.items():
            threading.Thread(target=self._keep_looking, args=(name, look), name=name, daemon=True).start()

    def wait_for_the_end(self) -> None:
        """Wait until somebody tells us to end; CommandFailed when it was we who gave up. Stops everything."""
        try:
            self.interrupted.wait()
            self.console("Stopping …")
        finally:
            self.stop()
        if self.gave_up is not None:
            raise ParentEnded(self.gave_up)

    def names(self, prefix: str = "") -> tuple[str, ...]:
        with self._lock:
            return tuple(name for name in self._running if name.startswith(prefix))

    def pid(self, name: str) -> int | None:
        """The process's number, or None while it is down."""
        with self._lock:
            running = self._running.get(name)
            return running.process.pid if running and running.process.poll() is None else None

    def kill(self, name: str) -> int | None:
        """SIGKILL, as a crash would; it is started again at once. Returns the pid killed."""
        with self._lock:
            running = self._running.get(name)  # gone once everything is being stopped
            if running is None or running.process.poll() is not None:
                return None
            running.killed_by_us = True
            running.process.kill()
            return running.process.pid

    def all_ready(self, prefix: str, is_ready: Callable[[int], bool]) -> bool:
        """Whether every child whose name begins so runs, and its pid is ready."""
        pids = [self.pid(name) for name in self.names(prefix)]
        return all(pid is not None and is_ready(pid) for pid in pids)

    def kill_one(
        self, prefix: str, choose: random.Random, *, is_ready: Callable[[int], bool] = lambda pid: True
    ) -> str | None:
        """Kill one child at random among those whose name begins so and whose pid is ready; returns its name."""
        pids = {name: self.pid(name) for name in self.names(prefix)}
        alive = [name for name, pid in pids.items() if pid is not None and is_ready(pid)]
        if not alive:
            return None
        name = choose.choice(alive)
        self.kill(name)
        return name

    def stop(self) -> None:
        """Children last started first, the database last. May be called twice."""
        self._ending.set()
        self.interrupted.set()  # a database that is just being started is given up
        with self._lock:
            leaving = list(reversed(self._running.values()))
            self._running.clear()
        for running in leaving:
            if running.process.poll() is None:
                running.process.send_signal(running.child.end_signal)
            self._bury(running)
        if self.database is not None:
            self.database.stop()
            withdraw_database(self.home)
        self.faults.withdraw()
        self._ended.set()

    def _bury(self, running: _Running) -> None:
        try:
            running.process.wait(running.child.grace)
        except subprocess.TimeoutExpired:
            self.console(f"“{running.child.name}” did not end in {running.child.grace:.0f} s and is killed.")
            running.process.kill()
            running.process.wait()

    def _keep_looking(self, name: str, look: Callable[[], None]) -> None:
        """A watcher's thread: it outlasts what goes wrong in a look, and never ends while the parent seems well."""
        try:
            while not self._ending.wait(_LOOK_EVERY):
                try:
                    look()
                except Exception as error:  # noqa: BLE001 -- nobody else would look after anything
                    self.console(f"Looking after “{name}” failed: {type(error).__name__}: {error}")
                    self._ending.wait(_LONGEST_BACK_OFF)
        finally:
            if not self._ending.is_set():
                self._give_up(GaveUp(f"The thread that looks after “{name}” ended."))
            self._ended.wait()

    def _give_up(self, why: GaveUp) -> None:
        self.gave_up = self.gave_up or why
        self.interrupted.set()

    def _look_after_database(self) -> None:
        if self.database is None or self.database.is_running():
            return
        self.console("The database ended; it is started again.")
        for failed in range(1, self.database_tries + 1):
            try:
                self.database.start()
            except Exception as error:  # noqa: BLE001 -- whatever it is, the next try may do
                if self._ending.is_set() or self.interrupted.is_set():
                    return
                self._tell_database_fault(failed, error)
                self._ending.wait(min(_FIRST_BACK_OFF * 2.0 ** min(failed, 10), _DATABASE_BACK_OFF))
            else:
                self.restarts += 1
                self.faults.clear("database")
                return
        self._give_up(GaveUp(f"The database could not be started in {self.database_tries} tries: see above."))
        self._ending.wait()

    def _tell_database_fault(self, failed: int, error: Exception) -> None:
        text = f"The database could not be started again, {failed} of {self.database_tries} tries: {error}"
        self.faults.note("database", text)
        self.console(text)

    def _look_after_children(self) -> None:
        now = time.monotonic()
        if now >= self._look_at_logs_at:
            self._look_at_logs_at = now + _LOGS_EVERY
            keep_logs_small(self.home / "logs", self.log_sizes)
        with self._lock:
            for running in list(self._running.values()):
                self._look_after_one(running)

    def _look_after_one(self, running: _Running) -> None:
        now = time.monotonic()
        if self._ending.is_set():
            return
        if running.process.poll() is None:
            if now - running.started_at > _WELL_AFTER:
                self.faults.clear(running.child.name)
            return
        if running.start_again_at is None:
            self._note_death(running, now)
        if running.start_again_at is not None and now >= running.start_again_at:
            self._start_again(running, now)

    def _note_death(self, running: _Running, now: float) -> None:
        name, code = running.child.name, running.process.returncode
        if running.killed_by_us:
            running.start_again_at = now
            self.console(f"“{name}” was killed; it is started again.")
        elif code in running.child.final_codes:
            self._give_up(GaveUp("", code))
        else:
            wait = running.postpone(now)
            where = f" See {self.log(name)}." if running.child.own_log else ""
            text = f"“{name}” ended with {code}; it is started again in {wait:.1f} s.{where}"
            self.faults.note(name, text)
            self.console(text)

    def _start_again(self, running: _Running, now: float) -> None:
        try:
            running.process = self._spawn(running.child)
        except OSError as error:  # no room, no memory, no process left: the next try may do
            wait = running.postpone(now)
            text = f"“{running.child.name}” cannot be started ({error.strerror}); tried again in {wait:.1f} s."
            self.faults.note(running.child.name, text)
            self.console(text)
            return
        running.started_at, running.start_again_at = time.monotonic(), None
        running.killed_by_us = False
        self.restarts += 1

    def log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def _spawn(self, child: ManagedProcess) -> subprocess.Popen[bytes]:
        path = self.log(child.name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("ab") if child.own_log else nullcontext() as log:
            return subprocess.Popen(
                tied_to_parent(list(child.command), child.orphan_signal),
                stdin=subprocess.DEVNULL,
                stdout=None if child.show else log,
                stderr=log,
                env=child_environment(self.environment),
                start_new_session=True,  # Ctrl-C reaches the parent only, which ends the children in order
            )

    def _await(self, is_over: Callable[[], bool], name: str) -> None:
        started = time.monotonic()
        next_line = _PROGRESS_EVERY
        while not is_over():
            if self.interrupted.wait(0.05):
                raise ChildFailed(f"The start was ended while waiting for “{name}”.")
            waited = time.monotonic() - started
            if waited >= next_line:
                self.console(f"Waiting for “{name}”: {waited:.0f} s …")
                next_line = waited + _PROGRESS_EVERY

    def _last_words(self, name: str) -> str:
        log = self.log(name)
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        return "\n".join(lines[-12:]) or "it printed nothing"
