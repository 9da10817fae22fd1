"""The numbers of the installation for monitors.

Each statement reads an index or a bounded number of rows: 1,000,000 orders cost what 1,000 do (benchmarks/pages.py
asks for /metrics too). Labels are ids, names of flows and operations; never a name of an account or a person.
Ages are in trade time, but for those of jobs, workers and files: machine time.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from wharfinger.db.models import FlowSchedule, OrderCursor, PeriodicTaskSchedule, RateBudget, SellerAccount
from wharfinger.db.queries.access.budgets import budget_row
from wharfinger.db.queries.installation.backups import backup_standing
from wharfinger.db.queries.installation.shell import SILENT_FOR
from wharfinger.db.queries.orders.late import late_imports
from wharfinger.db.queries.orders.sales_orders import Day, ShipBy, orders_due
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.measures import Measure, seconds_since
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.orders.cancelling import OPEN

COUNTED_AT_MOST = 100_000
"""Rows of a queue that are counted: more are shown as this many."""
LATE_AT_MOST = 10_000
"""As many late orders: each is joined with its channel, and more of them are the same alarm."""

QUEUES = {
    "raw_messages": "SELECT account_id, received_at AS since FROM wharfinger_rawmessage WHERE state = 'waiting'",
    "quantities": "SELECT account_id, raised_at AS since FROM wharfinger_stocknotice",
    "confirmations": "SELECT account_id, made_at AS since FROM wharfinger_confirmation "
    "WHERE state IN ('waiting', 'attempted', 'accepted')",
    "cancellations": "SELECT account_id, made_at AS since FROM wharfinger_cancellation "
    f"WHERE state IN ({', '.join(repr(state.value) for state in OPEN)})",
}
"""What waits for each account: messages that are not taken yet, and what is to be sent to Amazon."""

_JOBS = """
SELECT status, count(*) FROM (SELECT status::text FROM procrastinate_jobs LIMIT %s) jobs GROUP BY status
"""
_OLDEST_JOB = """
SELECT min(at) FROM procrastinate_events WHERE type = 'deferred' AND job_id = (
    SELECT min(id) FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s))
"""


def measures(*, now: datetime, machine_now: datetime) -> tuple[Measure, ...]:
    return (
        *_of_accounts(now),
        *_of_queues(now),
        *_of_flows(now),
        *_of_tasks(now),
        *_of_budgets(now),
        *_of_problems(),
        *_of_jobs(machine_now),
        _late(now),
        *_of_backups(machine_now),
    )


def _gauge(name: str, text: str, labels: Sequence[str], samples: Iterator[tuple[tuple[str, ...], float]]) -> Measure:
    return Measure(f"wharfinger_{name}", text, tuple(labels), tuple(samples))


def _rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return list(cursor.fetchall())


def _of_accounts(now: datetime) -> Iterator[Measure]:
    accounts = [(str(pk), state) for pk, state in SellerAccount.objects.order_by("pk").values_list("pk", "link_state")]
    linked = (((account,), float(state is LinkState.LINKED)) for account, state in accounts)
    yield _gauge("account_linked", "1 while the seller account is authorised at Amazon", ["account"], linked)
    read = OrderCursor.objects.exclude(caught_up_at=None).order_by("account").values_list("account", "after")
    ages = (((str(account),), seconds_since(after, now)) for account, after in read)
    yield _gauge("orders_read_age_seconds", "Since all orders up to then were read from Amazon", ["account"], ages)


def _of_queues(now: datetime) -> Iterator[Measure]:
    waiting: list[tuple[tuple[str, ...], float]] = []
    oldest: list[tuple[tuple[str, ...], float]] = []
    for queue, statement in QUEUES.items():
        grouped = f"SELECT account_id, count(*), min(since) FROM ({statement} LIMIT %s) waiting GROUP BY 1 ORDER BY 1"
        for account, number, since in _rows(grouped, [COUNTED_AT_MOST]):
            waiting.append(((queue, str(account)), number))
            oldest.append(((queue, str(account)), seconds_since(since, now)))
    labels = ["queue", "account"]
    yield _gauge("waiting", f"Rows that wait, up to {COUNTED_AT_MOST:,} of a queue", labels, iter(waiting))
    yield _gauge("waiting_oldest_seconds", "Age of the oldest row that waits", labels, iter(oldest))


def _of_flows(now: datetime) -> Iterator[Measure]:
    rows = list(FlowSchedule.objects.order_by("account", "flow"))
    labels, keys = ["flow", "account"], [((row.flow, str(row.account_id)), row) for row in rows]
    failures = ((key, float(row.failures)) for key, row in keys)
    yield _gauge("flow_failures", "Runs of the flow that failed in a row", labels, failures)
    ended = ((key, seconds_since(row.finished_at, now)) for key, row in keys if row.finished_at)
    yield _gauge("flow_ended_age_seconds", "Since the flow's last run ended", labels, ended)
    overdue = ((key, seconds_since(row.due_at, now)) for key, row in keys)
    yield _gauge("flow_overdue_seconds", "Since the flow was due; 0 while it is on time", labels, overdue)


def _of_tasks(now: datetime) -> Iterator[Measure]:
    rows = list(PeriodicTaskSchedule.objects.order_by("task"))
    failures = (((row.task,), float(row.failures)) for row in rows)
    yield _gauge("task_failures", "Runs of the periodic task that failed in a row", ["task"], failures)
    ended = (((row.task,), seconds_since(row.finished_at, now)) for row in rows if row.finished_at)
    yield _gauge("task_ended_age_seconds", "Since the periodic task's last run ended", ["task"], ended)


def _of_budgets(now: datetime) -> Iterator[Measure]:
    rows = list(RateBudget.objects.order_by("account", "operation"))
    labels = ["operation", "account"]
    keys = [((row.operation, str(row.account_id)), budget_row(row, now)) for row in rows]
    yield _gauge("budget_tokens", "Calls that may be made at once", labels, ((k, float(b.tokens)) for k, b in keys))
    yield _gauge("budget_burst", "Calls that may be made at most at once", labels, ((k, b.burst) for k, b in keys))
    made = tuple((key, float(budget.calls)) for key, budget in keys)
    yield Measure("wharfinger_calls", "Calls made to Amazon", tuple(labels), made, counts=True)
    refused = tuple((key, float(budget.refused)) for key, budget in keys)
    yield Measure(
        "wharfinger_calls_refused", "Calls that Amazon refused as too many", tuple(labels), refused, counts=True
    )


def _of_problems() -> Iterator[Measure]:
    opened = "SELECT kind FROM wharfinger_problem WHERE solved_at IS NULL LIMIT %s"
    found = dict(_rows(f"SELECT kind, count(*) FROM ({opened}) opened GROUP BY kind", [COUNTED_AT_MOST]))
    by_kind = (((kind.value,), float(found.get(kind.value, 0))) for kind in ProblemKind)
    yield _gauge("open_problems", "Problems that wait for a person", ["kind"], by_kind)
    oversold = found.get(ProblemKind.OVERSOLD.value, 0)
    yield _gauge("oversold_items", "Items at a site of which more was sold than there is", [], iter([((), oversold)]))


def _of_jobs(machine_now: datetime) -> Iterator[Measure]:
    by_status = dict(_rows(_JOBS, [COUNTED_AT_MOST]))
    jobs = (((status,), float(by_status.get(status, 0))) for status in ("todo", "doing", "failed"))
    yield _gauge("jobs", "Jobs of the workers by status; those that failed are kept for a week", ["status"], jobs)
    ((deferred_at,),) = _rows(_OLDEST_JOB, [machine_now])
    age = seconds_since(deferred_at, machine_now) if deferred_at else 0.0
    yield _gauge("job_oldest_seconds", "Age of the oldest job that could be taken", [], iter([((), age)]))
    heard = "SELECT count(*) FROM wharfinger_workerheartbeat WHERE seen_at > %s"
    ((alive,),) = _rows(heard, [machine_now - SILENT_FOR])
    yield _gauge("workers", f"Workers heard in the last {SILENT_FOR.seconds} seconds", [], iter([((), alive)]))


def _of_backups(machine_now: datetime) -> Iterator[Measure]:
    standing = backup_standing()
    for name, text, at in (
        ("backup_age_seconds", "Since the newest backup was made; none: no sample", standing.last_made),
        ("backup_verified_age_seconds", "Since a backup was last restored for a proof", standing.last_verified),
    ):
        yield _gauge(name, text, [], iter([((), seconds_since(at, machine_now))] if at else []))


def _late(now: datetime) -> Measure:
    sales = orders_due(ShipBy.LATE, Day(now=now)).order_by()[:LATE_AT_MOST].count()
    unimported = late_imports(now).order_by()[:LATE_AT_MOST].count()
    samples: list[tuple[tuple[str, ...], float]] = [(("sales_order",), sales), (("not_imported",), unimported)]
    return _gauge("late_orders", "Orders past Amazon's ship-by of which something is to be sent", ["as"], iter(samples))
