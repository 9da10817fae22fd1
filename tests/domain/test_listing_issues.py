"""What Amazon finds wrong with a listing: what is kept, how it is said, how it is stored."""

import json

from wharfinger.domain.stock.listing_issues import ListingIssue, read_issues, that_matter

MISSING = ListingIssue("90220", "'brand' is required.", attributes=("brand", "model"), actions=("SEARCH_SUPPRESSED",))
HINT = ListingIssue("18000", "A picture is small.", severity="WARNING")
ACTED_UPON = ListingIssue("99", "", severity="WARNING", actions=("LISTING_SUPPRESSED", "SOMETHING_NEW"))


def test_errors_are_kept_and_what_amazon_acted_upon_each_once():
    assert that_matter([HINT, MISSING, ACTED_UPON, MISSING]) == (MISSING, ACTED_UPON)


def test_it_says_amazons_words_the_code_the_attributes_and_what_amazon_did():
    assert MISSING.sentence == (
        "'brand' is required. (90220: brand, model) — the product is hidden from search results."
    )
    assert ACTED_UPON.sentence == "Amazon gave no message. (99) — the offer cannot be bought; SOMETHING_NEW."


def test_stored_it_comes_back_whole():
    assert read_issues(json.loads(json.dumps([MISSING.stored(), HINT.stored()]))) == (MISSING, HINT)
