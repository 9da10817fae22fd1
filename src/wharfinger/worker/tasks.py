"""The jobs: load, call, done. Their names are those of `operations.triggers`; a test compares the two.

A job is only a trigger: the truth is in rows, so every job may run twice or be lost.
"""

from collections.abc import Callable
from typing import Any

from procrastinate import JobContext

from wharfinger.operations import triggers
from wharfinger.worker.runs import Wired, run_one_flow


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


def set_trade_rate(context: JobContext, *, rate: int) -> None:
    _wired(context).set_trade_rate(rate)


TASKS: dict[str, Callable[..., Any]] = {
    triggers.RUN_FLOW: run_flow,
    triggers.FETCH_ORDER: fetch_order,
    triggers.EXCHANGE_CODE: exchange_code,
    triggers.VERIFY_CHANNEL: verify_channel,
    triggers.SET_TRADE_RATE: set_trade_rate,
}
