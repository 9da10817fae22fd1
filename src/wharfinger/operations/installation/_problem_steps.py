"""Steps that open and solve problems; they need an open transaction."""

from datetime import datetime
from typing import Any

from django.db.models import F

from wharfinger.db.models import Problem
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.remedies import closed_by_word
from wharfinger.domain.installation.subjects import Subject


def open_problem(
    kind: ProblemKind, subject: Subject, *, cause: str, remedy: str, now: datetime, **links: Any
) -> Problem:
    """Open the problem, or count one more occurrence of the open one with this kind and subject.

    Where a person marked the very same cause as done, his word stands and nothing is opened.
    `links` are the rows that it concerns by the model's field names (`channel=…`, `sales_order_id=…`).
    """
    if closed_by_word(kind):
        by_word = Problem.objects.filter(kind=kind, key=subject, cause=cause, closed_by__isnull=False)
        answered = by_word.order_by("-pk").first()
        if answered is not None:
            return answered
    values = {"cause": cause, "remedy": remedy, "seen_at": now, **links}
    problem, made = Problem.objects.select_for_update().get_or_create(
        kind=kind, key=subject, solved_at=None, defaults={**values, "opened_at": now}
    )
    if not made:
        Problem.objects.filter(pk=problem.pk).update(count=F("count") + 1, **values)
    return problem


def solve_problem(kind: ProblemKind, subject: Subject, *, now: datetime) -> bool:
    """Close the open problem with this kind and subject; False when there is none."""
    return bool(Problem.objects.filter(kind=kind, key=subject, solved_at=None).update(solved_at=now))
