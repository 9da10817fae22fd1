from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.retry import LONGEST_PAUSE, pause_after


def test_the_first_pause_is_half_a_minute():
    assert pause_after(1) == timedelta(seconds=30)


@given(st.integers(1, 10_000))
def test_pauses_grow_and_end(failures):
    assert pause_after(failures) <= pause_after(failures + 1) <= LONGEST_PAUSE


def test_no_failure_has_no_pause():
    with pytest.raises(ValueError, match="at least one"):
        pause_after(0)
