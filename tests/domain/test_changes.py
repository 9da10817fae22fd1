"""How a newer message differs from the order that is held."""

from dataclasses import replace

import pytest
from tests.factories.incoming import ADDRESS, a_line, an_order

from wharfinger.domain.orders.changes import (
    AddressChanged,
    CancelledAtAmazon,
    CancelRequested,
    CancelRequestEnded,
    HeldLine,
    HeldOrder,
    LineAdded,
    LineGone,
    PartAddressShown,
    QuantityChanged,
    SentElsewhere,
    changes,
)
from wharfinger.domain.orders.order import AmazonStatus, IncomingAddress

HELD = HeldOrder((HeldLine("MUG-1", 2),), ADDRESS)


def test_the_same_message_changes_nothing():
    assert changes(HELD, an_order(a_line(quantity=2))) == ()


def test_an_order_without_address_changes_none():
    assert changes(HELD, an_order(a_line(quantity=2), address=None)) == ()


def test_another_address_is_shown_with_the_one_before():
    moved = replace(ADDRESS, line_1="2 Quay Street")
    assert changes(HELD, an_order(a_line(quantity=2), address=moved)) == (AddressChanged(ADDRESS, moved),)


def test_a_part_of_another_address_is_shown_while_something_is_to_be_sent():
    other = an_order(a_line(quantity=2), address=IncomingAddress(town="York", postcode="YO1 1AA", country="GB"))
    assert changes(HELD, other) == (PartAddressShown(),)
    assert changes(HELD, replace(other, status=AmazonStatus.PENDING)) == ()


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (a_line(quantity=3), QuantityChanged("MUG-1", 3, 0)),
        (a_line(quantity=2, quantity_cancelled=1), QuantityChanged("MUG-1", 2, 1)),
        (a_line(quantity=2, quantity_cancelled=9), QuantityChanged("MUG-1", 2, 2)),
    ],
)
def test_a_line_has_the_units_that_amazon_states(line, change):
    assert changes(HELD, an_order(line)) == (change,)


def test_a_line_is_never_smaller_than_what_was_sent_of_it():
    sent = HeldOrder((HeldLine("MUG-1", 3, shipped=2),), ADDRESS)
    assert changes(sent, an_order(a_line(quantity=1, quantity_fulfilled=1))) == (QuantityChanged("MUG-1", 2, 0),)


def test_lines_come_and_go():
    assert changes(HELD, an_order(a_line("CUP"))) == (LineGone("MUG-1"), LineAdded("CUP-1"))


def test_a_line_that_was_sent_whole_does_not_go():
    sent = HeldOrder((HeldLine("MUG-1", 2, shipped=2),), ADDRESS)
    assert changes(sent, an_order(a_line("CUP"))) == (LineAdded("CUP-1"),)


def test_a_message_without_lines_takes_none_away():
    assert changes(HELD, replace(an_order(), lines=())) == ()


def test_more_units_sent_than_ours_left_by_other_hands():
    assert changes(HELD, an_order(a_line(quantity=2, quantity_fulfilled=5))) == (SentElsewhere((("MUG-1", 2),)),)
    sent = HeldOrder((HeldLine("MUG-1", 2, shipped=1),), ADDRESS)
    assert changes(sent, an_order(a_line(quantity=2, quantity_fulfilled=1))) == ()


def test_a_line_that_comes_and_was_sent_already_left_by_other_hands():
    more = an_order(a_line(quantity=2), a_line("CUP", quantity_fulfilled=1))
    assert changes(HELD, more) == (LineAdded("CUP-1"), SentElsewhere((("CUP-1", 1),)))


def test_a_cancelled_order_has_nothing_sent_by_others():
    gone = an_order(a_line(quantity=2, quantity_fulfilled=1), status=AmazonStatus.CANCELLED)
    assert changes(HELD, gone) == (CancelledAtAmazon(),)


def test_a_buyers_request_is_shown_once_for_each_line():
    requested = an_order(a_line(quantity=2, cancel_requested=True))
    assert changes(HELD, requested) == (CancelRequested(further=True),)
    known = HeldOrder((HeldLine("MUG-1", 2, cancel_requested=True),), ADDRESS, cancel_requested=True)
    assert changes(known, requested) == (CancelRequested(further=False),)
    more = replace(requested, lines=(*requested.lines, a_line("CUP", cancel_requested=True)))
    assert changes(known, more) == (LineAdded("CUP-1"), CancelRequested(further=True))


def test_a_request_ends_when_it_is_withdrawn_or_too_late():
    known = HeldOrder((HeldLine("MUG-1", 2, cancel_requested=True),), ADDRESS, cancel_requested=True)
    assert changes(known, an_order(a_line(quantity=2))) == (CancelRequestEnded(withdrawn=True),)
    shipped = an_order(a_line(quantity=2, cancel_requested=True), status=AmazonStatus.SHIPPED)
    assert changes(known, shipped) == (CancelRequestEnded(withdrawn=False),)
