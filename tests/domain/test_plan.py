"""Patches or feeds: whichever is done sooner."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.stock.plan import (
    FEED_AT_MOST,
    Limits,
    Pace,
    Plan,
    Waiting,
    best_seconds,
    deadline,
    look_again_after,
    overtakes,
    pace_of,
    plan,
)

UK, DE, FR = "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
LIMITS = Limits(patches=4, patches_a_second=5, feeds=5)
PACE = Pace(start=120, messages_a_second=150)


def test_a_few_go_by_patches():
    assert plan(Waiting(0, {UK: 200}), LIMITS, PACE) == Plan(200, seconds=39.2)


def test_so_many_as_patches_carry_while_a_feed_would_take_go_by_patches():
    assert plan(Waiting(0, {UK: 600}), LIMITS, PACE).marketplaces == ()


def test_a_thousand_go_by_one_feed():
    found = plan(Waiting(0, {UK: 1000}), LIMITS, PACE)
    assert (found.by_patch, found.marketplaces, found.feeds) == (0, (UK,), 1)
    assert found.seconds == pytest.approx(126.7, abs=0.1)


def test_fifty_thousand_are_two_feeds():
    found = plan(Waiting(0, {UK: 50_000}), LIMITS, PACE)
    assert (found.by_patch, found.marketplaces, found.feeds) == (0, (UK,), 2)


def test_zeros_and_low_numbers_stay_with_the_patches():
    found = plan(Waiting(100, {UK: 5000}), LIMITS, PACE)
    assert (found.by_patch, found.marketplaces) == (100, (UK,))


def test_more_zeros_than_patches_carry_ride_in_the_feed_that_is_there_sooner():
    """A warehouse closes: 20,000 zeros by patches would take more than an hour."""
    found = plan(Waiting(20_000, {UK: 20_000}), LIMITS, PACE)
    assert found.marketplaces == (UK,)
    assert 1000 < found.by_patch < 1400
    assert found.seconds < 300


def test_a_marketplace_with_little_goes_by_patches_beside_the_feed_of_another():
    found = plan(Waiting(0, {UK: 4000, DE: 300}), LIMITS, PACE)
    assert found.marketplaces == (UK,)


def test_a_feed_for_each_marketplace_where_that_is_sooner():
    assert plan(Waiting(0, {UK: 9000, DE: 9000}), LIMITS, PACE).marketplaces == (UK, DE)


def test_no_feed_without_a_limit_that_allows_one():
    assert plan(Waiting(0, {UK: 9000}), Limits(4, 5, 0), PACE).marketplaces == ()


def test_with_slow_feeds_more_goes_by_patches():
    slow = Pace(start=3600)
    assert plan(Waiting(0, {UK: 10_000}), LIMITS, slow).marketplaces == ()
    found = plan(Waiting(0, {UK: 30_000}), LIMITS, slow)
    assert (found.marketplaces, found.feeds) == ((UK,), 1)  # what a second feed would carry is sooner there by patches


def test_patches_that_another_application_uses_up_make_feeds_worth_it_sooner():
    assert plan(Waiting(0, {UK: 300}), Limits(0, 0.5, 5), PACE).marketplaces == (UK,)


def test_the_pace_is_that_of_the_last_feeds():
    assert pace_of([]) == Pace()
    assert pace_of([(1500, 1810.0), (1500, 130.0), (1500, 610.0)]).start == 600
    assert pace_of([(15_000, 40.0)]).start == 30


def test_a_deadline_is_half_an_hour_at_least_and_two_hours_at_most():
    assert deadline(100, PACE) == timedelta(minutes=30)
    assert deadline(25_000, Pace(start=1500)) == timedelta(seconds=3 * (1500 + 25_000 / 150))
    assert deadline(25_000, Pace(start=40_000)) == timedelta(hours=2)


def test_looks_become_rare():
    ages = (60, 300, 6000)
    assert [look_again_after(timedelta(seconds=age)).total_seconds() for age in ages] == [20, 60, 300]


@pytest.mark.parametrize(
    ("quantity", "in_feed", "at_once"),
    [(0, 12, True), (11, 12, True), (12, 12, False), (20, 12, False)]
    + [(3, 0, True), (0, 0, False), (5, 3, True), (6, 3, False)],
)
def test_fewer_and_the_last_units_do_not_wait_for_a_feed(quantity, in_feed, at_once):
    assert overtakes(quantity, in_feed) is at_once


@given(
    urgent=st.integers(0, 3000),
    counts=st.dictionaries(st.sampled_from([UK, DE, FR]), st.integers(1, 60_000), min_size=1),
    feeds=st.integers(0, 5),
    start=st.floats(30, 40_000),
)
def test_a_plan_is_never_later_than_patches_alone_and_keeps_the_limits(urgent, counts, feeds, start):
    limits, pace = Limits(4, 5, feeds), Pace(start)
    waiting = Waiting(min(urgent, sum(counts.values())), counts)
    found = plan(waiting, limits, pace)
    assert found.seconds <= plan(waiting, Limits(4, 5, 0), pace).seconds
    assert found.feeds <= feeds
    assert set(found.marketplaces) <= set(counts)
    assert bool(found.marketplaces) == (found.feeds > 0)


@given(total=st.integers(700, 5 * FEED_AT_MOST))
def test_one_marketplace_takes_at_most_a_tenth_longer_than_the_best_that_is_possible(total):
    """Feeds alone, which leaves the patches to what becomes urgent meanwhile."""
    waiting = Waiting(0, {UK: total})
    assert plan(waiting, LIMITS, PACE).seconds <= 1.1 * best_seconds(waiting, LIMITS, PACE)
