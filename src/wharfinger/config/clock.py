"""The one clock. Trade time is what the shop lives by; machine time is what the computer waits by.

In a live system the two are the same. In a demo the simulator owns trade time and says in a small
file how it follows from machine time, so every process of the installation reads the same trade time.
"""

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings

from wharfinger.config.environment import Configuration
from wharfinger.config.errors import ConfigurationError

# The simulator refreshes `seen_machine` every second and takes up its anchors again within a minute;
# after that it goes on where it stopped, so our trade time stands still until it is back.
SIMULATOR_GONE_AFTER = 60.0
# With a clock that stands still no wait ends by itself: the waiter looks again after this long.
LOOK_AGAIN_SECONDS = 0.2


class Clock(Protocol):
    def now(self) -> datetime:
        """Trade time: aware UTC, never going back within a process."""

    def machine_now(self) -> datetime:
        """Machine time: for time-outs, heartbeats, sessions."""

    def to_machine_seconds(self, wait: timedelta) -> float:
        """How long the computer waits for a wait in trade time (the one place where that is worked out)."""


def machine_now() -> datetime:
    """For what is about this computer and not about trade: sessions, one-time links, locks."""
    return datetime.now(UTC)  # noqa: TID251 -- the one clock reads the computer's


class RealClock:
    def now(self) -> datetime:
        return machine_now()

    def machine_now(self) -> datetime:
        return machine_now()

    def to_machine_seconds(self, wait: timedelta) -> float:
        return max(wait.total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class Anchors:
    """trade = anchor_trade + (machine - anchor_machine) * rate, all in Unix seconds."""

    anchor_machine: float
    anchor_trade: float
    rate: float
    seen_machine: float

    def trade_at(self, machine: float) -> float:
        until = min(machine, self.seen_machine + SIMULATOR_GONE_AFTER)
        return self.anchor_trade + (until - self.anchor_machine) * self.rate


class FileClock:
    """Trade time by the clock file; read again only when the file changed."""

    def __init__(self, path: Path, machine: Callable[[], float] = time.time) -> None:
        self._path = path
        self._machine = machine
        self._lock = threading.Lock()
        self._version: tuple[int, int] | None = None
        self._anchors: Anchors | None = None
        self._latest = -math.inf

    def now(self) -> datetime:
        with self._lock:
            trade = self._fresh_anchors().trade_at(self._machine())
            self._latest = max(self._latest, trade)
            return datetime.fromtimestamp(self._latest, UTC)

    def machine_now(self) -> datetime:
        return datetime.fromtimestamp(self._machine(), UTC)

    def to_machine_seconds(self, wait: timedelta) -> float:
        with self._lock:
            rate = self._fresh_anchors().rate
        if rate <= 0:
            return LOOK_AGAIN_SECONDS
        return max(wait.total_seconds(), 0.0) / rate

    def _fresh_anchors(self) -> Anchors:
        try:
            stat = self._path.stat()
            version = (stat.st_mtime_ns, stat.st_ino)
            if self._anchors is None or version != self._version:
                self._anchors, self._version = _parse_anchors(self._path.read_bytes()), version
        except (OSError, ValueError, KeyError, TypeError) as error:
            if self._anchors is None:
                raise ConfigurationError(
                    f"WHARFINGER_CLOCK names {self._path}, which holds no trade time: "
                    "start the simulator with --clock-file and the same path first."
                ) from error
        return self._anchors


def _parse_anchors(text: bytes) -> Anchors:
    values = json.loads(text)
    return Anchors(
        anchor_machine=float(values["anchor_machine"]),
        anchor_trade=float(values["anchor_trade"]),
        rate=float(values["rate"]),
        seen_machine=float(values["seen_machine"]),
    )


class SteppedClock:
    """For tests: stands still until a test moves it. Waits end at once and move it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def machine_now(self) -> datetime:
        return machine_now()

    def to_machine_seconds(self, wait: timedelta) -> float:
        return 0.0

    def advance(self, step: timedelta) -> datetime:
        if step < timedelta(0):
            raise ValueError("Trade time never goes back.")
        self._now += step
        return self._now


def make_clock(configuration: Configuration) -> Clock:
    path = configuration.clock_file
    return RealClock() if path is None else FileClock(path)


def current() -> Clock:
    """The clock of this process, as the settings name it."""
    clock: Clock = settings.CLOCK
    return clock
