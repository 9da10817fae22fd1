"""Codes of generic customers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.orders.customers import generic_code, month_of


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Amazon UK", (), "Amazo-0317"),
        ("Amazon.co.uk FBM", {"Amazo-0317"}, "Amaz2-0317"),
        ("Amazon.co.uk FBA", {"Amazo-0317", "Amaz2-0317"}, "Amaz3-0317"),
        ("UK", (), "UK-0317"),
        ("!!!", (), "Chann-0317"),
    ],
)
def test_the_name_is_cut_and_the_month_follows(name, taken, code):
    assert generic_code(name, month_of(datetime(2017, 3, 9, tzinfo=UTC)), taken) == code


@given(st.text(max_size=60), st.integers(0, 120))
def test_codes_have_ten_characters_at_most_and_are_never_given_twice(name, others):
    taken = set()
    for _ in range(others):
        taken.add(generic_code(name, "1126", taken))
    code = generic_code(name, "1126", taken)
    assert (len(code) <= 10, code in taken, code.endswith("-1126")) == (True, False, True)
