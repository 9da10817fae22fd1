import pytest

from wharfinger.domain.stock.fba_stock import FbaLevel, add_up, is_large_fall


@pytest.mark.parametrize(
    ("held", "read", "large"),
    [
        (75, 0, True),
        (75, 37, True),
        (75, 38, False),
        (3, 0, True),
        (2, 0, False),
        (0, 0, False),
        (5, 9, False),
        (-4, -8, True),
        (-4, -5, False),
    ],
)
def test_half_of_what_is_held_does_not_go_on_one_reading(held, read, large):
    assert is_large_fall(held, read) is large


def test_several_skus_of_an_item_are_their_sum():
    one = FbaLevel(1, 5, ordered=1, reserved=2, inbound=3, total=10, other={"fooQuantity": 1})
    two = FbaLevel(1, 7, unfulfillable=1, researching=2, total=10, other={"fooQuantity": 2})
    assert add_up(1, [one, two]) == FbaLevel(1, 12, 1, 2, 3, 1, 2, 20, {"fooQuantity": 3})


def test_a_total_is_unknown_when_one_sku_has_none():
    assert add_up(1, [FbaLevel(1, 5, total=5), FbaLevel(1, 7)]).total is None


def test_amazons_own_total_less_its_states():
    assert FbaLevel(1, 5, ordered=1, reserved=2, total=9).unexplained == 2
    assert FbaLevel(1, 5, reserved=2).unexplained == 0
