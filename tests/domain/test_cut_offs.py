from datetime import UTC, datetime, time

import pytest

from wharfinger.domain.shipping.cut_offs import (
    EVERY_DAY,
    WORKING_WEEK,
    CutOff,
    next_collection,
    read_weekdays,
    write_weekdays,
)

THREE = CutOff(time(15))


def at(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cut_off", "zone", "now", "moment"),
    [
        (THREE, "Europe/London", at(2026, 11, 24, 9), at(2026, 11, 24, 15)),
        (THREE, "Europe/London", at(2026, 11, 24, 15), at(2026, 11, 24, 15)),
        (THREE, "Europe/London", at(2026, 11, 24, 15, 1), at(2026, 11, 25, 15)),
        (THREE, "Europe/Berlin", at(2026, 11, 24, 14, 30), at(2026, 11, 25, 14)),
        (THREE, "America/New_York", at(2026, 11, 24, 19), at(2026, 11, 24, 20)),
        (THREE, "Europe/London", at(2026, 11, 27, 16), at(2026, 11, 30, 15)),
        (CutOff(time(15), frozenset(EVERY_DAY)), "Europe/London", at(2026, 11, 27, 16), at(2026, 11, 28, 15)),
        (CutOff(time(15), frozenset({1})), "Europe/London", at(2026, 11, 24, 16), at(2026, 12, 1, 15)),
        (CutOff(time(1, 30), frozenset({6})), "Europe/London", at(2026, 3, 28, 12), at(2026, 3, 29, 1, 30)),
        (CutOff(time(15), frozenset()), "Europe/London", at(2026, 11, 24, 9), None),
    ],
)
def test_a_service_collects_next_on_the_sites_own_clock(cut_off, zone, now, moment):
    assert next_collection(cut_off, zone, now) == moment


@pytest.mark.parametrize("days", [frozenset(), WORKING_WEEK, frozenset({6}), frozenset(EVERY_DAY)])
def test_weekdays_are_read_as_they_were_written(days):
    assert read_weekdays(write_weekdays(days)) == days
