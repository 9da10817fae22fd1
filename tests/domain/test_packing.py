from datetime import UTC, datetime, timedelta

import pytest

from wharfinger.domain.shipping.dispatching import LineLeaves
from wharfinger.domain.shipping.packing import (
    CLAIM_LASTS,
    Article,
    ScanResult,
    article_of,
    count_scan,
    is_claimed,
    lines_packed,
    units_by_item,
)

MUG, PLATE, SITE = 1, 2, 9
ARTICLES = (Article(MUG, ("MUG-1", "4006381333931")), Article(PLATE, ("PLATE", "0036000291452")))


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("4006381333931", MUG),
        ("04006381333931", MUG),
        ("mug1", MUG),
        ("036000291452", PLATE),
        ("36000291452", None),
        ("MUG", None),
        ("", None),
        (" - ", None),
    ],
)
def test_a_scanned_text_means_an_item_in_any_form_of_its_code(text, item):
    assert article_of(text, ARTICLES) == item


NEARLY = (Article(3, ("T-1.5",)), Article(4, ("T-15",)))


@pytest.mark.parametrize(
    ("text", "bearers", "item"),
    [("T-1.5", (3,), 3), ("T-15", (4,), 4), ("T15", (), None), ("T15", (5,), None), ("t-1.5", (), None)],
)
def test_of_codes_that_differ_in_signs_alone_the_exact_one_counts(text, bearers, item):
    """Size 1.5 is not size 15, whether the order wants one of them or both."""
    assert article_of(text, NEARLY, bearers=bearers) == item


def test_a_code_of_an_item_that_the_order_does_not_want_is_no_code_of_one_that_it_wants():
    assert article_of("T15", NEARLY[:1], bearers=(4,)) is None
    assert article_of("t15", NEARLY[:1]) == 3


@pytest.mark.parametrize(
    ("scanned", "item", "result"),
    [
        ({}, MUG, ScanResult.COUNTED),
        ({MUG: 1, PLATE: 1}, MUG, ScanResult.COMPLETE),
        ({MUG: 2}, MUG, ScanResult.TOO_MANY),
        ({}, 7, ScanResult.WRONG),
        ({}, None, ScanResult.WRONG),
    ],
)
def test_what_one_more_scan_is(scanned, item, result):
    assert count_scan({MUG: 2, PLATE: 1}, scanned, item) is result


KIT = LineLeaves(1, 2, (((MUG, SITE), 4), ((PLATE, SITE), 2)))
"""Two sets of two mugs and a plate."""
MUGS = LineLeaves(2, 3, (((MUG, SITE), 1), ((MUG, SITE + 1), 2)))


def test_what_is_to_be_scanned_are_the_components():
    assert units_by_item((KIT, MUGS)) == {MUG: 7, PLATE: 2}


@pytest.mark.parametrize(
    ("scanned", "packed"),
    [
        ({}, {}),
        ({MUG: 7, PLATE: 2}, {1: 2, 2: 3}),
        ({MUG: 3, PLATE: 1}, {1: 1, 2: 1}),
        ({MUG: 1, PLATE: 2}, {2: 1}),
        ({PLATE: 2}, {}),
    ],
)
def test_scanned_items_make_whole_units_line_by_line(scanned, packed):
    assert lines_packed((KIT, MUGS), scanned) == packed


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("active_at", "claimed"),
    [
        (NOW, True),
        (NOW - CLAIM_LASTS + timedelta(seconds=1), True),
        (NOW - CLAIM_LASTS, False),
        (NOW + timedelta(days=1), False),
    ],
)
def test_a_claim_keeps_others_away_for_a_quarter_of_an_hour_after_the_last_scan(active_at, claimed):
    assert is_claimed(active_at, NOW) is claimed
