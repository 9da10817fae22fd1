"""The shared rate budget: one bucket for (seller account, operation), taken by one committed UPDATE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from wharfinger.db.models import RateBudget
from wharfinger.domain.access.budget import (
    FADING,
    RESERVE,
    Bucket,
    Pace,
    after_refusal,
    after_success,
    is_believable,
    longest_rest,
    rest_after,
    useful_at,
)
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutWork
from wharfinger.domain.moments import is_ahead
from wharfinger.domain.retry import roll_of
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.transaction import operation

THROTTLED_BEFORE_A_PROBLEM = timedelta(hours=2)
"""Trade time without one call that was answered."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One token was taken: call now. `recovering`: earlier calls were refused, so tell `note_success` of an answer."""

    recovering: bool = False


@dataclass(frozen=True, slots=True)
class NotUntil:
    """No token: come back at this trade time."""

    at: datetime


_TAKE = """
UPDATE wharfinger_ratebudget SET
    tokens = LEAST(burst, tokens + rate * share * GREATEST(0, EXTRACT(EPOCH FROM (%(now)s - counted_at)))) - 1,
    counted_at = GREATEST(counted_at, %(now)s),
    calls = calls + 1,
    pressure = pressure * %(fading)s
WHERE account_id = %(account)s AND operation = %(operation)s
  AND (blocked_until IS NULL OR blocked_until <= %(now)s)
  AND LEAST(burst, tokens + rate * share * GREATEST(0, EXTRACT(EPOCH FROM (%(now)s - counted_at)))) >= %(least)s
RETURNING refusals > 0 OR share < 1
"""


def take_token(account_id: int, called: str, *, rate: Decimal, burst: Decimal, now: datetime) -> Granted | NotUntil:
    """Take one token just before a call. Commits by itself: a token spent by a dead process stays spent.

    `rate` and `burst` are the published plan; a bucket begins full at its first call.
    """
    with transaction.atomic(durable=True):
        taken = _taken(account_id, called, now)
        if taken is not None:
            return taken
        bucket, made = RateBudget.objects.get_or_create(
            account_id=account_id,
            operation=called,
            defaults={"rate": rate, "burst": burst, "tokens": burst, "counted_at": now},
        )
        taken = _taken(account_id, called, now) if made or _set_right(bucket, now) else None
    return taken or NotUntil(_next_try(bucket, now))


def _set_right(bucket: RateBudget, now: datetime) -> bool:
    """A clock that was ahead counted its tokens, or let it rest, until a time that no rule sets: now will do."""
    counted_ahead = is_ahead(bucket.counted_at, now)
    rests_ahead = is_ahead(bucket.blocked_until, now, longest_rest(bucket.rate))
    if counted_ahead:
        bucket.counted_at = now
    if rests_ahead:
        bucket.blocked_until = None
    if counted_ahead or rests_ahead:
        bucket.save(update_fields=["counted_at", "blocked_until"])
    return counted_ahead or rests_ahead


def _taken(account_id: int, called: str, now: datetime) -> Granted | None:
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {"account": account_id, "operation": called, "now": now, "least": RESERVE + 1, "fading": FADING},
        )
        row = cursor.fetchone()
    return None if row is None else Granted(recovering=bool(row[0]))


def _next_try(row: RateBudget, now: datetime) -> datetime:
    at = useful_at(Bucket(row.rate * row.share, row.burst, row.tokens, row.counted_at), now)
    if row.blocked_until is not None:
        at = max(at, row.blocked_until)
    return max(at, now + timedelta(milliseconds=200))


@operation
def note_rate(account_id: int, called: str, *, rate: Decimal, published: Decimal | None = None) -> None:
    """Correct the bucket by Amazon's `x-amzn-RateLimit-Limit` (the account's own rate; odd numbers are normal, absurd
    ones are not believed)."""
    if not is_believable(rate, published):
        return
    RateBudget.objects.filter(account_id=account_id, operation=called).exclude(rate=rate).update(rate=rate)


@operation
def note_refusal(account_id: int, called: str, *, now: datetime) -> datetime:
    """Amazon answered 429: the bucket is empty and rests, longer with each one in a row. Returns when to come back.

    After hours without one answered call a problem opens.
    """
    row = RateBudget.objects.select_for_update().select_related("account").get(account_id=account_id, operation=called)
    pace = after_refusal(Pace(row.refusals, row.pressure, row.share))
    rest = rest_after(pace.refusals, row.rate, roll=roll_of(account_id, called, row.refused))
    row.refusals, row.pressure, row.share = pace.refusals, pace.pressure, pace.share
    row.tokens, row.counted_at, row.refused = Decimal(0), now, row.refused + 1
    row.blocked_until, row.throttled_since = now + rest, min(row.throttled_since or now, now)
    row.save()
    if now - row.throttled_since >= THROTTLED_BEFORE_A_PROBLEM:
        _report_throttled(row, now)
    return row.blocked_until


def _report_throttled(row: RateBudget, now: datetime) -> None:
    hours = (now - (row.throttled_since or now)) // timedelta(hours=1)
    open_problem(
        ProblemKind.THROTTLED,
        AboutWork(row.account_id, row.operation),
        cause=f"{row.account.name}: for {hours} hours Amazon has refused every call of {row.operation}, because its "
        "rate limit was used up. We stayed within it: another application of this seller uses the same limit.",
        remedy="In Seller Central, Manage Your Apps, see which other application reads this account, and slow it down "
        "or remove it; “Access at Amazon” shows each limit. Nothing is lost; it is tried again automatically.",
        account_id=row.account_id,
        now=now,
    )


@operation
def note_success(account_id: int, called: str, *, now: datetime) -> None:
    """A call was answered after others were refused: pauses shrink, and our share of the rate grows again."""
    row = RateBudget.objects.select_for_update().get(account_id=account_id, operation=called)
    pace = after_success(Pace(row.refusals, row.pressure, row.share))
    RateBudget.objects.filter(pk=row.pk).update(refusals=pace.refusals, share=pace.share, throttled_since=None)
    solve_problem(ProblemKind.THROTTLED, AboutWork(account_id, called), now=now)
