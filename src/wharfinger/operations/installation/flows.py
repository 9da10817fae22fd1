"""The timetable's rows: when a flow of a seller account is due, and how its last run went."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import Case, F, Q, When

from wharfinger.db.models import FlowSchedule, SellerAccount, WorkerHeartbeat
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutWork
from wharfinger.domain.moments import CLOCKS_DIFFER
from wharfinger.domain.orders.blindness import Whose
from wharfinger.domain.timetable import flow_title, longest_interval
from wharfinger.operations import triggers
from wharfinger.operations.installation._blind_steps import alert_if_blind, note_seen_again
from wharfinger.operations.installation._flow_steps import bring_flow_forward
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.installation._role_steps import note_role_works, report_role_missing
from wharfinger.operations.transaction import operation

FAILURES_BEFORE_A_PROBLEM = 3
LONGEST_WAIT = timedelta(hours=6)
"""Trade time: longer than any pause after failures and any wait for Amazon's rate."""


@operation
def wake_due_flows(
    *, now: datetime, not_again_before: datetime, every: Mapping[str, timedelta] = MappingProxyType({})
) -> int:
    """Trigger every flow that is due and move its line on, so that one worker of many triggers it.

    `not_again_before`: a run sets its own next time when it ends; until then the line waits for this time.
    `every`: how long after a flow's end its next run is due. A line that a clock wrote which was ahead is due now:
    it would wait until the clock's time comes, which may be years.
    """
    due = (
        FlowSchedule.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(_is_due(now, not_again_before, every), account__link_state=LinkState.LINKED)
        .order_by("due_at")[:200]
    )
    lines = list(due)
    woken = FlowSchedule.objects.filter(pk__in=[line.pk for line in lines])
    woken.update(due_at=not_again_before, finished_at=_by(now, "finished_at"), started_at=_by(now, "started_at"))
    for line in lines:
        triggers.run_flow(line.account_id, line.flow)
    return len(lines)


def _by(now: datetime, column: str) -> Case:
    """The moment in the column, or `now` where a clock that was ahead wrote one to come."""
    return Case(When(Q((f"{column}__gt", now)), then=now), default=column)


def _is_due(now: datetime, not_again_before: datetime, every: Mapping[str, timedelta]) -> Q:
    """Due, or written by a clock that was ahead: it ended in time to come, or is due later than any run would set."""
    ahead = now + CLOCKS_DIFFER
    is_due = Q(due_at__lte=now) | Q(finished_at__gt=ahead) | Q(started_at__gt=ahead)
    for flow, interval in every.items():
        # A failure's pause and a wait for Amazon's rate may be longer than the interval.
        latest = max(now + longest_interval(flow, interval), not_again_before)
        is_due |= Q(flow=flow, due_at__gt=latest + CLOCKS_DIFFER, failures=0, waiting_for="")
        is_due |= Q(flow=flow, due_at__gt=latest + LONGEST_WAIT)
    return is_due


@operation
def start_flow(account_id: int, flow: str, *, now: datetime) -> None:
    if not FlowSchedule.objects.filter(account_id=account_id, flow=flow).update(started_at=now):
        FlowSchedule.objects.update_or_create(
            account_id=account_id,
            flow=flow,
            defaults={"started_at": now},
            create_defaults={"started_at": now, "due_at": now},
        )


@operation
def end_flow(account_id: int, flow: str, *, outcome: str, next_due: datetime, waiting_for: str, now: datetime) -> None:
    """The run ended as it should. One that only waited (no outcome) proves nothing of what failed before it."""
    line = FlowSchedule.objects.filter(account_id=account_id, flow=flow)
    ended: dict[str, object] = {
        "finished_at": now,
        "outcome": outcome[:200],
        "due_at": next_due,
        "waiting_for": waiting_for[:200],
    }
    if waiting_for and not outcome:
        line.update(**ended)
        alert_if_blind(account_id, flow, now=now)
        return
    # Nearly every run follows one that was well, and then one statement is all.
    if not line.filter(denied_call="", fault="", failures=0).update(**ended, error=""):
        if line.exclude(denied_call="").exists():
            note_role_works(account_id, flow, now=now)
        line.update(**ended, error="", fault="", failures=0)
        solve_problem(ProblemKind.FLOW_FAILED, AboutWork(account_id, flow), now=now)
    note_seen_again(account_id, flow, now=now)


@operation
def fail_flow(
    account_id: int, flow: str, *, error: str, next_due: datetime, now: datetime, fault: Whose = Whose.OURS
) -> None:
    """The run could not be ended; it is tried again at `next_due`, and a problem opens when it goes on."""
    lines = FlowSchedule.objects.filter(account_id=account_id, flow=flow)
    lines.update(finished_at=now, error=error, fault=fault, due_at=next_due, waiting_for="", failures=F("failures") + 1)
    alert_if_blind(account_id, flow, now=now)
    line = lines.select_related("account").get()
    if line.failures >= FAILURES_BEFORE_A_PROBLEM:
        open_problem(
            ProblemKind.FLOW_FAILED,
            AboutWork(account_id, flow),
            cause=f"{line.account.name}: “{flow_title(flow)}” failed {line.failures} times in a row. {error}",
            remedy="It is tried again automatically, less often each time, and nothing is lost. The message names the "
            "cause; once that is fixed, press “Sync now” on the dashboard to try at once.",
            account_id=account_id,
            now=now,
        )


@operation
def deny_flow(
    account_id: int, flow: str, *, called: str, roles: Sequence[str], error: str, next_due: datetime, now: datetime
) -> None:
    """Amazon denies the flow one operation (`called`) while the account's access holds; any of `roles` opens it."""
    lines = FlowSchedule.objects.filter(account_id=account_id, flow=flow)
    lines.update(
        finished_at=now, error=error, fault=Whose.REFUSAL, due_at=next_due, waiting_for="", failures=F("failures") + 1
    )
    alert_if_blind(account_id, flow, now=now)
    lines.update(denied_call=called[:60], denied_roles="\n".join(sorted(roles)))
    report_role_missing(account_id, flow, error=error, now=now)


def failures_of(account_id: int, flow: str) -> int:
    """How many runs in a row failed before this one."""
    line = FlowSchedule.objects.filter(account_id=account_id, flow=flow).first()
    return line.failures if line else 0


@operation
def bring_forward(account_id: int, flow: str, *, now: datetime) -> None:
    """Sync now: the flow is run before the timetable's work."""
    account = SellerAccount.objects.get(pk=account_id)
    bring_flow_forward(account.pk, flow, now=now)


@operation
def beat(
    name: str, *, machine_now: datetime, version: str = "", fault: str = "", faulty_since: datetime | None = None
) -> None:
    """A worker says that it lives (machine time), what it runs, and what keeps it from its timetable."""
    now = {"seen_at": machine_now, "version": version[:40], "fault": fault[:1000], "faulty_since": faulty_since}
    WorkerHeartbeat.objects.update_or_create(
        name=name, defaults=now, create_defaults={**now, "started_at": machine_now}
    )


@operation
def forget_worker(name: str) -> None:
    """A worker that stopped by itself is no dead one."""
    WorkerHeartbeat.objects.filter(name=name).delete()
