"""The installation's own lines of the timetable: when a periodic task is due, and how its last run went. Trade time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import F, Q

from wharfinger.db.models import PeriodicTaskSchedule
from wharfinger.domain.moments import CLOCKS_DIFFER
from wharfinger.domain.retry import LONGEST_PAUSE
from wharfinger.operations import triggers
from wharfinger.operations.transaction import operation


@operation
def wake_due_tasks(
    periodic_tasks: Sequence[str],
    *,
    now: datetime,
    not_again_before: datetime,
    every: Mapping[str, timedelta] = MappingProxyType({}),
) -> int:
    """Put periodic tasks that are not there yet on the timetable, due now; trigger what is due, once of many workers.

    `every`: how long after a run the next is due; a line that a clock wrote which was ahead is due now.
    """
    known = set(PeriodicTaskSchedule.objects.values_list("task", flat=True))
    missing = [PeriodicTaskSchedule(task=task, due_at=now) for task in periodic_tasks if task not in known]
    if missing:
        PeriodicTaskSchedule.objects.bulk_create(missing, ignore_conflicts=True)
    ahead = now + CLOCKS_DIFFER
    is_due = Q(due_at__lte=now) | Q(finished_at__gt=ahead) | Q(started_at__gt=ahead)
    for task, interval in every.items():
        is_due |= Q(task=task, due_at__gt=max(now + interval, not_again_before) + LONGEST_PAUSE)
    due = list(PeriodicTaskSchedule.objects.select_for_update(skip_locked=True).filter(is_due, task__in=periodic_tasks))
    for line in due:
        times = PeriodicTaskSchedule.objects.filter(pk=line.pk)
        times.update(due_at=not_again_before)
        times.filter(finished_at__gt=now).update(finished_at=now)
        times.filter(started_at__gt=now).update(started_at=now)
        triggers.run_periodic_task(line.task)
    return len(due)


@operation
def start_task(task: str, *, now: datetime) -> None:
    PeriodicTaskSchedule.objects.update_or_create(
        task=task, defaults={"started_at": now}, create_defaults={"started_at": now, "due_at": now}
    )


@operation
def end_task(task: str, *, outcome: str, next_due: datetime, now: datetime) -> None:
    PeriodicTaskSchedule.objects.filter(pk=task).update(
        finished_at=now, outcome=outcome[:200], due_at=next_due, error="", failures=0
    )


@operation
def fail_task(task: str, *, error: str, next_due: datetime, now: datetime) -> None:
    """The run could not be ended; it is tried again at `next_due`."""
    PeriodicTaskSchedule.objects.filter(pk=task).update(
        finished_at=now, error=error, due_at=next_due, failures=F("failures") + 1
    )


def failures_of(task: str) -> int:
    line = PeriodicTaskSchedule.objects.filter(pk=task).first()
    return line.failures if line else 0
