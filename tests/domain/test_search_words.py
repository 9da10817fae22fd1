"""The words of a buyer by which an order is found, and what is typed to find them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer
from wharfinger.domain.orders.search_words import WORDS_AT_MOST, TypedWords, WordKind, words_of, words_typed


def _pairs(name="", company="", postcode="", **buyer):
    address = IncomingAddress(name=name, company=company, postcode=postcode)
    return [(word.kind.value, word.text) for word in words_of(address, IncomingBuyer(**buyer))]


def test_an_order_is_found_by_names_company_email_postcode_and_outward_part():
    found = _pairs("Grace Hopper", "Tea & Towels Ltd", "BS1 4DJ", email="X7@Marketplace.Amazon.co.uk")
    assert found == [
        ("email", "x7@marketplace.amazon.co.uk"),
        ("postcode", "bs14dj"),
        ("outward", "bs1"),
        ("name", "hopper"),
        ("name", "grace"),
        ("company", "tea"),
        ("company", "towels"),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("JOSÉ GARCÍA-LÓPEZ", ["lopez", "jose", "garcia"]),
        ("Siobhán O'Brien", ["obrien", "siobhan"]),
        ("Jürgen Groß", ["gross", "jurgen"]),
        ("Bjørn Ødegård", ["odegard", "bjorn"]),
        ("李 小龍", ["小龍", "李"]),
        ("T*** B***", []),
        ("", []),
        ("--", []),
    ],
)
def test_case_accents_and_signs_do_not_count(name, words):
    assert [text for _, text in _pairs(name)] == words


@pytest.mark.parametrize(
    ("postcode", "words"),
    [
        ("sw1a 2aa", ["sw1a2aa", "sw1a"]),
        ("10001-1234", ["100011234", "10001"]),
        ("10115", ["10115"]),
        ("BS1 XXX", []),
        ("", []),
    ],
)
def test_a_postcode_is_found_whole_and_by_its_outward_part(postcode, words):
    assert [text for _, text in _pairs(postcode=postcode)] == words


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20), st.text(max_size=60))
def test_whatever_a_buyer_is_called_there_are_at_most_eight_words_and_each_finds_it(name, company, postcode, email):
    words = words_of(IncomingAddress(name=name, company=company, postcode=postcode), IncomingBuyer(email=email))
    assert len(set(words)) == len(words) <= WORDS_AT_MOST
    for word in words:
        if word.kind in (WordKind.NAME, WordKind.COMPANY):
            assert word.text in words_typed(word.text).names or word.text == ""


@pytest.mark.parametrize(
    ("typed", "whole", "names"),
    [
        ("Hopper", [], ["hopper"]),
        ("grace  HOPPER", [], ["grace", "hopper"]),
        ("bs1 4dj", ["bs14dj", "bs14dj"], ["bs1", "4dj"]),
        ("X7@marketplace.amazon.co.uk ", ["x7@marketplace.amazon.co.uk"], []),
        ("Towels Ltd", [], ["towels"]),
        ("", [], []),
    ],
)
def test_what_is_typed_is_read_as_words(typed, whole, names):
    read = words_typed(typed)
    assert ([word.text for word in read.whole], list(read.names)) == (whole, names)
    assert isinstance(read, TypedWords)


def test_words_do_not_stand_in_logs():
    assert "hopper" not in repr(words_of(IncomingAddress(name="Grace Hopper"), IncomingBuyer()))
