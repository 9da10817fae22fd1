"""What a worker does by the clock, beside its jobs: the timetable, its heartbeat, the rescue.

The whole timetable is the `FlowSchedule` and `ChoreSchedule` rows (in trade time, each set by its own end); this
page only looks at them often enough and wakes what is due.
"""

import asyncio
import logging
import threading
from dataclasses import dataclass
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from procrastinate import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from wharfinger.operations import chores, flows, triggers
from wharfinger.worker.time import MachineClock

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
BEAT_EVERY = 1.0
RESCUE_EVERY = 2.0
DEAD_AFTER = 4.0
"""Seconds of machine time without a heartbeat after which a worker's jobs are given to others."""

WAKE_AGAIN_AFTER = timedelta(minutes=5)
"""Trade time: a flow that was woken and never ended (its worker died) is woken again after this."""


@dataclass
class Rounds:
    """The thread that looks at the timetable and says that this worker lives."""

    name: str
    clock: MachineClock

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go, name="rounds", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _go(self) -> None:
        since_beat = BEAT_EVERY
        while not self._stop.wait(LOOK_EVERY):
            since_beat += LOOK_EVERY
            try:
                now = self.clock.now()
                if since_beat >= BEAT_EVERY:
                    flows.beat(self.name, machine_now=self.clock.machine_now())
                    chores.wake_due_chores(triggers.CHORES, now=now, not_again_before=now + WAKE_AGAIN_AFTER)
                    since_beat = 0.0
                flows.wake_due_flows(now=now, not_again_before=now + WAKE_AGAIN_AFTER)
            except DatabaseError:
                log.warning("The timetable could not be read; looking again.", exc_info=True)
                close_old_connections()
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        try:
            flows.forget_worker(self.name)
        except DatabaseError:
            log.warning("The worker's heartbeat row stays: the database is gone.")
        connections.close_all()


async def rescue_stalled(app: App) -> None:
    """For ever: give the jobs of dead workers back to the queue."""
    while True:
        await asyncio.sleep(RESCUE_EVERY)
        try:
            await _rescue_once(app)
        except ConnectorException:
            log.warning("Stalled work could not be looked for; looking again.", exc_info=True)


async def _rescue_once(app: App) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        try:
            await app.job_manager.retry_job(job)
            log.info("Rescued %s %s from a dead worker.", job.task_name, job.task_kwargs)
        except UniqueViolation:
            # The same work waits in the queue already; this copy only holds the lock.
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
