"""Standard VAT rates by area, each with the day from which it holds. Pure.

As they were known in November 2026. They are published in the European Commission's "Taxes in Europe" database (TEDB);
for GB, IM and XI by HMRC ("VAT rates"; Value Added Tax Act 1994, section 2). The table was not compared with them by
machine: whoever changes a rate names the law.
A rate that a state changed for a while (Germany in 2020, Luxembourg in 2023) stands with its beginning and its end.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

SOURCE = "rates as known in November 2026; published by the European Commission (Taxes in Europe database) and HMRC"

_Steps = tuple[tuple[date, Decimal], ...]


def _since(*steps: tuple[int, int, int, str]) -> _Steps:
    return tuple((date(year, month, day), Decimal(rate)) for year, month, day, rate in steps)


STANDARD: Mapping[str, _Steps] = {
    "AT": _since((1984, 1, 1, "20")),
    "AT-JM": _since((2007, 1, 1, "19")),
    "BE": _since((1996, 1, 1, "21")),
    "BG": _since((1999, 1, 1, "20")),
    "CY": _since((2014, 1, 13, "19")),
    "CZ": _since((2013, 1, 1, "21")),
    "DE": _since((2007, 1, 1, "19"), (2020, 7, 1, "16"), (2021, 1, 1, "19")),
    "DK": _since((1992, 1, 1, "25")),
    "EE": _since((2009, 7, 1, "20"), (2024, 1, 1, "22"), (2025, 7, 1, "24")),
    "ES": _since((2012, 9, 1, "21")),
    "FI": _since((2013, 1, 1, "24"), (2024, 9, 1, "25.5")),
    "FR": _since((2014, 1, 1, "20")),
    "GB": _since((2011, 1, 4, "20")),
    "GR": _since((2016, 6, 1, "24")),
    "HR": _since((2012, 3, 1, "25")),
    "HU": _since((2012, 1, 1, "27")),
    "IE": _since((2012, 1, 1, "23"), (2020, 9, 1, "21"), (2021, 3, 1, "23")),
    "IT": _since((2013, 10, 1, "22")),
    "LT": _since((2009, 9, 1, "21")),
    "LU": _since((2015, 1, 1, "17"), (2023, 1, 1, "16"), (2024, 1, 1, "17")),
    "LV": _since((2012, 7, 1, "21")),
    "MT": _since((2004, 1, 1, "18")),
    "NL": _since((2012, 10, 1, "21")),
    "PL": _since((2011, 1, 1, "23")),
    "PT": _since((2011, 1, 1, "23")),
    "PT-20": _since((2021, 7, 1, "16")),
    "PT-30": _since((2012, 4, 1, "22")),
    "RO": _since((2017, 1, 1, "19"), (2025, 8, 1, "21")),
    "SE": _since((1990, 7, 1, "25")),
    "SI": _since((2013, 7, 1, "22")),
    "SK": _since((2011, 1, 1, "20"), (2025, 1, 1, "23")),
}
_SAME_AS = {"XI": "GB", "IM": "GB", "MC": "FR"}


def standard_rate(area: str, on: date) -> Decimal | None:
    """Per cent; None for an area or a day that the table does not have."""
    plain = area.rstrip("?")
    rates = [rate for since, rate in STANDARD.get(_SAME_AS.get(plain, plain), ()) if since <= on]
    return rates[-1] if rates else None
