from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.stock.counts import Tally, add_entry, needs_decision

moves = st.lists(st.tuples(st.sampled_from(("sale", "receipt")), st.integers(1, 20)), max_size=6)


@given(st.integers(0, 200), st.integers(0, 200), moves, moves)
def test_sales_after_the_counted_moment_stay(shelf, believed, before, after):
    """Booking the variance of one entry gives what lies on the shelf, whatever moved before and after it."""
    for verb, units in before:
        by = units if verb == "receipt" else -units
        shelf, believed = shelf + by, believed + by
    tally = add_entry(None, shelf, believed, replaces=False)
    for verb, units in after:
        by = units if verb == "receipt" else -units
        shelf, believed = shelf + by, believed + by
    assert believed + tally.variance == shelf


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(-30, 30), st.booleans())
def test_two_entries_that_add_up_never_book_a_unit_that_may_not_be_there(first, second, wrong, by, of_first):
    """Two bins of an item; units move between their counting, in the bin that is counted already or in the other."""
    by = max(by, -first if of_first else -second)
    believed = first + second + wrong
    tally = add_entry(None, first, believed, replaces=False)
    tally = add_entry(tally, second + (0 if of_first else by), believed + by, replaces=False)
    assert tally.moved == (by != 0)
    booked = believed + by + tally.variance
    assert booked <= first + second + by
    assert booked == first + second + by or needs_decision(tally)


def test_a_recount_takes_the_place_of_what_was_counted():
    tally = add_entry(Tally(7, 9, moved=True), 3, 4, replaces=True)
    assert (tally, tally.variance, needs_decision(tally)) == (Tally(3, 4), -1, True)
    assert not needs_decision(add_entry(None, 4, 4, replaces=False))
