"""The worker process: the job engine, and the scheduler beside it.

The engine has connections of its own for fetching jobs; triggers inside jobs go through Django's connection
(procrastinate.contrib.django), so that they belong to the operation's transaction.
"""

import asyncio
import logging
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from wharfinger.worker.engine import GRACE, Engine
from wharfinger.worker.runs import Wired
from wharfinger.worker.scheduler import Scheduler

log = logging.getLogger(__name__)

_LOOK_EVERY = 0.5
JOB_TASK = "process job"
"""How the engine names the task of a job."""


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


async def work(wired: Wired, *, concurrency: int, version: str = "") -> bool:
    """Run jobs until SIGTERM or SIGINT. False when a part that must live ended without that: end the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # Jobs of an engine that broke end beside those of the next one; the default has six threads on two cores.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=2 * concurrency + 4, thread_name_prefix="job"))
    lost = asyncio.Event()
    loop.set_exception_handler(partial(_note_lost_job, lost))
    scheduler = Scheduler(worker_name(), wired.machine_clock, wired.every, version)
    scheduler.start()
    engine = asyncio.create_task(Engine(scheduler.name, concurrency, wired).run())
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set() and scheduler.is_alive() and not engine.done() and not lost.is_set():
        await asyncio.wait({stopping, engine}, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        what = "end of a job was lost" if lost.is_set() else f"{_ended(scheduler)} ended"
        log.critical("The %s: this process ends too, to be started again.", what)
        return False
    engine.cancel()
    await asyncio.wait({engine}, timeout=GRACE + 5)
    scheduler.stop()
    return True


def _note_lost_job(lost: asyncio.Event, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job whose end the engine could not write (no memory left, say) would be under way for ever, under a worker that
    lives, and keep all others of its account from running. Nobody but a dead worker's jobs are taken up again."""
    task = context.get("future")
    if isinstance(task, asyncio.Task) and task.get_name().startswith(JOB_TASK):
        lost.set()
    loop.default_exception_handler(context)


def _ended(scheduler: Scheduler) -> str:
    return "job engine" if scheduler.is_alive() else "thread that keeps the timetable"
