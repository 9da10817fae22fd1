"""What a worker does by the clock, beside its jobs: the timetable and its heartbeat.

The whole timetable is the `FlowSchedule` and `PeriodicTaskSchedule` rows (in trade time, each set by its own end); this
page only looks at them often enough and wakes what is due.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connections

from wharfinger.db.models import WorkerHeartbeat
from wharfinger.operations import triggers
from wharfinger.operations.installation import flows, periodic_tasks
from wharfinger.worker.faults import first_line
from wharfinger.worker.time import MachineClock

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
BEAT_EVERY = 1.0

WAKE_AGAIN_AFTER = timedelta(minutes=5)
"""Trade time: a flow that was woken and never ended (its worker died) is woken again after this."""

LEFT_BEHIND_AFTER = timedelta(seconds=10)


def is_running(process: str) -> bool:
    """Whether a process of this number runs on this computer."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


@dataclass
class Scheduler:
    """The thread that looks at the timetable and says that this worker lives, and what it cannot do.

    Nothing that a database does ends it: a job that cannot be put into the queue is Procrastinate's error, a lost
    connection psycopg's or Django's. `every`: how long after a flow's end its next run is due.
    """

    name: str
    clock: MachineClock
    every: Mapping[str, timedelta] = field(default_factory=dict)
    version: str = ""

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go, name="scheduler", daemon=True)
        self._fault = ""
        self._faulty_since: datetime | None = None
        self._since_beat = BEAT_EVERY

    def start(self) -> None:
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _go(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            self._since_beat += LOOK_EVERY
            beats = self._since_beat >= BEAT_EVERY
            steps = (self._beat, self._forget_dead, self._bring_forward, self._wake_tasks) if beats else ()
            faults = [self._try(step) for step in steps]
            faults.append(self._try(self._wake_flows))
            self._note(next(filter(None, faults), ""))
        self._say_goodbye()

    def _try(self, step: Callable[[], None]) -> str:
        """Do it; returns what went wrong, in a line. One step's fault keeps none of the others from being done."""
        try:
            step()
        except Exception as error:  # without this thread nothing is ever due again
            log.warning("The timetable could not be kept; trying again.", exc_info=True)
            connections.close_all()
            return first_line(error)
        return ""

    def _note(self, fault: str) -> None:
        if fault and not self._fault:
            self._faulty_since = self.clock.machine_now()
        self._fault = fault

    def _beat(self) -> None:
        flows.beat(
            self.name,
            machine_now=self.clock.machine_now(),
            version=self.version,
            fault=self._fault,
            faulty_since=self._faulty_since if self._fault else None,
        )
        self._since_beat = 0.0

    def _forget_dead(self) -> None:
        """Heartbeats that workers killed on this computer left behind: they are no silent workers."""
        host = self.name.rpartition(":")[0]
        silent_since = self.clock.machine_now() - LEFT_BEHIND_AFTER
        left = WorkerHeartbeat.objects.filter(name__startswith=f"{host}:", seen_at__lt=silent_since)
        for name in left.values_list("name", flat=True):
            if not is_running(name.rpartition(":")[2]):
                flows.forget_worker(name)

    def _bring_forward(self) -> None:
        triggers.bring_jobs_forward()

    def _wake_tasks(self) -> None:
        now = self.clock.now()
        periodic_tasks.wake_due_tasks(
            triggers.PERIODIC_TASKS, now=now, not_again_before=now + WAKE_AGAIN_AFTER, every=self.every
        )

    def _wake_flows(self) -> None:
        now = self.clock.now()
        flows.wake_due_flows(now=now, not_again_before=now + WAKE_AGAIN_AFTER, every=self.every)

    def _say_goodbye(self) -> None:
        try:
            flows.forget_worker(self.name)
        except Exception:  # noqa: BLE001 -- the process ends; a row that stays is taken away by others
            log.warning("The worker's heartbeat row stays: the database is gone.")
        connections.close_all()
