"""The jobs: load, call, done. Their names are those of `operations.triggers`; a test compares the two.

A job is only a trigger: the truth is in rows, so every job may run twice or be lost.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import close_old_connections
from procrastinate import JobContext

from wharfinger.operations import triggers
from wharfinger.worker.runs import Wired, run_one_chore, run_one_flow


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


def run_chore(context: JobContext, *, chore: str) -> None:
    run_one_chore(_wired(context), chore)


def set_trade_rate(context: JobContext, *, rate: int) -> None:
    _wired(context).set_trade_rate(rate)


def with_live_connection(task: Callable[..., None]) -> Callable[..., None]:
    """Worker threads live long: a connection that broke (a restarted database) is opened anew for the next job."""

    @wraps(task)
    def run(context: JobContext, **ids: Any) -> None:
        close_old_connections()
        task(context, **ids)

    return run


TASKS: dict[str, Callable[..., None]] = {
    triggers.RUN_FLOW: with_live_connection(run_flow),
    triggers.FETCH_ORDER: with_live_connection(fetch_order),
    triggers.EXCHANGE_CODE: with_live_connection(exchange_code),
    triggers.VERIFY_CHANNEL: with_live_connection(verify_channel),
    triggers.ROTATE_SECRET: with_live_connection(rotate_secret),
    triggers.RUN_CHORE: with_live_connection(run_chore),
    triggers.SET_TRADE_RATE: with_live_connection(set_trade_rate),
}
