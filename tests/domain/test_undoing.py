from datetime import timedelta

import pytest
from tests.factories.ground import DAY, NOW

from wharfinger.domain.shipping.undoing import ParcelToUndo, is_undo_open, undo_until, why_not_undone

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes", "ship_by", "waits"),
    [
        (2, NOW + DAY, 2),
        (30, None, 30),
        (30, NOW + 20 * MINUTE, 5),
        (2, NOW + 17 * MINUTE, 2),
        (2, NOW + 15 * MINUTE, None),
        (2, NOW - DAY, None),
        (0, NOW + DAY, None),
    ],
)
def test_a_confirmation_waits_its_minutes_and_never_past_a_quarter_of_an_hour_before_ship_by(minutes, ship_by, waits):
    assert undo_until(minutes, ship_by, NOW) == (None if waits is None else NOW + waits * MINUTE)


@pytest.mark.parametrize(
    ("until", "is_open"),
    [(NOW + MINUTE, True), (NOW + 30 * MINUTE, True), (NOW, False), (None, False), (NOW + DAY, False)],
)
def test_undo_is_open_until_its_moment_and_not_by_a_clock_that_was_ahead(until, is_open):
    assert is_undo_open(until, NOW) is is_open


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({}, None),
        ({"undone": True}, "undone already"),
        ({"waits": False}, "with Amazon already"),
        ({"until": NOW}, "is over"),
        ({"until": None}, "is over"),
        ({"shipped_at_amazon": True}, "counts %(order)s as shipped"),
    ],
)
def test_what_cannot_be_undone_says_why(values, word):
    parcel = ParcelToUndo(**{"reference": "1", "order": "SO1", "until": NOW + MINUTE, "waits": True, **values})
    stays = why_not_undone(parcel, NOW)
    assert stays is None if word is None else word in stays.sentence
