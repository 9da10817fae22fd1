"""Token-bucket arithmetic of Amazon's usage plans, in exact numbers.

One token is kept back (`RESERVE`): a call that arrives late could otherwise bunch with the next and
meet an empty bucket at Amazon, because Amazon's bucket, full meanwhile, did not refill.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

RESERVE = Decimal(1)
USEFUL_BATCH = Decimal(4)
"""A flow without tokens comes back for this many (or for what the bucket can hold), never for one."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """`rate` tokens a second, at most `burst`; `tokens` were there at `counted_at` (trade time)."""

    rate: Decimal
    burst: Decimal
    tokens: Decimal
    counted_at: datetime


def tokens_at(bucket: Bucket, now: datetime) -> Decimal:
    """Tokens at `now`, never more than the burst, and never fewer for a clock that lags a little."""
    waited = max(0.0, (now - bucket.counted_at).total_seconds())
    return min(bucket.burst, bucket.tokens + bucket.rate * Decimal(str(waited)))


def usable_at(bucket: Bucket, now: datetime) -> int:
    """Whole calls that may be made now, the reserve kept back."""
    return max(0, int(tokens_at(bucket, now) - RESERVE))


def useful_at(bucket: Bucket, now: datetime) -> datetime:
    """When a useful batch of calls may be made: the earliest time to come back."""
    wanted = min(USEFUL_BATCH + RESERVE, bucket.burst, max(RESERVE + 1, bucket.burst / 2))
    missing = wanted - tokens_at(bucket, now)
    if missing <= 0:
        return now
    return now + timedelta(seconds=float(missing / bucket.rate))
