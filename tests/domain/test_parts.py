"""What of Amazon's message is each part's, where one Amazon order is several sales orders."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.incoming import a_line, an_order

from wharfinger.domain.orders.changes import HeldLine, HeldOrder, LineGone, changes
from wharfinger.domain.orders.order import AmazonStatus, LineAmounts, Particulars
from wharfinger.domain.orders.parts import AMOUNTS, Part, PartLine, added, amounts_of, portion, shares


def mugs(ordered, cancelled=0, shipped=0, **amounts):
    return PartLine("MUG-1", ordered, cancelled, shipped, LineAmounts(**amounts))


def units_of(parts, line):
    """(ordered, cancelled, fulfilled) of each part."""
    return [
        next(((of.quantity_ordered, of.quantity_cancelled, of.quantity_fulfilled) for of in share.lines), None)
        for share in shares(parts, an_order(line))
    ]


TWO_AND_ONE = (Part((mugs(2),)), Part((mugs(1),)))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (a_line(quantity=3), [(2, 0, 0), (1, 0, 0)]),
        (a_line(quantity=5), [(4, 0, 0), (1, 0, 0)]),
        (a_line(quantity=2), [(2, 0, 0), (0, 0, 0)]),
        (a_line(quantity=0), [(0, 0, 0), (0, 0, 0)]),
        (a_line(quantity=3, quantity_cancelled=1), [(2, 0, 0), (1, 1, 0)]),
        (a_line(quantity=3, quantity_cancelled=2), [(2, 1, 0), (1, 1, 0)]),
        (a_line(quantity=3, quantity_cancelled=9), [(2, 2, 0), (1, 1, 0)]),
        (a_line(quantity=3, quantity_fulfilled=1), [(2, 0, 1), (1, 0, 0)]),
        (a_line(quantity=3, quantity_fulfilled=3), [(2, 0, 2), (1, 0, 1)]),
    ],
)
def test_what_amazon_states_of_a_divided_line_is_divided_again(stated, expected):
    assert units_of(TWO_AND_ONE, stated) == expected


def test_what_a_part_has_sent_is_counted_for_it_and_never_for_another():
    parts = (Part((mugs(2),)), Part((mugs(1, shipped=1),)))
    assert units_of(parts, a_line(quantity=3, quantity_fulfilled=1)) == [(2, 0, 0), (1, 0, 1)]
    assert units_of(parts, a_line(quantity=3, quantity_fulfilled=2)) == [(2, 0, 1), (1, 0, 1)]
    assert units_of(parts, a_line(quantity=3, quantity_cancelled=1)) == [(2, 1, 0), (1, 0, 0)]
    assert units_of(parts, a_line(quantity=3, quantity_cancelled=3)) == [(2, 2, 0), (1, 1, 0)]


def test_a_cancelled_unit_is_the_one_that_we_requested_then_one_that_nobody_has_picked():
    requested = (Part((mugs(1),), cancelling=True), Part((mugs(1),)))
    assert units_of(requested, a_line(quantity=2, quantity_cancelled=1)) == [(1, 1, 0), (1, 0, 0)]
    picked = (Part((mugs(1),)), Part((mugs(1),), picked=True))
    assert units_of(picked, a_line(quantity=2, quantity_cancelled=1)) == [(1, 1, 0), (1, 0, 0)]


def test_cancelled_units_that_amazon_counts_no_more_leave_the_part_that_had_them():
    parts = (Part((mugs(2, cancelled=1),)), Part((mugs(1),)))
    assert units_of(parts, a_line(quantity=2)) == [(1, 0, 0), (1, 0, 0)]
    assert units_of(parts, a_line(quantity=3)) == [(2, 0, 0), (1, 0, 0)]


def test_a_line_of_one_part_is_that_parts_and_a_new_one_the_first_that_is_open():
    parts = (Part((mugs(1, shipped=1),)), Part((PartLine("CUP-1", 1),)))
    first, second = shares(parts, an_order(a_line(), a_line("CUP"), a_line("NEW")))
    assert [[line.sku for line in share.lines] for share in (first, second)] == [["MUG"], ["CUP", "NEW"]]


def test_a_part_of_which_amazon_states_no_line_any_more_has_none():
    parts = (Part((mugs(1),)), Part((PartLine("CUP-1", 1),)))
    _, second = shares(parts, an_order(a_line()))
    assert changes(HeldOrder((HeldLine("CUP-1", 1),)), second) == (LineGone("CUP-1"),)
    _, nothing_said = shares(parts, replace(an_order(), lines=()))
    assert changes(HeldOrder((HeldLine("CUP-1", 1),)), nothing_said) == ()


def test_a_request_to_cancel_is_for_the_parts_that_can_still_be_cancelled():
    parts = (Part((mugs(1, shipped=1),)), Part((mugs(1),)))
    found = shares(parts, an_order(a_line(quantity=2, quantity_fulfilled=1, cancel_requested=True)))
    assert [line.cancel_requested for share in found for line in share.lines] == [False, True]


def test_money_is_divided_by_units_to_the_coin():
    line = a_line(quantity=3, total="10.00", particulars=Particulars(tax_parts=(("ITEM", Decimal("1.00")),)))
    order = an_order(line, total=Decimal("12.00"), order_amounts=Decimal("2.00"))
    found = shares(TWO_AND_ONE, order)
    assert [share.lines[0].amounts.total for share in found] == [Decimal("6.67"), Decimal("3.33")]
    assert [share.lines[0].particulars.tax_parts[0][1] for share in found] == [Decimal("0.67"), Decimal("0.33")]
    assert [(share.total, share.order_amounts) for share in found] == [(Decimal("8.67"), 2), (Decimal("3.33"), 0)]


def test_shares_that_add_up_stay_as_they_are():
    parts = (
        Part((mugs(2, item=Decimal(6), total=Decimal(6)),)),
        Part((mugs(1, item=Decimal(4), total=Decimal(4)),)),
    )
    found = shares(parts, an_order(a_line(quantity=3, total="10.00")))
    assert [share.lines[0].amounts.total for share in found] == [Decimal(6), Decimal(4)]


def test_what_amazon_does_not_say_stays_unsaid():
    pending = an_order(replace(a_line(quantity=3), amounts=LineAmounts()), total=None, status=AmazonStatus.PENDING)
    found = shares(TWO_AND_ONE, pending)
    assert [(share.total, share.lines[0].amounts) for share in found] == [(None, LineAmounts())] * 2


@pytest.mark.parametrize(
    ("amount", "currency", "portions"),
    [
        ("10.0000", "GBP", ["3.33", "3.34", "3.33"]),
        ("100", "JPY", ["33", "34", "33"]),
        ("1.000", "KWD", ["0.333", "0.334", "0.333"]),
        ("0.0001", "GBP", ["0.0000", "0.0001", "0.0000"]),
    ],
)
def test_portions_have_the_currencys_coins(amount, currency, portions):
    found = [portion(Decimal(amount), place, place + 1, 3, currency) for place in range(3)]
    assert found == [Decimal(one) for one in portions]


_units = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)).map(
    lambda drawn: (sum(drawn), drawn[0], drawn[1])
)


@given(
    held=st.lists(_units, min_size=2, max_size=4),
    ordered=st.integers(0, 30),
    cancelled=st.integers(0, 30),
    fulfilled=st.integers(0, 30),
    pence=st.integers(0, 10_000),
)
def test_all_shares_together_are_the_message(held, ordered, cancelled, fulfilled, pence):
    sent = sum(shipped for _, _, shipped in held)
    parts = tuple(Part((mugs(*units),)) for units in held)
    line = a_line(quantity=ordered, quantity_cancelled=cancelled, quantity_fulfilled=fulfilled, total=str(pence / 100))
    found = [share.lines[0] for share in shares(parts, an_order(line))]
    if ordered >= sent:
        assert sum(share.quantity_ordered for share in found) == ordered
        assert sum(share.quantity_cancelled for share in found) == min(cancelled, ordered)
    if fulfilled <= min(sent, ordered):
        assert sum(share.quantity_fulfilled for share in found) == fulfilled
    assert all(0 <= share.quantity_cancelled <= share.quantity_ordered for share in found)
    for name in AMOUNTS:
        said = [getattr(share.amounts, name) for share in found]
        stated = getattr(line.amounts, name)
        assert (None if None in said else sum(said)) == stated
    assert changes_nothing_again(parts, found)


def changes_nothing_again(parts, found):
    """The same message a second time is divided in the same way."""
    lines = [
        PartLine("MUG-1", share.quantity_ordered, share.quantity_cancelled, part.lines[0].shipped, share.amounts)
        for part, share in zip(parts, found, strict=True)
    ]
    whole = a_line(
        quantity=sum(line.ordered for line in lines),
        quantity_cancelled=sum(line.cancelled for line in lines),
        total="0",
    )
    again = units_of(tuple(Part((line,)) for line in lines), whole)
    return [(ordered, cancelled) for ordered, cancelled, _ in again] == [(one.ordered, one.cancelled) for one in lines]


@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 100_000))
def test_a_line_that_is_divided_and_joined_again_has_its_money(one, other, pence):
    amounts = LineAmounts(item=Decimal(pence) / 100, total=Decimal(pence) / 100)
    whole = one + other
    halves = [amounts_of(amounts, begin, end, whole, "GBP") for begin, end in ((0, one), (one, whole))]
    assert added(*halves) == amounts
