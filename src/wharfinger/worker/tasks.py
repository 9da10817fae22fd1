"""The jobs: load, call, done. Their names are those of `operations.triggers`; a test compares the two.

A job is only a trigger: the truth is in rows, so every job may run twice or be lost.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import close_old_connections, connection, connections
from procrastinate import JobContext

from wharfinger.operations import triggers
from wharfinger.worker.faults import PASSING_FAULTS
from wharfinger.worker.runs import Wired, run_one_flow, run_one_task

log = logging.getLogger(__name__)

RUNS_AT_MOST = 5


def _wired(context: JobContext) -> Wired:
    wired: Wired = context.additional_context["wired"]
    return wired


def run_flow(context: JobContext, *, account_id: int, flow: str) -> None:
    run_one_flow(_wired(context), account_id, flow)


def fetch_order(context: JobContext, *, account_id: int, amazon_order_id: str) -> None:
    _wired(context).fetch_order(account_id, amazon_order_id)


def exchange_code(context: JobContext, *, attempt_id: int) -> None:
    _wired(context).exchange_code(attempt_id)


def verify_channel(context: JobContext, *, channel_id: int) -> None:
    _wired(context).verify_channel(channel_id)


def rotate_secret(context: JobContext, *, application_id: int) -> None:
    _wired(context).rotate_secret(application_id)


def run_periodic_task(context: JobContext, *, task: str) -> None:
    run_one_task(_wired(context), task)


def set_trade_rate(context: JobContext, *, rate: int) -> None:
    _wired(context).set_trade_rate(rate)


def open_shop(context: JobContext) -> None:
    wired = _wired(context)
    if wired.open_shop is not None:
        wired.open_shop()


def with_live_connection(task: Callable[..., None]) -> Callable[..., None]:
    """A job that the database failed (its connection lost, a deadlock, a full disk) is run again once the database
    answers, a few times: a run that is given up would wait for the timetable's next look, minutes later."""

    @wraps(task)
    def run(context: JobContext, **ids: Any) -> None:
        close_old_connections()
        for attempt in range(1, RUNS_AT_MOST):
            try:
                return task(context, **ids)
            except PASSING_FAULTS:
                log.warning("The database failed %s %s; it is run again.", task.__name__, ids, exc_info=True)
                _wait_for_database(attempt)
        return task(context, **ids)

    return run


def _wait_for_database(attempt: int) -> None:
    """Until a new connection answers; longer before each further run, for what fails although one does."""
    while True:
        connections.close_all()
        time.sleep(min(0.5 * attempt, 2.0))  # noqa: TID251 -- the worker is the room that may wait
        try:
            connection.ensure_connection()
        except PASSING_FAULTS:
            attempt += 1
        else:
            return


TASKS: dict[str, Callable[..., None]] = {
    triggers.RUN_FLOW: with_live_connection(run_flow),
    triggers.FETCH_ORDER: with_live_connection(fetch_order),
    triggers.EXCHANGE_CODE: with_live_connection(exchange_code),
    triggers.VERIFY_CHANNEL: with_live_connection(verify_channel),
    triggers.ROTATE_SECRET: with_live_connection(rotate_secret),
    triggers.RUN_PERIODIC_TASK: with_live_connection(run_periodic_task),
    triggers.SET_TRADE_RATE: with_live_connection(set_trade_rate),
    triggers.OPEN_SHOP: with_live_connection(open_shop),
}
