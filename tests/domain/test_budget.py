from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.budget import RESERVE, Bucket, tokens_at, usable_at, useful_at

T0 = datetime(2026, 11, 1, tzinfo=UTC)


def bucket(rate="0.5", burst="30", tokens="30"):
    return Bucket(Decimal(rate), Decimal(burst), Decimal(tokens), T0)


def test_a_full_bucket_keeps_one_token_back():
    assert usable_at(bucket(), T0) == 29


def test_tokens_never_pass_the_burst():
    assert tokens_at(bucket(tokens="29"), T0 + timedelta(days=1)) == Decimal(30)


def test_a_clock_that_lags_takes_nothing_away():
    assert tokens_at(bucket(tokens="3"), T0 - timedelta(seconds=5)) == Decimal(3)


def test_an_empty_bucket_is_useful_only_with_a_batch():
    at = useful_at(bucket(tokens="1"), T0)
    assert usable_at(bucket(tokens="1"), at + timedelta(milliseconds=1)) == 4


def test_the_smallest_bucket_is_useful_with_one_call():
    """getInventorySummaries: two at once, one of them kept back."""
    small = bucket(rate="2", burst="2", tokens="0.5")
    assert usable_at(small, useful_at(small, T0) + timedelta(milliseconds=1)) == 1


@given(
    rate=st.decimals("0.0056", "5", places=4),
    burst=st.integers(2, 30),
    late=st.lists(st.floats(0, 30), min_size=1, max_size=60),
)
def test_amazon_never_refuses_a_call_that_our_bucket_allowed(rate, burst, late):
    """One call in flight, debited before it is sent, arriving up to 30 s late: Amazon's bucket is never empty."""
    ours = Bucket(rate, Decimal(burst), Decimal(burst), T0)
    amazons = ours
    now = T0
    for delay in late:
        now = max(now, useful_at(ours, now) + timedelta(milliseconds=1))
        if usable_at(ours, now) < 1:
            continue
        ours = Bucket(rate, ours.burst, tokens_at(ours, now) - 1, now)
        arrives = now + timedelta(seconds=delay)
        left = tokens_at(amazons, arrives)
        assert left >= RESERVE
        amazons = Bucket(rate, amazons.burst, left - 1, arrives)
        now = arrives
