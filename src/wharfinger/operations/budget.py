"""The shared rate budget: one bucket for (seller account, operation), taken by one committed UPDATE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F

from wharfinger.db.models import RateBudget
from wharfinger.domain.budget import RESERVE, Bucket, useful_at
from wharfinger.operations.transaction import operation


@dataclass(frozen=True, slots=True)
class Granted:
    """One token was taken: call now."""


@dataclass(frozen=True, slots=True)
class NotUntil:
    """No token: come back at this trade time."""

    at: datetime


_TAKE = """
UPDATE wharfinger_ratebudget SET
    tokens = LEAST(burst, tokens + rate * GREATEST(0, EXTRACT(EPOCH FROM (%(now)s - counted_at)))) - 1,
    counted_at = GREATEST(counted_at, %(now)s),
    calls = calls + 1
WHERE account_id = %(account)s AND operation = %(operation)s
  AND (blocked_until IS NULL OR blocked_until <= %(now)s)
  AND LEAST(burst, tokens + rate * GREATEST(0, EXTRACT(EPOCH FROM (%(now)s - counted_at)))) >= %(least)s
"""


def take_token(account_id: int, called: str, *, rate: Decimal, burst: Decimal, now: datetime) -> Granted | NotUntil:
    """Take one token just before a call. Commits by itself: a token spent by a dead process stays spent.

    `rate` and `burst` are the published plan; a bucket is made full when it is first asked for.
    """
    with transaction.atomic(durable=True):
        if _taken(account_id, called, now):
            return Granted()
        bucket, made = RateBudget.objects.get_or_create(
            account_id=account_id,
            operation=called,
            defaults={"rate": rate, "burst": burst, "tokens": burst, "counted_at": now},
        )
        if made and _taken(account_id, called, now):
            return Granted()
    return NotUntil(_next_try(bucket, now))


def _taken(account_id: int, called: str, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"account": account_id, "operation": called, "now": now, "least": RESERVE + 1})
        return bool(cursor.rowcount == 1)


def _next_try(row: RateBudget, now: datetime) -> datetime:
    at = useful_at(Bucket(row.rate, row.burst, row.tokens, row.counted_at), now)
    if row.blocked_until is not None:
        at = max(at, row.blocked_until)
    return max(at, now + timedelta(milliseconds=200))


@operation
def note_rate(account_id: int, called: str, *, rate: Decimal) -> None:
    """Correct the bucket by Amazon's `x-amzn-RateLimit-Limit` (the account's own rate; odd numbers are normal)."""
    if rate <= 0:
        return
    RateBudget.objects.filter(account_id=account_id, operation=called).exclude(rate=rate).update(rate=rate)


@operation
def note_refusal(account_id: int, called: str, *, now: datetime) -> datetime:
    """Amazon answered 429: the bucket is empty and rests, longer each time. Answers when to come back."""
    row = RateBudget.objects.select_for_update().get(account_id=account_id, operation=called)
    rest = min(timedelta(minutes=15), timedelta(seconds=float(2 / row.rate)) + timedelta(seconds=30))
    RateBudget.objects.filter(pk=row.pk).update(
        tokens=0, counted_at=now, refused=F("refused") + 1, blocked_until=now + rest
    )
    return now + rest
