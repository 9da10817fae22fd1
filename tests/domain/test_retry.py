from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.retry import LONGEST_PAUSE, pause_after, pause_after_denial, roll_of


def test_the_first_pause_is_half_a_minute():
    assert pause_after(1) == timedelta(seconds=30)


@given(st.integers(1, 10_000))
def test_pauses_grow_and_end(failures):
    assert pause_after(failures) <= pause_after(failures + 1) <= LONGEST_PAUSE


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_chance_makes_a_pause_longer_by_a_quarter_at_most(failures, roll):
    assert pause_after(failures) <= pause_after(failures, roll=roll) <= pause_after(failures) * 1.2501


def test_a_denial_rests_long_and_longer_and_at_most_an_hour():
    assert [pause_after_denial(times) for times in (1, 2, 3, 99)] == [
        timedelta(minutes=5),
        timedelta(minutes=10),
        timedelta(minutes=20),
        timedelta(hours=1),
    ]


@given(st.integers(), st.text())
def test_a_roll_is_a_number_below_one_and_the_same_for_the_same_seed(number, text):
    assert 0 <= roll_of(number, text) < 1
    assert roll_of(number, text) == roll_of(number, text)


def test_rolls_of_neighbours_are_spread():
    rolls = [roll_of(7, "orders_in", failures) for failures in range(100)]
    assert len(set(rolls)) == 100
    assert min(rolls) < 0.1 < 0.9 < max(rolls)


def test_no_failure_has_no_pause():
    with pytest.raises(ValueError, match="at least one"):
        pause_after(0)
