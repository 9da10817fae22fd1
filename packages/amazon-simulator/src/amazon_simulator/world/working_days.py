"""Days on which parcels leave and arrive, by country: weekends and public holidays, a simple table of ours.

As of November 2026: holidays of a whole country only, on their own day (no substitute for one on a Sunday), and of
those on which carriers drive (Columbus Day, Veterans Day) none. What a state or a region celebrates is not here.
"""

import functools
from collections.abc import Callable, Mapping
from datetime import date, timedelta

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
WEEKEND = frozenset({SATURDAY, SUNDAY})
WEEKENDS = {
    "KW": frozenset({FRIDAY, SATURDAY}),
    "SA": frozenset({FRIDAY, SATURDAY}),
    "EG": frozenset({FRIDAY, SATURDAY}),
}
Holiday = Callable[[int], date]
"""Year → its day."""


@functools.lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar. Source: Meeus, Astronomical Algorithms, chapter 8."""
    century, golden = year // 100, year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - moon - year % 100 % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _on(month: int, day: int) -> Holiday:
    return lambda year: date(year, month, day)


def _easter(days: int) -> Holiday:
    return lambda year: easter(year) + timedelta(days=days)


def _nth(month: int, weekday: int, nth: int) -> Holiday:
    """The nth such day of a month; -1: the last."""

    def found(year: int) -> date:
        if nth > 0:
            first = date(year, month, 1)
            return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
        last = date(year, month, 31)  # of May and August only
        return last - timedelta(days=(last.weekday() - weekday) % 7)

    return found


NEW_YEAR, EPIPHANY, LABOUR = _on(1, 1), _on(1, 6), _on(5, 1)
GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY = _easter(-2), _easter(1), _easter(39), _easter(50)
ASSUMPTION, ALL_SAINTS, CONCEPTION, CHRISTMAS, BOXING = _on(8, 15), _on(11, 1), _on(12, 8), _on(12, 25), _on(12, 26)
HOLIDAYS: Mapping[str, tuple[Holiday, ...]] = {
    "GB": (
        NEW_YEAR, GOOD_FRIDAY, EASTER_MONDAY, _nth(5, MONDAY, 1), _nth(5, MONDAY, -1), _nth(8, MONDAY, -1),
        CHRISTMAS, BOXING,
    ),
    "DE": (
        NEW_YEAR, GOOD_FRIDAY, EASTER_MONDAY, LABOUR, ASCENSION, WHIT_MONDAY, _on(10, 3), CHRISTMAS, BOXING,
    ),
    "FR": (
        NEW_YEAR, EASTER_MONDAY, LABOUR, _on(5, 8), ASCENSION, WHIT_MONDAY, _on(7, 14), ASSUMPTION, ALL_SAINTS,
        _on(11, 11), CHRISTMAS,
    ),
    "IT": (
        NEW_YEAR, EPIPHANY, EASTER_MONDAY, _on(4, 25), LABOUR, _on(6, 2), ASSUMPTION, ALL_SAINTS, CONCEPTION,
        CHRISTMAS, BOXING,
    ),
    "ES": (
        NEW_YEAR, EPIPHANY, GOOD_FRIDAY, LABOUR, ASSUMPTION, _on(10, 12), ALL_SAINTS, _on(12, 6), CONCEPTION,
        CHRISTMAS,
    ),
    "NL": (NEW_YEAR, EASTER_MONDAY, _on(4, 27), ASCENSION, WHIT_MONDAY, CHRISTMAS, BOXING),
    "SE": (NEW_YEAR, EPIPHANY, GOOD_FRIDAY, EASTER_MONDAY, LABOUR, ASCENSION, _on(6, 6), CHRISTMAS, BOXING),
    "US": (
        NEW_YEAR, _nth(5, MONDAY, -1), _on(7, 4), _nth(9, MONDAY, 1), _nth(11, THURSDAY, 4), CHRISTMAS,
    ),
    "CA": (NEW_YEAR, GOOD_FRIDAY, _on(7, 1), _nth(9, MONDAY, 1), _nth(10, MONDAY, 2), CHRISTMAS, BOXING),
    "MX": (NEW_YEAR, LABOUR, _on(9, 16), _on(11, 20), CHRISTMAS),
    "JP": (NEW_YEAR, _on(1, 2), _on(1, 3), _on(5, 3), _on(5, 4), _on(5, 5), _on(11, 3), _on(11, 23)),
    "AU": (NEW_YEAR, _on(1, 26), GOOD_FRIDAY, EASTER_MONDAY, _on(4, 25), CHRISTMAS, BOXING),
    "SG": (NEW_YEAR, GOOD_FRIDAY, LABOUR, _on(8, 9), CHRISTMAS),
    "KW": (NEW_YEAR, _on(2, 25), _on(2, 26)),
}  # fmt: skip


@functools.lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(day(year) for day in HOLIDAYS.get(country, ()))


def works(country: str, day: date) -> bool:
    return day.weekday() not in WEEKENDS.get(country, WEEKEND) and day not in _holidays(country, day.year)


def working_day(country: str, day: date, after: int = 0) -> date:
    """The day itself or the next one on which one works; then so many working days later."""
    while not works(country, day):
        day += timedelta(days=1)
    for _ in range(after):
        day = working_day(country, day + timedelta(days=1))
    return day
