"""Trade time and machine time as the worker's rooms below take them."""

import threading
import time
from datetime import datetime, timedelta
from typing import Protocol


class MachineClock(Protocol):
    """The one clock that config names."""

    def now(self) -> datetime: ...

    def machine_now(self) -> datetime: ...

    def to_machine_seconds(self, wait: timedelta) -> float: ...


class Pace:
    """Waits before each call so that there are no more in a second, in machine time; shared by all threads."""

    def __init__(self, calls_a_second: float) -> None:
        self._every = 1 / calls_a_second
        self._lock = threading.Lock()
        self._next = 0.0

    def __call__(self) -> None:
        with self._lock:
            now = time.monotonic()
            wait, self._next = self._next - now, max(self._next, now) + self._every
        if wait > 0:
            time.sleep(wait)  # noqa: TID251 -- the worker is the room that may wait


class WorkerClock:
    """Trade time for the flows, with the one wait that they may ask for."""

    def __init__(self, clock: MachineClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def machine_now(self) -> datetime:
        return self._clock.machine_now()

    def pause(self, trade_seconds: float) -> None:
        """Wait some seconds of trade time: only between pages whose token dies in 30 seconds."""
        time.sleep(  # noqa: TID251 -- the worker is the room that may wait
            self._clock.to_machine_seconds(timedelta(seconds=trade_seconds))
        )
