"""Since when the shop is blind, and whose fault it is: by what the search's last run ended with."""

from datetime import timedelta

import pytest
from tests.factories.ground import NOW

from wharfinger.domain.orders.blindness import REMEDIES, Blind, Search, Whose, blind

LONG_AGO = NOW - timedelta(hours=2)


def search(**more):
    return Search(**{"read_until": LONG_AGO, "failed": False, "fault": None, "lost_at": None, "works": True, **more})


@pytest.mark.parametrize("whose", list(Whose))
def test_whose_fault_it_is_was_stored_with_the_failed_run(whose):
    assert blind(search(failed=True, fault=whose), NOW) == Blind(LONG_AGO, whose)


@pytest.mark.parametrize("whose", list(Whose))
def test_each_fault_has_something_to_do(whose):
    assert REMEDIES[whose].endswith(".")


def test_a_failed_run_of_an_unknown_kind_is_ours():
    assert blind(search(failed=True), NOW) == Blind(LONG_AGO, Whose.OURS)


def test_without_a_worker_it_is_ours_and_without_access_it_is_that():
    assert blind(search(works=False), NOW) == Blind(LONG_AGO, Whose.OURS)
    assert blind(search(lost_at=NOW, failed=True, fault=Whose.REFUSAL), NOW) == Blind(LONG_AGO, Whose.ACCESS)


def test_a_search_that_gets_no_rate_for_long_is_blind_and_one_that_waits_a_little_is_not():
    assert blind(search(throttled=True), NOW) == Blind(LONG_AGO, Whose.RATE)
    assert blind(search(throttled=True, read_until=NOW - timedelta(minutes=20)), NOW) is None


@pytest.mark.parametrize(
    "sees",
    [
        search(),
        search(read_until=NOW - timedelta(minutes=5), failed=True, fault=Whose.AMAZON),
        search(read_until=None, works=False),
        search(read_until=NOW + timedelta(hours=1), failed=True),
    ],
)
def test_who_sees_orders_is_not_blind(sees):
    assert blind(sees, NOW) is None
