import pytest

from wharfinger.domain.counts import counted


@pytest.mark.parametrize(("number", "said"), [(0, "0 SKUs"), (1, "1 SKU"), (2, "2 SKUs"), (1200, "1,200 SKUs")])
def test_a_count_has_its_noun_in_the_right_number(number, said):
    assert counted(number, "SKU") == said


def test_an_odd_plural_is_given():
    assert [counted(number, "reply", "replies") for number in (1, 2)] == ["1 reply", "2 replies"]
