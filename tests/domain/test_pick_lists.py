import pytest

from wharfinger.domain.shipping.pick_lists import (
    OrderUnits,
    Standing,
    Total,
    Units,
    code_of,
    number_in,
    standing_of,
    totals_of,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [("PL000012", 12), ("pl12", 12), (" PL-12 ", 12), ("SO000012", None), ("12", None), ("PL0", None), ("", None)],
)
def test_a_scanned_text_names_a_pick_list_or_none(text, number):
    assert number_in(text) == number


def test_the_code_of_a_pick_list_is_read_back():
    assert number_in(code_of(1_234_567)) == 1_234_567


def test_totals_have_each_shelf_once_and_count_no_struck_order():
    mugs = [(Units(1, 7, 1, 2), 10, "SO10", False), (Units(2, 7, 1, 1), 10, "SO10", False)]
    struck, elsewhere = (Units(3, 7, 1, 5), 11, "SO11", True), (Units(4, 7, 2, 1), 12, "SO12", False)
    totals = totals_of([*mugs, struck, elsewhere])
    assert totals == (
        Total(7, 1, (OrderUnits(10, "SO10", 3), OrderUnits(11, "SO11", 5, struck=True))),
        Total(7, 2, (OrderUnits(12, "SO12", 1),)),
    )
    assert [total.units for total in totals] == [3, 1]


LISTED = (Units(1, 7, 1, 2),)


@pytest.mark.parametrize(
    ("now", "gone", "standing"),
    [
        (LISTED, False, Standing.TO_PICK),
        ((Units(1, 7, 1, 1),), True, Standing.CHANGED),
        (None, False, Standing.STAYS),
        (None, True, Standing.GONE),
    ],
)
def test_how_an_order_stands(now, gone, standing):
    assert standing_of(LISTED, now, gone=gone) is standing
