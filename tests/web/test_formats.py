"""Money, numbers and times as the reader writes them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from wharfinger.web.formats import written_change, written_date, written_moment, written_money, written_number

AT = datetime(2026, 11, 5, 16, 4, 9)


@pytest.mark.parametrize(
    ("language", "amount", "currency", "written"),
    [
        ("en-gb", "1234.5", "GBP", "£1,234.50"),
        ("en-gb", "1234.5", "EUR", "€1,234.50"),
        ("en-gb", "1234.5", "USD", "US$1,234.50"),
        ("en-gb", "1234.5", "JPY", "JP¥1,235"),
        ("en-gb", "1.2345", "KWD", "KWD\u00a01.235"),
        ("en-gb", "12", "SEK", "SEK\u00a012.00"),
        ("en-gb", "-3", "GBP", "\u2212£3.00"),
        ("en-gb", "0.125", "GBP", "£0.13"),
        ("en-gb", "12.5", "", "12.50"),
        ("de", "1234.5", "EUR", "1.234,50\u00a0€"),
        ("en-us", "1234.5", "USD", "$1,234.50"),
    ],
)
def test_money_has_its_currency_and_the_decimals_of_it(language, amount, currency, written):
    with translation.override(language):
        assert written_money(Decimal(amount), currency) == written


def test_a_number_has_thousands_apart_and_a_true_minus():
    assert [written_number(1234567), written_number(-3), written_number(0)] == ["1,234,567", "\u22123", "0"]
    assert [written_change(5), written_change(-1200), written_change(0)] == ["+5", "\u22121,200", "+0"]


@pytest.mark.parametrize(
    ("style", "british", "german", "american"),
    [
        ("full", "5 Nov 2026, 16:04", "05.11.2026, 16:04", "Nov 5, 2026, 4:04\u202fPM"),
        ("short", "5 Nov, 16:04", "5. Nov., 16:04", "Nov 5, 4:04\u202fPM"),
        ("exact", "5 Nov 2026, 16:04:09", "05.11.2026, 16:04:09", "Nov 5, 2026, 4:04:09\u202fPM"),
        ("clock", "5 Nov, 16:04:09", "5. Nov., 16:04:09", "Nov 5, 4:04:09\u202fPM"),
        ("time", "16:04", "16:04", "4:04\u202fPM"),
        ("date", "5 Nov 2026", "05.11.2026", "Nov 5, 2026"),
        ("day", "5 Nov", "5. Nov.", "Nov 5"),
    ],
)
def test_a_moment_is_written_as_the_locale_has_it(style, british, german, american):
    for language, written in (("en-gb", british), ("de", german), ("en-us", american)):
        with translation.override(language):
            assert written_moment(AT, style) == written


def test_a_day_has_no_time():
    assert [written_date(date(2026, 9, 1)), written_date(date(2026, 9, 1), "day")] == ["1 Sept 2026", "1 Sept"]
