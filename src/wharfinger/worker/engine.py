"""Procrastinate's worker, run so that no fault of the database ends it or leaves a job behind.

By itself it does not outlive one failed statement of its own: a fetch that fails ends it; a heartbeat or a listener
that fails ends quietly, and the process lives on with its jobs taken for dead; an end of a job that cannot be
written leaves the job `doing` with its lock, so that its flow never runs again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, NotificationCallback
from psycopg_pool import AsyncConnectionPool

from wharfinger.worker.runs import Wired
from wharfinger.worker.tasks import TASKS

log = logging.getLogger(__name__)

POLL_EVERY = 0.2
"""Seconds: LISTEN wakes only for inserts; 0.2 s costs 1.3 % of a core (measured)."""
RESCUE_EVERY = 0.5
"""Seconds, from a worker's first moment on: one that lives for a few seconds only rescues what the last one held."""
DEAD_AFTER = 4.0
"""Seconds of machine time without a heartbeat after which a worker's jobs are given to others."""
GRACE = 20.0
"""Seconds that jobs under way have when a signal ends the worker."""
_ANSWER_WITHIN = 5.0
"""Seconds. The pool's own patience (30 s for a connection, pauses up to minutes between attempts) outlasts the
ten seconds in which work goes on after a fault."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0


class SteadyJobs(JobManager):
    """The engine's own statements. `broken` is set by one whose failure ends the engine's worker."""

    def __init__(self, connector: PsycopgConnector) -> None:
        super().__init__(connector)
        self.broken = asyncio.Event()

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Never tried again by the same worker: a job that was taken, but whose answer was lost, would be `doing`
        under a worker that lives and does not know of it."""
        try:
            return await super().fetch_job(queues, worker_id)
        except Exception:
            self.broken.set()
            raise

    async def update_heartbeat(self, worker_id: int) -> None:
        try:
            await super().update_heartbeat(worker_id)
        except ConnectorException:
            log.warning("The job engine's heartbeat could not be written; writing again.", exc_info=True)

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        while True:
            try:
                await super().listen_for_jobs(on_notification=on_notification, queues=queues)
            except ConnectorException:
                log.warning("New jobs could not be listened for; listening again.", exc_info=True)
            await asyncio.sleep(1.0)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        finish = super().finish_job
        await _until_written(lambda: finish(job, status, delete_job))

    async def retry_job(self, job: Job, *args: Any, **kwargs: Any) -> None:
        retry = super().retry_job
        await _until_written(lambda: retry(job, *args, **kwargs))


async def _until_written(write: Callable[[], Awaitable[None]]) -> None:
    """Write what became of a job, however long the database takes to come back."""
    pause = _FIRST_PAUSE
    while True:
        try:
            await write()
        except UniqueViolation:
            raise
        except ConnectorException as error:
            if "was not found" in str(error.__cause__):  # written by the last attempt, whose answer was lost
                return
            log.warning("A job's end could not be written; writing again.", exc_info=True)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


@dataclass
class Engine:
    """Takes jobs until it is cancelled; jobs under way are ended first, for `GRACE` seconds."""

    name: str
    concurrency: int
    wired: Wired
    _ending: set["asyncio.Task[None]"] = field(default_factory=set, init=False)

    async def run(self) -> None:
        pause = _FIRST_PAUSE
        try:
            while True:
                began = asyncio.get_running_loop().time()
                try:
                    await self._work_until_broken()
                except Exception:  # whatever ended it, another one is started
                    log.warning("The job engine ended; it is started again.", exc_info=True)
                well = asyncio.get_running_loop().time() - began > _LONGEST_PAUSE
                pause = _FIRST_PAUSE if well else min(pause * 2, _LONGEST_PAUSE)
                await asyncio.sleep(pause)
        finally:
            if self._ending:
                await asyncio.wait(self._ending, timeout=GRACE)

    async def _work_until_broken(self) -> None:
        """One worker of the engine. Broken, it is left behind to end its jobs while the next one takes new ones."""
        await _try_connection()
        app, jobs = make_app()
        worker = asyncio.create_task(self._work(app), name="engine")
        broken = asyncio.create_task(jobs.broken.wait())
        try:
            await asyncio.wait({worker, broken}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            worker.cancel()
            raise
        finally:
            broken.cancel()
            self._leave(worker)

    def _leave(self, worker: "asyncio.Task[None]") -> None:
        self._ending.add(worker)
        worker.add_done_callback(self._note_end)

    def _note_end(self, worker: "asyncio.Task[None]") -> None:
        self._ending.discard(worker)
        if not worker.cancelled() and (error := worker.exception()) is not None:
            log.warning("A worker of the job engine ended.", exc_info=error)

    async def _work(self, app: App) -> None:
        async with app.open_async():
            rescue = asyncio.create_task(rescue_stalled(app))
            try:
                await app.run_worker_async(
                    name=self.name,
                    concurrency=self.concurrency,
                    fetch_job_polling_interval=POLL_EVERY,
                    delete_jobs="successful",
                    additional_context={"wired": self.wired},
                    update_heartbeat_interval=1.0,
                    stalled_worker_timeout=DEAD_AFTER,
                    shutdown_graceful_timeout=GRACE,
                    install_signal_handlers=False,
                )
            finally:
                rescue.cancel()


def make_app() -> tuple[App, SteadyJobs]:
    connector = PsycopgConnector(
        kwargs=connector_params(),
        pool_factory=partial(AsyncConnectionPool, timeout=_ANSWER_WITHIN, reconnect_timeout=_ANSWER_WITHIN),
    )
    app, jobs = App(connector=connector), SteadyJobs(connector)
    app.job_manager = jobs
    for name, task in TASKS.items():
        app.task(name=name, pass_context=True)(task)
    return app, jobs


async def _try_connection() -> None:
    """Whether the database answers at all, before a pool is opened: a pool waits longer than its database does."""
    connection = await psycopg.AsyncConnection.connect(**connector_params())
    await connection.close()


async def rescue_stalled(app: App) -> None:
    """For ever: give the jobs of dead workers back to the queue."""
    while True:
        try:
            await _rescue_once(app)
        except Exception:  # nobody would start it again, and dead workers' jobs would lie for ever
            log.warning("Stalled work could not be looked for; looking again.", exc_info=True)
        await asyncio.sleep(RESCUE_EVERY)


async def _rescue_once(app: App) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_rescue(app, job), _ANSWER_WITHIN)


async def _rescue(app: App, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
        log.info("Rescued %s %s from a dead worker.", job.task_name, job.task_kwargs)
    except UniqueViolation:
        # The same work waits in the queue already; this copy only holds the lock.
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
