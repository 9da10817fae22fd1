"""Which stock item a line means: the channel's own code, then the others in their order."""

import pytest

from wharfinger.domain.orders.matching import (
    Candidate,
    MatchCode,
    Matched,
    NotMatched,
    match_by_codes,
    match_line,
    own_code,
    read_codes,
)
from wharfinger.domain.orders.near_misses import alike, words_of

NONE = NotMatched("No stock item is linked to the Amazon SKU “MUG”.")


def test_the_first_other_code_that_names_one_item_decides():
    named = [(MatchCode.STOCK_CODE, {}), (MatchCode.BARCODE, {2: "CUP"}), (MatchCode.OTHER_REFERENCE, {3: "POT"})]
    assert match_by_codes(NONE, named) == Matched(2)


def test_two_items_by_one_code_hold_the_line_and_no_later_code_guesses():
    named = [(MatchCode.OTHER_REFERENCE, {1: "MUG", 2: "CUP"}), (MatchCode.BARCODE, {3: "POT"})]
    found = match_by_codes(NONE, named)
    assert found == NotMatched("Its Other reference leads to several stock items: CUP and MUG.", several=True)


@pytest.mark.parametrize("named", [[], [(MatchCode.STOCK_CODE, {})]])
def test_where_no_code_names_an_item_the_first_reason_stands(named):
    assert match_by_codes(NONE, named) == NONE


def test_a_code_that_leads_to_several_says_so():
    candidates = [Candidate("MUG", "B1", 1, "MUG"), Candidate("MUG", "B1", 2, "CUP")]
    assert match_line("MUG", "B1", candidates, by_sku=True) == NotMatched(
        "The Amazon SKU “MUG” leads to several stock items: CUP and MUG.", several=True
    )


def test_a_stored_list_keeps_its_order_and_passes_over_what_is_not_known():
    assert read_codes(["barcode", "from the future", "stock_code"]) == (MatchCode.BARCODE, MatchCode.STOCK_CODE)
    assert (own_code(by_sku=True), own_code(by_sku=False)) == (MatchCode.AMAZON_SKU, MatchCode.ASIN)


@pytest.mark.parametrize(
    ("code", "other", "same"),
    [("MUG-1", "mug1", True), ("0042", "42", True), ("MUG", "MUGS", False), ("", "", False), ("---", "", False)],
)
def test_codes_are_alike_but_for_case_signs_and_leading_zeros(code, other, same):
    assert alike(code, other) is same


def test_the_longest_words_of_a_title_say_most():
    assert words_of("Enamel Mug of the enamel kind") == ["enamel", "kind", "mug", "the"]
