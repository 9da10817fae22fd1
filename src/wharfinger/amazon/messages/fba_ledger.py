"""The summary of Amazon's inventory ledger (GET_LEDGER_SUMMARY_VIEW_DATA) as rows: columns are read by their names.

Source: report-type-values-inventory; behaviours R13, R20. Requested by day and by country.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wharfinger.amazon.messages.wire import Unreadable

LEDGER_SUMMARY = "GET_LEDGER_SUMMARY_VIEW_DATA"
DAILY_BY_COUNTRY: Mapping[str, str] = {"aggregatedByTimePeriod": "DAILY", "aggregateByLocation": "COUNTRY"}
"""Its options; without them it is monthly."""
SELLABLE = "SELLABLE"
_NEEDED = ("date", "msku", "disposition", "ending warehouse balance", "location")
_START, _END = "starting warehouse balance", "ending warehouse balance"
_NO_EVENTS = frozenset(
    {"date", "fnsku", "asin", "msku", "title", "disposition", "location", "store", _START, _END}
    | {"in transit between warehouses"}  # what is on its way at the day's end: a level, and no event
)
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_UNITS = re.compile(r"-?\d{1,9}")
_QUOTED_OF_ODD = 200
_DAYS = ("%m/%d/%Y", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One SKU in one condition in one country on one day. `events`: units that came (+) or went (−), by the heading of
    their column in lower case, without those that are 0. `ending` None where the cell is empty."""

    day: date
    sku: str
    disposition: str
    country: str
    starting: int | None
    ending: int | None
    events: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """`unreadable`: rows that could not be read. No row at all is no data, and not that there is nothing."""

    rows: tuple[LedgerRow, ...]
    unreadable: int = 0


def read_ledger_summary(text: str) -> LedgerFile:
    """Unreadable where the text is no such report, as when Amazon writes a sentence in its place."""
    lines = csv.reader(_LINE_ENDS.split(text.replace("\x00", "")), delimiter="\t")
    headings = [heading.strip().lower() for heading in next(lines, [])]
    if missing := [name for name in _NEEDED if name not in headings]:
        begins = " ".join(text[:_QUOTED_OF_ODD].split())
        said = f"it says: {begins}" if begins else "it is empty"
        raise Unreadable(f"the document has no column {missing[0]}; {said}")
    rows: list[LedgerRow] = []
    unreadable = 0
    for line in lines:
        if not any(line):
            continue
        row = _row(dict(zip(headings, [*line, *[""] * len(headings)], strict=False)))
        if row is None:
            unreadable += 1
        else:
            rows.append(row)
    return LedgerFile(tuple(rows), unreadable)


def _row(cells: Mapping[str, str]) -> LedgerRow | None:
    try:
        day = _day(cells["date"].strip())
        events = {name: _units(cell) for name, cell in cells.items() if name and name not in _NO_EVENTS}
        starting, ending = _units(cells.get(_START, "")), _units(cells[_END])
    except ValueError:
        return None
    sku = cells["msku"].strip()
    if not sku:
        return None
    return LedgerRow(
        day=day,
        sku=sku,
        disposition=cells["disposition"].strip().upper(),
        country=cells["location"].strip().upper(),
        starting=starting,
        ending=ending,
        events={name: units for name, units in events.items() if units},
    )


def _day(text: str) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 -- a day without a time
        except ValueError:
            continue
    raise ValueError(text)


def _units(text: str) -> int | None:
    if not text.strip():
        return None
    if not _UNITS.fullmatch(text.strip()):
        raise ValueError(text)
    return int(text)
