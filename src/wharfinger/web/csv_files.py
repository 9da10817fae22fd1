"""Tables as CSV files to take away: every cell of every file goes through the one writer here."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, tzinfo
from decimal import Decimal
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils import timezone

from wharfinger.domain.csv_cells import DecimalSign, guard_cell
from wharfinger.domain.labels import Labelled
from wharfinger.web.request_context import trade_now

MARK = "\ufeff"
"""Without it spreadsheets read UTF-8 in the code page of their country."""


_sign: ContextVar[DecimalSign] = ContextVar("decimal sign", default=DecimalSign.POINT)


@contextmanager
def written_with(sign: DecimalSign) -> Iterator[None]:
    """Files of this page are written with the reader's decimal sign, and the separator that goes with it."""
    kept = _sign.set(sign)
    try:
        yield
    finally:
        _sign.reset(kept)


class Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Sent row by row, however many there are. Times, decimal sign and separator are the reader's, days as they are."""
    # Taken now: the reader's zone and sign have ended when the rows are sent.
    lines = _lines(headings, rows, timezone.get_current_timezone(), _sign.get())
    headers = {"Content-Disposition": f'attachment; filename="{name}-{trade_now():%Y-%m-%d-%H%M}.csv"'}
    return StreamingHttpResponse(chain([MARK], lines), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(headings: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo, sign: DecimalSign) -> Iterator[str]:
    writer = csv.writer(Echo(), delimiter=sign.separator)
    yield writer.writerow(headings)
    for row in rows:
        yield writer.writerow([_cell(value, zone, sign) for value in row])


def amount(value: Decimal, sign: DecimalSign = DecimalSign.POINT) -> str:
    """Without zeros beyond the hundredths, never in scientific notation. A point is the sign of ISO standards."""
    whole, _, cents = f"{value:f}".partition(".")
    kept = cents.rstrip("0").ljust(min(len(cents), 2), "0")
    return f"{whole}{sign.sign}{kept}" if kept else whole


def _cell(value: object, zone: tzinfo, sign: DecimalSign) -> object:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case Labelled():
            return value.label
        case str():
            return guard_cell(value)
        case Decimal():
            return amount(value, sign)
        case float():
            return str(value).replace(".", sign.sign)
        case _:
            return value
