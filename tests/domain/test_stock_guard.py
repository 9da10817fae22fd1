"""Which changes wait for a person, and what a held listing shows meanwhile."""

import pytest

from wharfinger.domain.stock.guard import (
    Change,
    GuardLimits,
    Sold,
    Tally,
    Verdict,
    fault_in_limits,
    judge,
    kept_number,
    stops,
    tally,
)

FEW = GuardLimits(zero_percent=50, more_percent=50, factor=10, at_least=2)


@pytest.mark.parametrize(
    ("was", "wanted", "zeroed", "multiplied"),
    [
        (5, 0, 1, 0),
        (0, 0, 0, 0),
        (None, 0, 0, 0),
        (5, None, 0, 0),
        (5, 50, 0, 0),
        (5, 51, 0, 1),
        (0, 10, 0, 0),
        (0, 11, 0, 1),
        (None, 900, 0, 0),
        (-1, 11, 0, 1),
    ],
)
def test_what_falls_to_0_and_what_is_multiplied(was, wanted, zeroed, multiplied):
    assert tally([Change(1, was, wanted)], FEW) == Tally(zeroed, multiplied)


@pytest.mark.parametrize(
    ("found", "listings", "stopped"),
    [
        (Tally(zeroed=5), 10, False),
        (Tally(zeroed=6), 10, True),
        (Tally(multiplied=5), 10, False),
        (Tally(multiplied=6), 10, True),
        (Tally(zeroed=3, multiplied=3), 10, False),
        (Tally(zeroed=1), 1, False),
        (Tally(zeroed=2), 2, True),
    ],
)
def test_more_than_the_share_stops_and_few_listings_never_do(found, listings, stopped):
    assert stops(found, FEW, listings) is stopped


def test_a_guard_that_is_off_stops_nothing():
    assert judge([Change(1, 5, 0, held=True)], GuardLimits(on=False), 1, undecided=True) == Verdict((), (1,), False)


ZEROED, LESS, SAME, ZEROED_BEFORE = Change(1, 5, 0), Change(2, 5, 3), Change(3, 5, 5), Change(4, 5, 0, held=True)


def test_a_change_that_goes_too_far_is_held_whole_without_what_stays_the_same():
    verdict = judge([ZEROED, LESS, SAME, ZEROED_BEFORE], FEW, 3, undecided=False)
    assert verdict == Verdict(hold=(1, 2, 4), free=(3,), stopped=True)


def test_while_one_waits_for_a_decision_what_goes_as_far_joins_it():
    assert judge([ZEROED, LESS], FEW, 100, undecided=True) == Verdict(hold=(1,), free=(2,), stopped=False)


def test_a_held_number_stays_held_until_it_is_no_longer_one_to_doubt():
    corrected = Change(5, 5, 4, held=True)
    changes = [ZEROED, ZEROED_BEFORE, corrected]
    assert judge(changes, FEW, 100, undecided=False) == Verdict(hold=(4,), free=(1, 5), stopped=False)


@pytest.mark.parametrize(
    ("parts", "sold", "number", "taken"),
    [
        ([(7, 1)], [], 10, 0),
        ([(7, 1)], [Sold(7, 3), Sold(7, 1)], 6, 4),
        ([(7, 1)], [Sold(7, 12)], 0, 12),
        ([(7, 2), (8, 1)], [Sold(7, 3), Sold(8, 1)], 8, 2),
    ],
)
def test_a_held_listing_shows_its_number_less_what_was_sold(parts, sold, number, taken):
    explained = kept_number(10, parts, sold)
    assert explained.quantity == number
    assert explained.steps == (("Kept by the write guard", 10), ("Sold since", -taken), ("Sent to Amazon", number))


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (GuardLimits(), None),
        (GuardLimits(zero_percent=101), "zero_percent"),
        (GuardLimits(more_percent=-1), "more_percent"),
        (GuardLimits(factor=1), "factor"),
        (GuardLimits(at_least=0), "at_least"),
    ],
)
def test_limits_are_checked(limits, field):
    fault = fault_in_limits(limits)
    assert (fault.field if fault else None) == field
