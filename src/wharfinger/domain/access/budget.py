"""Token-bucket arithmetic of Amazon's usage plans, in exact numbers.

One token is kept back (`RESERVE`): a call that arrives late could otherwise bunch with the next and
meet an empty bucket at Amazon, because Amazon's bucket, full meanwhile, did not refill.

A 429 was none of our doing then: somebody else uses the same limit, or Amazon lowered it. Each one in a row makes
the rest longer; many of them make us use a smaller share of the rate, until calls pass again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from wharfinger.domain.retry import growing_pause

RESERVE = Decimal(1)
USEFUL_BATCH = Decimal(4)
"""A flow without tokens comes back for this many (or for what the bucket can hold), never for one."""
LONGEST_REST = timedelta(minutes=30)
FADING = Decimal("0.9")
"""What is left of the pressure of earlier refusals at each call."""
SHARED_FROM = Decimal("2.5")
"""Pressure of the third refusal in a row, or of more than one refused call in four over some time."""
LEAST_SHARE = Decimal("0.1")
FASTER_AT_MOST, SLOWER_AT_MOST = 1000, 50
"""An account's own rate is at most so many times as fast, or as slow, as the published one: beyond that the header is
garbage, and a flow that believed it would wait for years."""
_LEAST, _MOST = Decimal("0.0001"), Decimal(100_000)
_SLOWER, _FASTER = Decimal("0.7"), Decimal("0.05")


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


def is_believable(rate: Decimal, published: Decimal | None = None) -> bool:
    """Whether a rate that a header names, in calls a second, can be this account's own."""
    if not (rate.is_finite() and _LEAST <= rate <= _MOST):
        return False
    return published is None or published / SLOWER_AT_MOST <= rate <= published * FASTER_AT_MOST


def useful_at(bucket: Bucket, now: datetime) -> datetime:
    """When a useful batch of calls may be made: the earliest time to come back."""
    wanted = min(USEFUL_BATCH + RESERVE, bucket.burst, max(RESERVE + 1, bucket.burst / 2))
    missing = wanted - tokens_at(bucket, now)
    if missing <= 0:
        return now
    return now + timedelta(seconds=float(missing / bucket.rate))


@dataclass(frozen=True, slots=True)
class Pace:
    """What the refusals (429) of a bucket have come to.

    `refusals` in a row, halved by each success; `pressure`: how many there were lately, fading with each call;
    `share`: the part of the rate that we use, 0.1 to 1.
    """

    refusals: int = 0
    pressure: Decimal = Decimal(0)
    share: Decimal = Decimal(1)

    @property
    def is_shared(self) -> bool:
        """Whether so many calls were refused while our bucket had tokens that somebody else must use the limit."""
        return self.pressure >= SHARED_FROM


def after_refusal(pace: Pace) -> Pace:
    """A call for which our bucket had a token was refused."""
    grown = replace(pace, refusals=pace.refusals + 1, pressure=pace.pressure + 1)
    return replace(grown, share=max(LEAST_SHARE, pace.share * _SLOWER)) if grown.is_shared else grown


def after_success(pace: Pace) -> Pace:
    return replace(pace, refusals=pace.refusals // 2, share=min(Decimal(1), pace.share + _FASTER))


def rest_after(refusals: int, rate: Decimal, *, roll: float = 0.0) -> timedelta:
    """How long a bucket rests after so many refusals in a row: for two tokens and half a minute at first, then twice
    as long each time, at most half an hour, and up to a quarter more by `roll` (0 to 1)."""
    first = timedelta(seconds=30 + min(3600.0, float(2 / rate)))
    return growing_pause(first, max(LONGEST_REST, first), refusals, roll=roll)


def longest_rest(rate: Decimal) -> timedelta:
    """No refusals let a bucket of this rate rest longer."""
    return rest_after(1_000, rate, roll=1.0)
