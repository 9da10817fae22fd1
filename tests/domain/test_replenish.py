from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.stock.replenish import Proposal, Stand, propose

UNITS = st.integers(0, 500)


def test_it_is_brought_to_the_days_that_were_set():
    assert propose(Stand(10, 0, 0, 28, 100), below=28, up_to=56) == Proposal(46, 46)


def test_no_more_than_is_free_is_proposed():
    assert propose(Stand(10, 0, 0, 28, 5), below=28, up_to=56) == Proposal(46, 5)


def test_what_is_on_its_way_counts_once_though_amazon_and_we_both_count_it():
    assert propose(Stand(0, 20, 20, 28, 100), below=28, up_to=28) == Proposal(8, 8)
    assert propose(Stand(0, 20, 40, 28, 100), below=28, up_to=28) is None


def test_what_lasts_or_does_not_sell_is_left_alone():
    assert propose(Stand(28, 0, 0, 28, 100), below=28, up_to=56) is None
    assert propose(Stand(0, 0, 0, 0, 100), below=28, up_to=56) is None


@given(UNITS, UNITS, UNITS, UNITS, UNITS, st.integers(1, 60), st.integers(1, 90), st.integers(0, 90))
def test_it_lasts_for_the_days_with_what_is_wanted_and_not_with_a_case_less(
    available, inbound, coming, sold, free, case, below, more
):
    stand = Stand(available, inbound, coming, sold, free, case)
    found = propose(stand, below=below, up_to=below + more)
    if found is None:
        assert stand.cover is None or stand.cover >= below
    else:
        assert 0 <= found.units <= min(free, found.wanted)
        assert found.units % case == found.wanted % case == 0
        assert found.units == found.wanted or found.units + case > free
        assert (stand.expected + found.wanted) * 28 >= sold * (below + more)
        assert (stand.expected + found.wanted - case) * 28 < sold * (below + more)


def test_whole_cases_are_sent():
    assert propose(Stand(10, 0, 0, 28, 100, 12), below=28, up_to=56) == Proposal(48, 48)
    assert propose(Stand(10, 0, 0, 28, 30, 12), below=28, up_to=56) == Proposal(48, 24)
    assert propose(Stand(10, 0, 0, 28, 11, 12), below=28, up_to=56) == Proposal(48, 0)
