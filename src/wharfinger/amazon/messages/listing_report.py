"""The All Listings report (GET_MERCHANT_LISTINGS_ALL_DATA) as rows: a flat file whose columns are read by their names.

Source: report-type-values-inventory. Only what quantities are compared by is read: titles have lost letters
(behaviour R02), and prices are none of ours.
"""

import csv
import re
from dataclasses import dataclass
from typing import Literal

from wharfinger.amazon.messages.wire import Unreadable

_NEEDED = ("seller-sku", "quantity", "fulfillment-channel")
_QUOTED_OF_ODD = 200
_MOST_UNITS = 2**31 - 1
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
"""Titles may hold what Python also takes for the end of a line."""


@dataclass(frozen=True, slots=True)
class ListingReportRow:
    """`quantity` None where the cell is empty, as for what Amazon sends; blank is not 0 (behaviour R20)."""

    sku: str
    quantity: int | None
    fulfilment_channel: str


@dataclass(frozen=True, slots=True)
class ListingReportFile:
    """`unreadable`: rows that could not be read."""

    rows: tuple[ListingReportRow, ...]
    unreadable: int = 0


def read_listing_report(text: str) -> ListingReportFile:
    """Unreadable where the text is no such report, as when Amazon writes a sentence in its place."""
    lines = csv.reader(_LINE_ENDS.split(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    headings = [heading.strip().lower() for heading in next(lines, [])]
    if missing := [name for name in _NEEDED if name not in headings]:
        begins = " ".join(text[:_QUOTED_OF_ODD].split())
        said = f"it says: {begins}" if begins else "it is empty"
        raise Unreadable(f"the document has no column {missing[0]}; {said}")
    sku, quantity, channel = (headings.index(name) for name in _NEEDED)
    rows: list[ListingReportRow] = []
    unreadable = 0
    for line in lines:
        if not any(line):
            continue
        cells = [*line, *[""] * (len(headings) - len(line))]
        units = _units(cells[quantity].strip())
        if not cells[sku].strip() or units is False:
            unreadable += 1
            continue
        rows.append(ListingReportRow(cells[sku].strip(), units, cells[channel].strip().upper()))
    return ListingReportFile(tuple(rows), unreadable)


def _units(text: str) -> int | Literal[False] | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and int(text) <= _MOST_UNITS else False
