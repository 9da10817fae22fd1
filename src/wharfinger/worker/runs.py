"""One run of one flow: under its lock, with its end written down, whatever the end is."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.amazon.errors import AccessDenied, AmazonError, InvalidClient, Verdict
from wharfinger.amazon.operations import OPERATIONS
from wharfinger.db.advisory import advisory_lock
from wharfinger.domain.orders.blindness import Whose
from wharfinger.domain.retry import pause_after, pause_after_denial, roll_of
from wharfinger.domain.timetable import longest_interval
from wharfinger.operations.access import accounts
from wharfinger.operations.installation import flows, periodic_tasks
from wharfinger.sync.access import is_access_lost, whose_fault
from wharfinger.sync.calls import Calls, FlowResult, NotBefore, NoToken, OnlyACopy
from wharfinger.worker.time import MachineClock, WorkerClock

log = logging.getLogger(__name__)

TOKENS_REFUSED_BEFORE_A_DENIAL = 2
SENDS_NOTHING = "A restored copy: nothing is sent to Amazon"

Flow = Callable[[int, Calls, WorkerClock], FlowResult]
PeriodicTask = Callable[[], FlowResult]
"""Work for the whole installation; `next_due` None = by the timetable."""


@dataclass(frozen=True)
class Wired:
    """What `cli` builds and passes down: the flows, and the clients that they call.

    `why_idle`: why an account's flows may not run at all; empty = they may. `open_shop`: demo systems only.
    """

    machine_clock: MachineClock
    flows: Mapping[str, Flow]
    why_idle: Callable[[int], str]
    calls_for: Callable[[int], Calls]
    fetch_order: Callable[[int, str], None]
    exchange_code: Callable[[int], None]
    verify_channel: Callable[[int], None]
    rotate_secret: Callable[[int], None]
    periodic_tasks: Mapping[str, PeriodicTask]
    set_trade_rate: Callable[[int], None]
    every: Mapping[str, timedelta]
    open_shop: Callable[[], None] | None = None

    @property
    def clock(self) -> WorkerClock:
        return WorkerClock(self.machine_clock)


def run_one_flow(wired: Wired, account_id: int, flow: str) -> None:
    """Run the flow unless another process runs it for this account; write how it went."""
    with advisory_lock(flow, account_id) as held:
        if held:
            _run_held(wired, account_id, flow)


def _run_held(wired: Wired, account_id: int, flow: str) -> None:
    clock = wired.clock
    began = clock.now()
    flows.start_flow(account_id, flow, now=began)
    try:
        idle = wired.why_idle(account_id)
        result = FlowResult(idle) if idle else wired.flows[flow](account_id, wired.calls_for(account_id), clock)
    except NotBefore as wait:
        result = FlowResult("", wait.at, f"the rate limit of {wait.operation}")
    except NoToken:
        result = FlowResult("", waiting_for="authorisation")
    except OnlyACopy:
        result = FlowResult(SENDS_NOTHING)
    except AmazonError as error:
        _settle_error(wired, account_id, flow, error, began)
        return
    except Exception as error:
        text = f"Internal error: {type(error).__name__}. See the log."
        _write_failure(account_id, flow, text, Whose.OURS, clock.now())
        raise
    now = clock.now()
    next_due = result.next_due or now + wired.every[flow]
    if not result.waiting_for:  # a row that waits for long keeps its flow from nothing else
        next_due = min(next_due, now + longest_interval(flow, wired.every[flow]))
    flows.end_flow(
        account_id,
        flow,
        outcome=result.outcome,
        next_due=next_due,
        waiting_for=result.waiting_for,
        now=now,
    )


def _settle_error(wired: Wired, account_id: int, flow: str, error: AmazonError, began: datetime) -> None:
    """Amazon's error ended the run: each kind has its consequence, and none is forgotten."""
    log.warning("Flow %s of account %s: %s", flow, account_id, error)
    now = wired.clock.now()
    match error.verdict:
        case Verdict.REAUTHORISE if _is_lost(wired, account_id, error):
            accounts.lose_authorisation(account_id, error=str(error), now=now, since=began)
        case Verdict.REAUTHORISE if isinstance(error, AccessDenied) or _fails_on(account_id, flow):
            _write_denial(account_id, flow, error, now)
            return
        case Verdict.OUR_BUG if isinstance(error, InvalidClient):
            accounts.report_application_refused(account_id, error=str(error), now=now)
        case _:
            pass
    _write_failure(account_id, flow, str(error), whose_fault(error), now)


def _is_lost(wired: Wired, account_id: int, error: AmazonError) -> bool:
    try:
        return is_access_lost(wired.calls_for(account_id), error)
    except NoToken:
        return False


def _fails_on(account_id: int, flow: str) -> bool:
    """A refused access token alone may have been the token's fault: the next one is tried soon, some times."""
    return flows.failures_of(account_id, flow) >= TOKENS_REFUSED_BEFORE_A_DENIAL


def _write_denial(account_id: int, flow: str, error: AmazonError, now: datetime) -> None:
    """One operation is denied and the access holds: this flow rests long, the account's others go on."""
    denials = flows.failures_of(account_id, flow) + 1
    called = OPERATIONS.get(error.operation)
    flows.deny_flow(
        account_id,
        flow,
        called=error.operation,
        roles=called.roles if called else (),
        error=str(error),
        next_due=now + pause_after_denial(denials, roll=roll_of(account_id, flow, denials)),
        now=now,
    )


def _write_failure(account_id: int, flow: str, error: str, fault: Whose, now: datetime) -> None:
    failures = flows.failures_of(account_id, flow) + 1
    pause = pause_after(failures, roll=roll_of(account_id, flow, failures))
    flows.fail_flow(account_id, flow, error=error, fault=fault, next_due=now + pause, now=now)


def run_one_task(wired: Wired, task: str) -> None:
    """Run a periodic task unless another process runs it; write how it went."""
    with advisory_lock(f"periodic task {task}", 0) as held:
        if held:
            _run_task_held(wired, task)


def _run_task_held(wired: Wired, task: str) -> None:
    clock = wired.clock
    periodic_tasks.start_task(task, now=clock.now())
    try:
        result = wired.periodic_tasks[task]()
    except Exception as error:
        now = clock.now()
        pause = pause_after(periodic_tasks.failures_of(task) + 1)
        periodic_tasks.fail_task(
            task, error=f"Internal error: {type(error).__name__}. See the log.", next_due=now + pause, now=now
        )
        raise
    now = clock.now()
    by_timetable = now + wired.every[task]
    periodic_tasks.end_task(
        task, outcome=result.outcome, next_due=min(result.next_due or by_timetable, by_timetable), now=now
    )
