"""One parent and its children: database, simulator, web, workers.

The parent starts them in order, waits until each is ready, starts one that dies again (later and
later when it keeps dying), and stops all in the opposite order. Nobody is left behind: children are
on a leash and end when the parent is killed.
"""

import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.home import publish_database, withdraw_database
from wharfinger.cli.postgres import EmbeddedPostgres, on_leash
from wharfinger.cli.speech import Say, say_aside
from wharfinger.config.environment import child_environment

_LOOK_EVERY = 0.1
_FIRST_BACK_OFF = 0.2
_LONGEST_BACK_OFF = 30.0
_SETTLED_AFTER = 30.0  # a child that lived this long is well: its next death starts the back-off anew
_PROGRESS_EVERY = 5.0
_LARGEST_LOG = 20 * 1024 * 1024


class ChildFailed(CommandFailed):
    """A child ended before it was ready, or a step of the start failed; the message has its last words."""


def always_ready() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool] = always_ready
    end_signal: signal.Signals = signal.SIGTERM  # asks it to end in its own time
    orphan_signal: signal.Signals = signal.SIGKILL  # what it gets when the parent is killed
    show: bool = False  # its answers go to our standard output, not to its log
    grace: float = 20.0  # seconds it may take to end before it is killed


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0
    start_again_at: float | None = None
    killed_by_us: bool = False


@dataclass(slots=True)
class Household:
    """`environment` is what children get on top of ours; None takes a variable away."""

    home: Path
    environment: Mapping[str, str | None]
    database: EmbeddedPostgres | None = None
    say: Say = say_aside
    interrupted: threading.Event = field(default_factory=threading.Event)  # a start under way is given up
    restarts: int = field(default=0, init=False)
    _running: dict[str, _Running] = field(default_factory=dict, init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False)
    _ending: threading.Event = field(default_factory=threading.Event, init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _watcher: threading.Thread | None = field(default=None, init=False)

    def start_database(self) -> None:
        if self.database is None:
            return
        url = self.database.start()
        self.environment = {**self.environment, "DATABASE_URL": url}
        publish_database(self.home, url)

    def run_once(self, name: str, command: tuple[str, ...], *, show: bool = False) -> None:
        """A step of the start that ends by itself (migrations, seed)."""
        process = self._spawn(name, command, signal.SIGKILL, show=show)
        self._await(lambda: process.poll() is not None, name)
        if process.returncode != 0:
            raise ChildFailed(f"“{name}” ended with {process.returncode}: {self._last_words(name)}")

    def start(self, child: Child) -> None:
        """Start a child and wait until it is ready; one that ends before that fails the start."""
        process = self._spawn(child.name, child.command, child.orphan_signal, show=child.show)
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
        """Look after the children from now on, in a thread that stays until all have ended.

        It stays because the leash ends children when the *thread* that started them does.
        """
        self._watcher = threading.Thread(target=self._look_after, name="household", daemon=True)
        self._watcher.start()

    def names(self, prefix: str = "") -> tuple[str, ...]:
        with self._lock:
            return tuple(name for name in self._running if name.startswith(prefix))

    def pid(self, name: str) -> int | None:
        """The process's number, or None while it is down."""
        with self._lock:
            running = self._running[name]
            return running.process.pid if running.process.poll() is None else None

    def kill(self, name: str) -> int | None:
        """SIGKILL, as a crash would; it is started again at once. Answers the pid killed."""
        with self._lock:
            running = self._running[name]
            if running.process.poll() is not None:
                return None
            running.killed_by_us = True
            running.process.kill()
            return running.process.pid

    def kill_one(self, prefix: str, choose: random.Random) -> str | None:
        """Kill one child at random among those whose name begins so; answers its name."""
        alive = [name for name in self.names(prefix) if self.pid(name) is not None]
        if not alive:
            return None
        name = choose.choice(alive)
        self.kill(name)
        return name

    def stop(self) -> None:
        """Children last started first, the database last. May be called twice."""
        self._ending.set()
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
        self._ended.set()

    def _bury(self, running: _Running) -> None:
        try:
            running.process.wait(running.child.grace)
        except subprocess.TimeoutExpired:
            self.say(f"“{running.child.name}” did not end in {running.child.grace:.0f} s and is killed.")
            running.process.kill()
            running.process.wait()

    def _look_after(self) -> None:
        while not self._ending.wait(_LOOK_EVERY):
            with self._lock:
                self._look_after_database()
                for running in list(self._running.values()):
                    self._look_after_one(running)
        self._ended.wait()

    def _look_after_database(self) -> None:
        if self.database is not None and not self.database.is_running() and not self._ending.is_set():
            self.say("The database ended; it is started again.")
            self.restarts += 1
            self.database.start()

    def _look_after_one(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process.poll() is None or self._ending.is_set():
            return
        if running.start_again_at is None:
            running.start_again_at = now + self._back_off(running, now)
        if now >= running.start_again_at:
            self._start_again(running)

    def _back_off(self, running: _Running, now: float) -> float:
        name, code = running.child.name, running.process.returncode
        if running.killed_by_us:
            self.say(f"“{name}” was killed; it is started again.")
            return 0.0
        if now - running.started_at > _SETTLED_AFTER:
            running.deaths = 0
        wait = min(_FIRST_BACK_OFF * 2.0**running.deaths, _LONGEST_BACK_OFF)
        running.deaths += 1
        self.say(f"“{name}” ended with {code}; it is started again in {wait:.1f} s. See {self.log(name)}.")
        return wait

    def _start_again(self, running: _Running) -> None:
        child = running.child
        running.process = self._spawn(child.name, child.command, child.orphan_signal, show=child.show)
        running.started_at, running.start_again_at = time.monotonic(), None
        running.killed_by_us = False
        self.restarts += 1

    def log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def _spawn(
        self, name: str, command: tuple[str, ...], orphan_signal: signal.Signals, *, show: bool = False
    ) -> subprocess.Popen[bytes]:
        path = self.log(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            return subprocess.Popen(
                on_leash(list(command), orphan_signal),
                stdin=subprocess.DEVNULL,
                stdout=None if show else log,
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
                self.say(f"Waiting for “{name}”: {waited:.0f} s …")
                next_line = waited + _PROGRESS_EVERY

    def _last_words(self, name: str) -> str:
        lines = self.log(name).read_text(errors="replace").strip().splitlines()
        return "\n".join(lines[-12:]) or "it said nothing"
