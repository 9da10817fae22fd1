"""The worker process: Procrastinate on our PostgreSQL, and the rounds beside it.

The app here has a connector of its own for fetching jobs; triggers inside jobs go through Django's
connection (procrastinate.contrib.django), so that they belong to the operation's transaction.
"""

import asyncio
import os
import socket

from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django.utils import connector_params

from wharfinger.worker.rounds import DEAD_AFTER, Rounds, rescue_stalled
from wharfinger.worker.runs import Wired
from wharfinger.worker.tasks import TASKS

POLL_EVERY = 0.2
"""Seconds: LISTEN wakes only for inserts; 0.2 s costs 1.3 % of a core (measured)."""


def make_app() -> App:
    app = App(connector=PsycopgConnector(kwargs=connector_params()))
    for name, task in TASKS.items():
        app.task(name=name, pass_context=True)(task)
    return app


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


async def work(wired: Wired, *, concurrency: int) -> None:
    """Run jobs until SIGTERM or SIGINT; jobs under way are ended first."""
    rounds = Rounds(worker_name(), wired.machine_clock)
    app = make_app()
    async with app.open_async():
        rescue = asyncio.create_task(rescue_stalled(app))
        rounds.start()
        try:
            await app.run_worker_async(
                name=rounds.name,
                concurrency=concurrency,
                fetch_job_polling_interval=POLL_EVERY,
                delete_jobs="successful",
                additional_context={"wired": wired},
                update_heartbeat_interval=1.0,
                stalled_worker_timeout=DEAD_AFTER,
                shutdown_graceful_timeout=20.0,
            )
        finally:
            rescue.cancel()
            rounds.stop()
