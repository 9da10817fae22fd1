"""Days of marketplaces: where they begin, what a change of clocks does, and which zone ship-by times speak of."""

from datetime import UTC, date, datetime, timedelta

import pytest

from wharfinger.domain.days import begins, day_of, ends, ends_a_day, months_before, zone_that_fits
from wharfinger.domain.marketplaces import MARKETPLACES, likely_zone

BERLIN, PACIFIC, CAIRO = "Europe/Berlin", "America/Los_Angeles", "Africa/Cairo"


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), BERLIN, date(2026, 11, 1)),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "Europe/London", date(2026, 10, 31)),
        (datetime(2026, 11, 1, 6, 59, tzinfo=UTC), PACIFIC, date(2026, 10, 31)),
        (datetime(2026, 10, 31, 15, 0, tzinfo=UTC), "Asia/Tokyo", date(2026, 11, 1)),
    ],
)
def test_a_moment_is_on_the_day_of_its_zone(moment, zone, day):
    assert day_of(moment, zone) == day


@pytest.mark.parametrize(
    ("day", "zone", "first", "hours"),
    [
        (date(2026, 11, 1), BERLIN, datetime(2026, 10, 31, 23, tzinfo=UTC), 24),
        (date(2026, 10, 25), BERLIN, datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (date(2026, 3, 29), BERLIN, datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (date(2026, 4, 24), CAIRO, datetime(2026, 4, 23, 22, tzinfo=UTC), 23),
        (date(2026, 10, 29), CAIRO, datetime(2026, 10, 28, 21, tzinfo=UTC), 25),
    ],
)
def test_days_of_changing_clocks_have_23_or_25_hours(day, zone, first, hours):
    assert (begins(day, zone), ends(day, zone) - begins(day, zone)) == (first, timedelta(hours=hours))


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 11, 30), 3, date(2026, 8, 30)),
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2028, 5, 31), 3, date(2028, 2, 29)),
        (date(2026, 1, 15), 3, date(2025, 10, 15)),
        (date(2026, 3, 1), 3, date(2025, 12, 1)),
    ],
)
def test_three_months_are_calendar_months(day, months, earlier):
    assert months_before(day, months) == earlier


def ship_by(zone, count=20, start=date(2026, 10, 10)):
    return [ends(start + timedelta(days=n), zone) - timedelta(seconds=1) for n in range(count)]


def test_ship_by_times_end_a_day_of_the_marketplace():
    assert all(ends_a_day(moment, CAIRO) for moment in ship_by(CAIRO, 30))
    assert not ends_a_day(datetime(2026, 11, 1, 22, 59, 58, tzinfo=UTC), BERLIN)
    assert ends_a_day(datetime(2026, 11, 1, 22, 59, 59, 999000, tzinfo=UTC), BERLIN)


@pytest.mark.parametrize(
    ("times", "zone", "country", "proposed"),
    [
        (ship_by(BERLIN), BERLIN, "DE", None),
        (ship_by("America/New_York", 19), PACIFIC, "US", None),
        (ship_by("America/New_York"), PACIFIC, "US", "America/New_York"),
        (ship_by("America/Mexico_City"), PACIFIC, "MX", "America/Mexico_City"),
        (ship_by("Australia/Perth"), "Australia/Sydney", "AU", "Australia/Perth"),
        (ship_by("UTC"), BERLIN, "DE", "UTC"),
        ([datetime(2026, 11, 1, 17, 21, tzinfo=UTC)] * 40, BERLIN, "DE", None),
        (ship_by(BERLIN, 60) + [datetime(2026, 11, 1, 11, tzinfo=UTC)] * 20, BERLIN, "DE", None),
    ],
)
def test_a_zone_is_proposed_once_twenty_orders_speak_of_another(times, zone, country, proposed):
    assert zone_that_fits(times, zone, country) == proposed


def test_a_zone_that_fits_in_winter_only_is_not_taken_for_the_one_of_the_whole_year():
    over_a_change = ship_by("Europe/London", 40, date(2026, 10, 1))
    assert zone_that_fits(over_a_change, "Africa/Abidjan", "") == "Europe/London"


def test_every_marketplace_has_its_zone_and_unknown_ones_their_regions():
    assert {facts.name: facts.zone for facts in MARKETPLACES}["Amazon.de"] == BERLIN
    assert all(likely_zone(facts.id, facts.region.value) == facts.zone for facts in MARKETPLACES)
    unknown = [likely_zone("AUNKNOWN00001", region) for region in ("EU", "NA", "FE")]
    assert unknown == [BERLIN, PACIFIC, "Asia/Tokyo"]
    assert likely_zone("AUNKNOWN00001", "EU", "IE") == "Europe/Dublin"
