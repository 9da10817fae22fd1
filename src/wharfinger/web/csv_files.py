"""Tables as CSV files to take away: every cell of every file goes through the one writer here."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils import timezone

from wharfinger.domain.csv_cells import guard_cell
from wharfinger.web.asked import trade_now

MARK = "\ufeff"
"""Without it spreadsheets read UTF-8 in the code page of their country."""


class Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Sent row by row, however many there are. Times are the reader's, days and numbers as they are."""
    # Taken now: the reader's zone has ended when the rows are sent.
    lines = _lines(headings, rows, timezone.get_current_timezone())
    headers = {"Content-Disposition": f'attachment; filename="{name}-{trade_now():%Y-%m-%d-%H%M}.csv"'}
    return StreamingHttpResponse(chain([MARK], lines), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(headings: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(headings)
    for row in rows:
        yield writer.writerow([_cell(value, zone) for value in row])


def amount(value: Decimal) -> str:
    """With a point, as in ISO standards; without zeros beyond the hundredths, never in scientific notation."""
    whole, _, cents = f"{value:f}".partition(".")
    kept = cents.rstrip("0").ljust(min(len(cents), 2), "0")
    return f"{whole}.{kept}" if kept else whole


def _cell(value: object, zone: tzinfo) -> object:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case str():
            return guard_cell(value)
        case Decimal():
            return amount(value)
        case _:
            return value
