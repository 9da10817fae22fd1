from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.access.budget import (
    FADING,
    LEAST_SHARE,
    LONGEST_REST,
    RESERVE,
    Bucket,
    Pace,
    after_refusal,
    after_success,
    rest_after,
    tokens_at,
    useful_at,
)

T0 = datetime(2026, 11, 1, tzinfo=UTC)


def bucket(rate="0.5", burst="30", tokens="30"):
    return Bucket(Decimal(rate), Decimal(burst), Decimal(tokens), T0)


def usable_at(bucket, now):
    """Whole calls that may be made, the reserve kept back."""
    return max(0, int(tokens_at(bucket, now) - RESERVE))


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


RATES = st.decimals("0.0056", "5", places=4)


@given(rate=RATES, refusals=st.integers(1, 500), roll=st.floats(0, 1))
def test_rests_grow_with_each_refusal_and_are_bound(rate, refusals, roll):
    rest = rest_after(refusals, rate)
    assert rest_after(refusals + 1, rate) >= rest
    assert timedelta(seconds=30) < rest <= max(LONGEST_REST, timedelta(seconds=30 + float(2 / rate)))
    assert rest <= rest_after(refusals, rate, roll=roll) <= rest * 1.2501


@given(answers=st.lists(st.booleans(), max_size=200))
def test_a_pace_stays_within_its_bounds_whatever_comes(answers):
    pace = Pace()
    for answered in answers:
        pace = replace(pace, pressure=pace.pressure * FADING)
        pace = after_success(pace) if answered else after_refusal(pace)
        assert LEAST_SHARE <= pace.share <= 1
        assert 0 <= pace.pressure <= 10
        assert pace.refusals >= 0


@given(refusals=st.integers(0, 60))
def test_after_enough_successes_every_pace_is_the_first_one_again(refusals):
    pace = Pace()
    for _ in range(refusals):
        pace = after_refusal(replace(pace, pressure=pace.pressure * FADING))
    for _ in range(30):
        pace = after_success(replace(pace, pressure=pace.pressure * FADING))
    assert (pace.refusals, pace.share, pace.is_shared) == (0, 1, False)


def test_one_odd_refusal_among_many_answers_is_nobody_elses():
    pace = Pace()
    for call in range(200):
        pace = replace(pace, pressure=pace.pressure * FADING)
        pace = after_refusal(pace) if call % 20 == 0 else after_success(pace)
        assert not pace.is_shared
    assert pace.share == 1


def test_a_limit_of_which_another_takes_every_second_call_is_seen_and_our_share_falls():
    pace = Pace()
    for call in range(40):
        pace = replace(pace, pressure=pace.pressure * FADING)
        pace = after_refusal(pace) if call % 2 else after_success(pace)
    assert pace.is_shared
    assert pace.share < Decimal("0.5")
