"""Steps that open and solve problems; they need an open transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Problem
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.remedies import closed_by_word
from wharfinger.domain.installation.subjects import Subject, write_subject


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


def solve_problems(which: Sequence[tuple[ProblemKind, Subject]], *, now: datetime) -> int:
    """Close the open ones of these; one statement. Returns how many were open."""
    any_of_them = reduce(or_, (Q(kind=kind, key=subject) for kind, subject in which))
    return Problem.objects.filter(any_of_them, solved_at=None).update(solved_at=now)


@dataclass(slots=True)
class _Opened:
    cause: str
    remedy: str
    links: dict[str, int | None]
    count: int = 1


class Problems:
    """Problems that a batch opens and solves: written at its end, in one order, in at most three statements.

    `links` are ids here, by the model's column names (`sales_order_id=…`).
    """

    def __init__(self) -> None:
        self._open: set[tuple[ProblemKind, Subject]] = set()
        self._known: set[tuple[ProblemKind, Subject]] = set()
        self._opened: dict[tuple[ProblemKind, Subject], _Opened] = {}
        self._solved: set[tuple[ProblemKind, Subject]] = set()
        self._solved_of: set[tuple[ProblemKind, int]] = set()

    def read(self, subjects: Collection[Subject]) -> None:
        """Which problems about these are open, and which were ever opened. Others can only be opened."""
        if subjects:
            rows = Problem.objects.filter(any_of("key", subjects)).values_list("kind", "key", "solved_at")
            for kind, key, solved_at in rows:
                self._known.add((kind, key))
                if solved_at is None:
                    self._open.add((kind, key))

    def is_open(self, kind: ProblemKind, subject: Subject) -> bool:
        return (kind, subject) in self._open

    def was_opened(self, kind: ProblemKind, subject: Subject) -> bool:
        """At any time, this batch included."""
        return (kind, subject) in self._known

    def open(self, kind: ProblemKind, subject: Subject, *, cause: str, remedy: str, **links: int | None) -> None:
        """As `open_problem`; each call is an occurrence."""
        key = (kind, subject)
        before = self._opened.get(key)
        count = before.count + 1 if before else 1
        self._opened[key] = _Opened(cause, remedy, {**(before.links if before else {}), **links}, count)
        self._solved.discard(key)
        self._open.add(key)
        self._known.add(key)

    def solve(self, kind: ProblemKind, subject: Subject) -> bool:
        """False when none is open."""
        if (kind, subject) not in self._open:
            return False
        self.solve_unread(kind, subject)
        return True

    def solve_unread(self, kind: ProblemKind, subject: Subject) -> None:
        """As `solve`, of a subject that was not read: whether one is open is seen when it is written."""
        key = (kind, subject)
        self._open.discard(key)
        self._opened.pop(key, None)
        self._solved.add(key)

    def solve_all(self, kind: ProblemKind, *, sales_order_id: int) -> None:
        """Whatever part of the order they are about."""
        self._solved_of.add((kind, sales_order_id))
        for key, opened in list(self._opened.items()):
            if key[0] is kind and opened.links.get("sales_order_id") == sales_order_id:
                self.solve(*key)

    def write(self, *, now: datetime) -> None:
        for kind in sorted({kind for kind, _ in self._solved_of}):
            orders = {order for of_kind, order in self._solved_of if of_kind is kind}
            Problem.objects.filter(kind=kind, sales_order__in=orders, solved_at=None).update(solved_at=now)
        self._solved_of.clear()
        if self._solved:
            self._write_solved(now)
        answered = self._answered()
        wanted = {key: opened for key, opened in self._opened.items() if (*key, opened.cause) not in answered}
        if wanted:
            self._write_opened(wanted, now)
        self._opened.clear()
        self._solved.clear()

    def _write_solved(self, now: datetime) -> None:
        keys = sorted((str(kind), write_subject(subject)) for kind, subject in self._solved)
        with connection.cursor() as cursor:
            cursor.execute(_SOLVE, [now, [kind for kind, _ in keys], [key for _, key in keys]])

    def _answered(self) -> set[tuple[ProblemKind, Subject, str]]:
        """What a person marked as done for the very same cause."""
        subjects = {subject for kind, subject in self._opened if closed_by_word(kind)}
        if not subjects:
            return set()
        rows = Problem.objects.filter(key__in=subjects, closed_by__isnull=False)
        return set(rows.values_list("kind", "key", "cause"))

    def _write_opened(self, wanted: Mapping[tuple[ProblemKind, Subject], _Opened], now: datetime) -> None:
        rows = sorted((str(kind), write_subject(subject), opened) for (kind, subject), opened in wanted.items())
        columns: list[list[Any]] = [
            [kind for kind, _, _ in rows],
            [key for _, key, _ in rows],
            [opened.cause for *_, opened in rows],
            [opened.remedy for *_, opened in rows],
            [opened.count for *_, opened in rows],
            *([opened.links.get(name) for *_, opened in rows] for name in _LINKS),
        ]
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, [now, now, *columns])


_LINKS = (
    "account_id",
    "channel_id",
    "imported_order_id",
    "sales_order_id",
    "item_id",
    "listing_id",
    "site_id",
)
_SOLVE = """
UPDATE wharfinger_problem SET solved_at = %s
FROM unnest(%s::text[], %s::text[]) AS done(kind, key)
WHERE wharfinger_problem.kind = done.kind AND wharfinger_problem.key = done.key AND solved_at IS NULL
"""
_OPEN = f"""
INSERT INTO wharfinger_problem (opened_at, seen_at, kind, key, cause, remedy, count, {", ".join(_LINKS)})
SELECT %s, %s, found.* FROM unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], {", ".join(["%s::bigint[]"] * len(_LINKS))}
) AS found
ON CONFLICT (kind, key) WHERE solved_at IS NULL DO UPDATE SET
    count = wharfinger_problem.count + EXCLUDED.count,
    cause = EXCLUDED.cause,
    remedy = EXCLUDED.remedy,
    seen_at = EXCLUDED.seen_at,
    {", ".join(f"{name} = COALESCE(EXCLUDED.{name}, wharfinger_problem.{name})" for name in _LINKS)}
"""
