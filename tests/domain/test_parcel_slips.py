"""What a packing slip says: units of this parcel, amounts of these units, sums only of a whole order."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.marketplaces import MARKETPLACES
from wharfinger.domain.orders.order import LineAmounts
from wharfinger.domain.shipping.parcel_slips import SlipKind, SlipLine, SlipOrder, sums, units_in_parcel
from wharfinger.domain.shipping.slip_words import WORDS, locale_of, words_of

MUGS = SlipLine("Mug", "MUG", 2, 2, LineAmounts(item=Decimal(20), shipping=Decimal(3), discount=Decimal(2)))
LAMP = SlipLine("Lamp", "LAMP", 1, 1, LineAmounts(item=Decimal(30), shipping=Decimal(1), tax=Decimal(0)))
ORDER = SlipOrder(
    1, "SO000001", "026-1", "GB", "Europe/London", "Harbour & Home Ltd", "1 Quay Street",
    datetime(2026, 11, 24, 12, tzinfo=UTC), "GBP", Decimal(52), None, (MUGS, LAMP),
)  # fmt: skip


def test_a_whole_order_has_its_sums_and_they_add_up_to_amazons_total():
    below = dict(sums(ORDER))
    assert below == {"shipping": Decimal(4), "discount": Decimal(-2), "total": Decimal(52)}
    lines = sum(line.price for line in ORDER.in_parcel)
    assert lines + below["shipping"] + below["discount"] == below["total"]


@pytest.mark.parametrize(
    "change",
    [{"lines": (replace(MUGS, units=1), LAMP)}, {"cancelled": True}, {"total": None}],
    ids=["a part", "units cancelled", "no total"],
)
def test_a_part_has_no_sums(change):
    assert sums(replace(ORDER, **change)) == ()


def test_what_lies_elsewhere_is_said_and_not_listed():
    part = replace(ORDER, lines=(replace(MUGS, units=1), replace(LAMP, units=0)))
    assert [(line.sku, line.units, line.price) for line in part.in_parcel] == [("MUG", 1, Decimal(10))]
    assert (part.apart, part.whole) == (True, False)
    assert (ORDER.apart, ORDER.whole) == (False, True)


def test_a_gift_is_not_packed_with_its_prices():
    for gift in (replace(LAMP, gift_message="For you"), replace(LAMP, gift_wrapped=True)):
        assert replace(ORDER, lines=(MUGS, gift)).usual_kind is SlipKind.GIFT_RECEIPT
    assert ORDER.usual_kind is SlipKind.PACKING_SLIP


@given(st.integers(1, 50), st.data())
def test_units_are_those_to_be_sent_else_those_that_were_sent(ordered, data):
    cancelled = data.draw(st.integers(0, ordered))
    shipped = data.draw(st.integers(0, ordered - cancelled))
    counts = {"ordered": ordered, "cancelled": cancelled, "shipped": shipped}
    now = units_in_parcel(**counts, anything_open=True)
    assert now + shipped + cancelled == ordered
    assert units_in_parcel(**counts, anything_open=False) == shipped


def test_every_marketplace_has_a_language_with_every_word():
    for market in MARKETPLACES:
        assert words_of(locale_of(market.country)).keys() == WORDS["en"].keys()
    assert {name for words in WORDS.values() for name, said in words.items() if not said.strip()} == set()
    assert set(SlipKind) <= WORDS["en"].keys()
    assert (locale_of("DE"), locale_of("BE"), locale_of("US")) == ("de_DE", "en_GB", "en_US")
