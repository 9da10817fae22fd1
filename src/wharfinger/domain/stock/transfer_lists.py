"""A list of items and units for a transfer, pasted or as a file. Pure."""

from dataclasses import dataclass

from wharfinger.domain.csv_cells import read_cell, without_needless_zeros
from wharfinger.domain.csv_reading import NoTable, folded_heading, read_table
from wharfinger.domain.stock.transfers import LINES_AT_MOST, UNITS_AT_MOST

_CODE = (
    "stockcode",
    "code",
    "sku",
    "barcode",
    "ean",
    "item",
    "artikel",
    "artikelnummer",
    "article",
    "codice",
    "codigo",
)
_UNITS = ("quantity", "units", "qty", "menge", "anzahl", "quantite", "quantita", "cantidad")


@dataclass(frozen=True, slots=True)
class ListedUnits:
    """A row: what was written for the item, and its units; None = they must be a whole number."""

    row: int
    code: str
    units: int | None


def read_transfer_list(text: str) -> tuple[ListedUnits, ...] | NoTable:
    """With a heading row the columns stand in any order and others are left out; without one: code, units."""
    table = read_table(text)
    if isinstance(table, NoTable):
        return table
    headings = [folded_heading(heading) for heading in table.headings]
    code = next((place for place, heading in enumerate(headings) if heading in _CODE), None)
    units = next((place for place, heading in enumerate(headings) if heading in _UNITS), None)
    rows = list(table.rows)
    if code is None and units is None:
        rows.insert(0, (1, table.headings))
        code, units = 0, 1
    if code is None or units is None:
        return NoTable("The list needs two columns: stock code (or barcode) and quantity.")
    if len(rows) > LINES_AT_MOST:
        return NoTable(f"The list has {len(rows):,} rows; at most {LINES_AT_MOST:,} fit. Make several transfers.")
    found = []
    for number, cells in rows:
        written = read_cell(cells[code]).strip() if len(cells) > code else ""
        amount = without_needless_zeros(cells[units].strip()) if len(cells) > units else ""
        whole = amount.isascii() and amount.isdigit() and len(amount) < 12 and int(amount) <= UNITS_AT_MOST
        found.append(ListedUnits(number, written, int(amount) if whole else None))
    return tuple(found)
