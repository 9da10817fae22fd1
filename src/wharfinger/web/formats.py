"""Money, numbers, days and times as the reader writes them: the one place, by CLDR's data (Babel).

The reader's locale is the language that Django has active, the zone Django's current one. What was written is kept: a
page asks for hundreds, and Babel takes 160 µs for an amount and 9 µs for a time.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import DateTimePattern, parse_pattern
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from django.utils.translation import get_language, to_locale

Style = Literal["full", "short", "day", "date", "time", "exact", "clock"]

_BARE = "#,##0.00"
_CODE_BEFORE_FIGURES = re.compile(r"(?<=[A-Z])(?=\d)")


def _language() -> str:
    return get_language() or "en-gb"


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def _true_minus(text: str) -> str:
    """CLDR has the hyphen, which is short, and where a line may break."""
    return text.replace("-", "\u2212")


@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, language: str) -> str:
    places = get_currency_precision(currency) if currency else 2
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)  # Babel rounds halves to the even digit
    if not currency:
        return _true_minus(format_decimal(rounded, _BARE, locale=_locale(language)))
    written = format_currency(rounded, currency, locale=_locale(language))
    return _true_minus(_CODE_BEFORE_FIGURES.sub("\u00a0", written))


def written_money(amount: Decimal, currency: str) -> str:
    """£1,234.50, SEK 12.00, JP¥1,235, BHD 1.235: decimals as the currency has them. Without one, the bare amount."""
    return _money(amount, currency, _language())


@lru_cache(maxsize=4096)
def _number(value: int, language: str) -> str:
    return _true_minus(format_decimal(value, locale=_locale(language)))


def written_number(value: int) -> str:
    """1,234 or −3."""
    return _number(value, _language())


@lru_cache(maxsize=512)
def _percent(rate: Decimal, language: str) -> str:
    return format_percent(rate / 100, "#,##0.##%", locale=_locale(language))


def written_percent(rate: Decimal) -> str:
    """A rate in per cent: 20%, 25.5%."""
    return _percent(rate, _language())


def written_change(value: int) -> str:
    """+5, −3 or +0."""
    return f"{'+' if value >= 0 else ''}{written_number(value)}"


_DAYS: dict[Style, str] = {"short": "MMMd", "day": "MMMd", "clock": "MMMd", "time": ""}
_HOURS: dict[Style, str] = {"exact": "medium", "clock": "medium", "date": "", "day": ""}


@lru_cache
def _pattern(style: Style, language: str) -> DateTimePattern:
    """The date and the time of a style as the locale has them, put together as it does."""
    locale = _locale(language)
    skeleton, hours = _DAYS.get(style), _HOURS.get(style, "short")
    day = locale.date_formats["medium"] if skeleton is None else locale.datetime_skeletons.get(skeleton, "")
    time = locale.time_formats[hours] if hours else ""
    if not (day and time):
        return parse_pattern(str(day or time))
    return parse_pattern(str(locale.datetime_formats["medium"]).replace("{0}", str(time)).replace("{1}", str(day)))


@lru_cache(maxsize=8192)
def _written(value: date, style: Style, language: str) -> str:
    return _pattern(style, language).apply(value, _locale(language))


def written_moment(value: datetime, style: Style = "full") -> str:
    """As a clock of the value's own zone shows it: 5 Nov 2026, 16:00. `short` and `clock` without the year, `exact`
    and `clock` with seconds, `time` without the day, `date` and `day` without the time."""
    return _written(value.replace(tzinfo=None), style, _language())


def written_date(value: date, style: Style = "date") -> str:
    """5 Nov 2026; `day`: 5 Nov."""
    return _written(value, style, _language())
