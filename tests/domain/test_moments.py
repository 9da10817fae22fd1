from datetime import UTC, datetime, timedelta

import pytest

from wharfinger.domain.moments import is_ahead, is_recent

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "longest", "ahead"),
    [
        (None, timedelta(0), False),
        (NOON - HOUR, timedelta(0), False),
        (NOON + timedelta(minutes=2), timedelta(0), False),  # two computers' clocks
        (NOON + timedelta(minutes=3), timedelta(0), True),
        (NOON + HOUR, HOUR, False),
        (NOON + 2 * HOUR, HOUR, True),
    ],
)
def test_a_moment_further_ahead_than_any_rule_would_set_it_is_no_wait(moment, longest, ahead):
    assert is_ahead(moment, NOON, longest) is ahead


@pytest.mark.parametrize(
    ("moment", "recent"),
    [(None, False), (NOON, True), (NOON - HOUR, False), (NOON + timedelta(minutes=1), True), (NOON + HOUR, False)],
)
def test_what_has_not_happened_yet_did_not_happen_lately(moment, recent):
    assert is_recent(moment, NOON, HOUR) is recent
