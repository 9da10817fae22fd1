"""The house's own lines of the timetable: when a chore is due, and how its last run went. Trade time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import F, Q

from wharfinger.db.models import ChoreSchedule
from wharfinger.domain.moments import CLOCKS_DIFFER
from wharfinger.domain.retry import LONGEST_PAUSE
from wharfinger.operations import triggers
from wharfinger.operations.transaction import operation


@operation
def wake_due_chores(
    chores: Sequence[str],
    *,
    now: datetime,
    not_again_before: datetime,
    every: Mapping[str, timedelta] = MappingProxyType({}),
) -> int:
    """Put chores on the timetable that are not there yet, due now; trigger each that is due, once of many workers.

    `every`: how long after a run the next is due; a line that a clock wrote which was ahead is due now.
    """
    known = set(ChoreSchedule.objects.values_list("chore", flat=True))
    missing = [ChoreSchedule(chore=chore, due_at=now) for chore in chores if chore not in known]
    if missing:
        ChoreSchedule.objects.bulk_create(missing, ignore_conflicts=True)
    ahead = now + CLOCKS_DIFFER
    is_due = Q(due_at__lte=now) | Q(finished_at__gt=ahead) | Q(started_at__gt=ahead)
    for chore, interval in every.items():
        is_due |= Q(chore=chore, due_at__gt=max(now + interval, not_again_before) + LONGEST_PAUSE)
    due = list(ChoreSchedule.objects.select_for_update(skip_locked=True).filter(is_due, chore__in=chores))
    for line in due:
        times = ChoreSchedule.objects.filter(pk=line.pk)
        times.update(due_at=not_again_before)
        times.filter(finished_at__gt=now).update(finished_at=now)
        times.filter(started_at__gt=now).update(started_at=now)
        triggers.run_chore(line.chore)
    return len(due)


@operation
def start_chore(chore: str, *, now: datetime) -> None:
    ChoreSchedule.objects.update_or_create(
        chore=chore, defaults={"started_at": now}, create_defaults={"started_at": now, "due_at": now}
    )


@operation
def end_chore(chore: str, *, outcome: str, next_due: datetime, now: datetime) -> None:
    ChoreSchedule.objects.filter(pk=chore).update(
        finished_at=now, outcome=outcome[:200], due_at=next_due, error="", failures=0
    )


@operation
def fail_chore(chore: str, *, error: str, next_due: datetime, now: datetime) -> None:
    """The run could not be ended; it is tried again at `next_due`."""
    ChoreSchedule.objects.filter(pk=chore).update(
        finished_at=now, error=error, due_at=next_due, failures=F("failures") + 1
    )


def failures_of(chore: str) -> int:
    line = ChoreSchedule.objects.filter(pk=chore).first()
    return line.failures if line else 0
