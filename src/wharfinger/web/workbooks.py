"""Tables as XLSX files to take away: real dates and numbers, text that is never run, memory for one row at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone, translation
from xlsxwriter import Workbook

from wharfinger.domain.installation.languages import Language
from wharfinger.domain.labels import Labelled
from wharfinger.web.request_context import trade_now

ROWS_A_SHEET = 1_048_575
"""Excel's own limit less the headings; what is more goes on on a sheet of its own."""

_TEXT_AT_MOST = 32_767
_EXACT_DIGITS = 15
_FIRST_YEAR = 1900
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DAYS = {Language.ENGLISH_US: "mm/dd/yyyy"}
_HOURS = {Language.ENGLISH_US: "h:mm AM/PM"}


@dataclass(frozen=True, slots=True)
class _Formats:
    heading: Any
    day: Any
    moment: Any
    amount: Any


def xlsx_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> FileResponse:
    """Written whole before the first byte leaves: a fault on the way is an error page, never half a file.

    Times are the reader's; dates are shown as their country writes them, numbers as their own Excel does.
    """
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it when it was sent
    try:
        _write(file, headings, rows, timezone.get_current_timezone())
    except BaseException:
        file.close()
        raise
    file.seek(0)
    written = f"{name}-{trade_now():%Y-%m-%d-%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=written, content_type=_TYPE)


def _write(file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo) -> None:
    with Workbook(file, _OPTIONS) as book:
        formats = _formats(book)
        following = iter(rows)
        first = list(islice(following, 1))
        while True:
            sheet = book.add_worksheet()
            _write_headings(sheet, headings, formats)
            for number, row in enumerate(islice(chain(first, following), ROWS_A_SHEET), 1):
                for column, value in enumerate(row):
                    _write_cell(sheet, number, column, value, formats, zone)
            first = list(islice(following, 1))
            if not first:
                return


def _formats(book: Any) -> _Formats:
    language = translation.get_language() or Language.ENGLISH_UK
    day, hours = _DAYS.get(language, "dd/mm/yyyy"), _HOURS.get(language, "hh:mm")  # type: ignore[call-overload]
    return _Formats(
        heading=book.add_format({"bold": True, "bottom": 1}),
        day=book.add_format({"num_format": day}),
        moment=book.add_format({"num_format": f"{day} {hours}"}),
        amount=book.add_format({"num_format": "#,##0.00"}),
    )


def _write_headings(sheet: Any, headings: Sequence[str], formats: _Formats) -> None:
    sheet.set_column(0, len(headings) - 1, 18)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, formats.heading)


def _write_cell(sheet: Any, row: int, column: int, value: object, formats: _Formats, zone: tzinfo) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(row, column, "yes" if value else "no")
        case datetime() if value.year > _FIRST_YEAR:
            sheet.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), formats.moment)
        case date() if value.year > _FIRST_YEAR:
            sheet.write_datetime(row, column, value, formats.day)
        case Decimal() if len(value.as_tuple().digits) <= _EXACT_DIGITS:
            sheet.write_number(row, column, float(value), formats.amount)
        case int() if len(str(abs(value))) <= _EXACT_DIGITS:
            sheet.write_number(row, column, value)
        case Labelled():
            sheet.write_string(row, column, value.label)
        case _:
            # As text, whatever it begins with: only a formula's own cell is run.
            sheet.write_string(row, column, str(value)[:_TEXT_AT_MOST])
