"""Catching up: the plan is the soonest that both budgets allow, and says whose refill it waits for."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.orders.catch_up import Bucket, Plan, plan

SEARCH, GET = Bucket(Decimal(20), Decimal("0.0056")), Bucket(Decimal(30), Decimal("0.5"))
BUCKETS = st.builds(Bucket, st.integers(0, 40).map(Decimal), st.decimals("0.001", 2, places=4))


def test_ten_thousand_orders_take_the_full_bursts_and_both_refills():
    found = plan(10_000, SEARCH, GET)
    assert (found.by_search, found.by_number) == (10_000 - found.by_number, found.by_number)
    assert 7_400 < found.seconds < 7_700
    assert found.binds == ("searchOrders", "getOrder")


def test_what_the_bursts_hold_is_here_at_once():
    assert plan(2_030, SEARCH, GET) == Plan(0, 2_000, 30, ())
    assert plan(0, SEARCH, GET) == Plan(0, 0, 0, ())


def test_without_any_refill_nobody_can_say_when():
    nothing = Bucket(Decimal(0), Decimal(0))
    assert plan(5, nothing, nothing).seconds is None


@given(st.integers(1, 5_000), BUCKETS, BUCKETS)
def test_no_second_less_would_do(orders, search, get):
    found = plan(orders, search, get)
    assert found.seconds is not None
    assert found.by_search + found.by_number == orders
    assert found.by_search <= search.calls_within(found.seconds) * 100
    assert found.by_number <= get.calls_within(found.seconds)
    if found.seconds:
        before = found.seconds - 1
        assert search.calls_within(before) * 100 + get.calls_within(before) < orders


@given(st.integers(1, 5_000), BUCKETS, BUCKETS)
def test_both_together_are_never_slower_than_either_alone(orders, search, get):
    nothing = Bucket(Decimal(0), Decimal(0))
    together = plan(orders, search, get).seconds
    assert together is not None
    for alone in (plan(orders, search, nothing), plan(orders, nothing, get)):
        assert alone.seconds is None or together <= alone.seconds
