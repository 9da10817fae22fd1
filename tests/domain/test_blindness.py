"""Since when the shop is blind, and whose fault it is: by what the search's last run ended with."""

from datetime import timedelta

import pytest
from tests.factories.ground import NOW

from wharfinger.domain.orders.blindness import Blind, Search, Whose, blind

LONG_AGO = NOW - timedelta(hours=2)


def search(**more):
    return Search(**{"read_until": LONG_AGO, "error": "", "lost_at": None, "works": True, **more})


@pytest.mark.parametrize(
    ("error", "whose"),
    [
        ("searchOrders: 503 ServiceUnavailable: busy. Amazon has a fault of its own; try again later.", Whose.AMAZON),
        ("searchOrders: 429 QuotaExceeded: slow. Amazon's quota is spent.", Whose.AMAZON),
        ("searchOrders: no answer ConnectTimeout. Amazon did not answer in time.", Whose.NETWORK),
        ("searchOrders: 400 InvalidInput: not valid. Amazon refused the request.", Whose.REFUSAL),
        ("exchangeToken: 401 invalid_client. Amazon does not accept it.", Whose.REFUSAL),
        ("Internal error: ValueError. See the log.", Whose.OURS),
    ],
)
def test_whose_fault_it_is_stands_in_what_the_search_ended_with(error, whose):
    assert blind(search(error=error), NOW) == Blind(LONG_AGO, whose)


def test_without_a_worker_it_is_ours_and_without_access_it_is_that():
    assert blind(search(works=False), NOW) == Blind(LONG_AGO, Whose.OURS)
    assert blind(search(lost_at=NOW, error="searchOrders: 403"), NOW) == Blind(LONG_AGO, Whose.ACCESS)


@pytest.mark.parametrize(
    "sees",
    [
        search(),
        search(read_until=NOW - timedelta(minutes=5), error="searchOrders: 503 x"),
        search(read_until=None, works=False),
    ],
)
def test_who_sees_orders_is_not_blind(sees):
    assert blind(sees, NOW) is None
