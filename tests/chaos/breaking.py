"""Each thing that breaks, done to real processes and to the simulator, and put right."""

import contextlib
import os
import random
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, assert_never

import httpx2
import psycopg
from tests.chaos.plan import Break, Event
from tests.chaos.small_disk import Ballast

from wharfinger.cli.console import print_line
from wharfinger.cli.demo.demo_once.run import Installation

GARBLED = ("html", "broken_json", "empty", "wrong_content_type")

Undo = Callable[[], None]


class Breaker:
    """`ballast` None: the installation has no disk of its own, and it is never full."""

    def __init__(self, installation: Installation, control: httpx2.Client, ballast: Ballast | None) -> None:
        self._supervisor, self._control, self._ballast = installation.supervisor, control, ballast
        self.revoked = False
        self.done = 0
        self.left_out = 0

    def do(self, event: Event) -> Undo | None:
        """How it is put right later; None: it is over at once, or there was nothing to break just now."""
        chance = random.Random(event.draw)
        try:
            undo = self._break(event, chance)
        except (ProcessLookupError, psycopg.Error, httpx2.HTTPError) as error:
            print_line(f"    {event.at:5.1f} s  {event.what}: left out ({type(error).__name__})")
            self.left_out += 1
            return None
        self.done += 1
        lasts = f" for {event.seconds:g} s" if event.seconds else ""
        print_line(f"    {event.at:5.1f} s  {event.what}{lasts}")
        return undo

    def _break(self, event: Event, chance: random.Random) -> Undo | None:
        match event.what:
            case Break.WORKER:
                self._supervisor.kill_one("worker-", chance)
            case Break.WEB:
                self._supervisor.kill("web")
            case Break.SIMULATOR:
                self._supervisor.kill("simulator")
            case Break.BACKEND:
                os.kill(self._a_backend(chance), signal.SIGKILL)
            case Break.POSTMASTER:
                database = self._supervisor.database
                if database is not None and database.pid is not None:
                    os.kill(database.pid, signal.SIGKILL)
            case Break.DISK:
                if self._ballast is not None:
                    self._ballast.fill()
                    return self._ballast.remove
            case Break.MEMORY:
                return self._starve(chance)
            case Break.CLOCK:
                self._tell("clock", {"advance": chance.choice((1800, 7200, 6 * 3600))})
            case Break.SLOW:
                return self._fault("slow", probability=0.5, seconds=chance.choice((0.5, 2.0)))
            case Break.GARBLED:
                return self._fault(chance.choice(GARBLED), probability=0.5)
            case Break.CUT:
                return self._fault(chance.choice(("cut_before", "cut_after")), probability=0.5)
            case Break.THROTTLED:
                return self._fault("throttle", probability=0.5)
            case Break.DOWN:
                return self._fault(chance.choice(("500", "503")), probability=0.7)
            case Break.REVOKED:
                accounts = self._control.get("accounts").raise_for_status().json()["accounts"]
                seller = next(row["sellerId"] for row in accounts if row["region"] == "EU")
                self._tell("authorisations/revoke", {"sellerId": seller})
                self.revoked = True
            case _:
                assert_never(event.what)
        return None

    def heal(self) -> None:
        """Whatever is still broken at Amazon."""
        self._tell("faults", {"clear": True})

    def _tell(self, what: str, body: dict[str, Any]) -> Any:
        return self._control.post(what, json=body).raise_for_status().json()

    def _fault(self, kind: str, **more: Any) -> Undo:
        number = self._tell("faults", {"kind": kind, "operation": "*", **more})["number"]

        def clear() -> None:
            with contextlib.suppress(httpx2.HTTPError):  # it may be down; `heal` comes again
                self._tell("faults", {"clear": True, "number": number})

        return clear

    def _a_backend(self, chance: random.Random) -> int:
        """One that belongs to a client: the database ends all others and recovers."""
        url = self._supervisor.environment["DATABASE_URL"]
        with psycopg.connect(str(url), autocommit=True) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
                "ORDER BY pid"
            ).fetchall()
        if not rows:
            raise ProcessLookupError
        return int(chance.choice(rows)[0])

    def _starve(self, chance: random.Random) -> Undo:
        name = chance.choice(self._supervisor.names("worker-"))
        pid = self._supervisor.pid(name)
        if pid is None:
            raise ProcessLookupError
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            raise ProcessLookupError from None
        used = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:")) * 1024
        # Not of the address space: the allocator has reserved far more of that than it uses.
        before = resource.prlimit(pid, resource.RLIMIT_DATA)
        resource.prlimit(pid, resource.RLIMIT_DATA, (used, before[1]))

        def feed() -> None:
            with contextlib.suppress(ProcessLookupError):  # it ended of it
                resource.prlimit(pid, resource.RLIMIT_DATA, before)

        return feed
