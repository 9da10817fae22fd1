"""The first sheet of a workbook as a text of cells between tabs, to be read on as a CSV file is. Pure.

A spreadsheet holds a long number with 15 digits: one that was typed as a number has lost the rest already, and ends in
zeros here, as it does on the sheet.
"""

import csv
import io
import zipfile
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from wharfinger.domain.csv_reading import NoTable

WORKBOOK_BEGINS = b"PK\x03\x04"
_UNPACKED_AT_MOST = 100 * 1024 * 1024
"""Bytes: five megabytes of a ZIP can unpack to thousands of times as much."""


def is_workbook(body: bytes) -> bool:
    return body.startswith(WORKBOOK_BEGINS)


def read_workbook(body: bytes) -> str | NoTable:
    """XLSX or ODS."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            size = sum(each.file_size for each in packed.infolist())
        if size > _UNPACKED_AT_MOST:
            return NoTable("This workbook is too large. Save the sheet as “CSV UTF-8” in your spreadsheet.")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError, ValueError):
        return NoTable("This workbook cannot be read. Save the sheet as “CSV UTF-8” in your spreadsheet.")
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue()


def _written(cell: object) -> str:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return f"{cell:.0f}"
        case datetime() | date():
            return cell.isoformat()[:10]
        case _:
            return str(cell)
