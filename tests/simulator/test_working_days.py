"""Which days count: weekends and holidays by country."""

from datetime import date

import pytest

from amazon_simulator.world.working_days import easter, working_day, works


def test_easter_falls_when_it_falls():
    assert [easter(year) for year in (2024, 2025, 2026, 2027, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("GB", date(2026, 4, 6)),  # Easter Monday
        ("GB", date(2026, 8, 31)),  # the last Monday of August
        ("GB", date(2026, 5, 4)),
        ("DE", date(2026, 5, 14)),  # Ascension
        ("DE", date(2026, 5, 25)),
        ("FR", date(2026, 7, 14)),
        ("US", date(2026, 11, 26)),  # Thanksgiving
        ("US", date(2026, 5, 25)),
        ("GB", date(2026, 11, 28)),  # a Saturday
        ("KW", date(2026, 11, 27)),  # a Friday
    ],
)
def test_nobody_works_then(country, day):
    assert not works(country, day)


def test_one_works_on_ordinary_days_and_where_carriers_drive():
    assert works("US", date(2026, 10, 12))
    assert works("KW", date(2026, 11, 29))  # a Sunday
    assert works("GB", date(2026, 11, 27))


def test_working_days_are_counted_over_the_holidays():
    assert working_day("DE", date(2026, 12, 25)) == date(2026, 12, 28)
    assert working_day("GB", date(2026, 4, 2), after=1) == date(2026, 4, 7)
