"""Tracking numbers of many orders in one list: an order, its number, and where it differs the courier service. Pure.

With a heading row the columns stand in any order and others are left out; without one they are order, tracking number,
courier service. A row number is that of the list, 1 is its first line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from wharfinger.domain.csv_reading import NoTable, folded_heading, read_table, unwrapped
from wharfinger.domain.shipping.carriers import folded

ROWS_AT_MOST = 2_000
COLUMNS = ("order", "tracking number", "courier service")
_ORDER = (
    "order", "orderid", "amazonorderid", "ordernumber", "orderno", "amazonordernumber", "salesorder", "orderref",
    "orderreference", "customerreference", "reference", "ref", "bestellnummer", "bestellung", "auftragsnummer",
    "auftrag", "commande", "numerodecommande", "numerocommande", "ordine", "numeroordine", "pedido", "numerodepedido",
)  # fmt: skip
_NUMBER = (
    "trackingnumber", "tracking", "trackingno", "trackingid", "trackingcode", "consignmentnumber", "consignment",
    "parcelnumber", "shipmentnumber", "sendungsnummer", "paketnummer", "numerodesuivi", "suivi", "numerodispedizione",
    "numerodeseguimiento",
)  # fmt: skip
_SERVICE = (
    "courierservice", "service", "shippingservice", "courier", "carrier", "carriername", "carriercode", "versanddienst",
    "transporteur", "corriere", "transportista",
)  # fmt: skip
_WRAPPED = re.compile(r'="([^"]*)"')
_NEAR = 3


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A row as it was written. `surplus`: cells for which there is no column."""

    row: int
    order: str
    number: str
    service: str = ""
    surplus: tuple[str, ...] = ()


def read_number_list(text: str) -> tuple[NumberRow, ...] | NoTable:
    """The rows, whatever stands between their cells: a tab, semicolon, comma, bar, or a blank after the order."""
    table = read_table(text)
    if isinstance(table, NoTable):
        return table
    places = _places(table.headings)
    if isinstance(places, NoTable):
        return places
    lines = list(table.rows)
    if places is None:
        lines.insert(0, (_first_line(text), table.headings))
        places = (0, 1, 2)
    if len(lines) > ROWS_AT_MOST:
        return NoTable(
            f"The list has {len(lines):,} rows; at most {ROWS_AT_MOST:,} are taken at a time. Split it into several."
        )
    if not lines:
        return NoTable("The list has a heading row only. Add a row for each order.")
    named = places != (0, 1, 2)
    return tuple(_row(number, cells, places, named=named) for number, cells in lines)


def _first_line(text: str) -> int:
    """Lines that are empty come before it."""
    body = text.removeprefix("\ufeff")
    return next((number for number, line in enumerate(body.splitlines(), 1) if line.strip(" \t,;|")), 1)


def _places(headings: Sequence[str]) -> tuple[int, int, int] | NoTable | None:
    """Where order, number and service stand; -1 = nowhere. None: the first row names no columns."""
    folds = [folded_heading(heading) for heading in headings]
    order, number, service = (_place(folds, names) for names in (_ORDER, _NUMBER, _SERVICE))
    if order >= 0 and number >= 0:
        return order, number, service
    if any(any(c.isdigit() for c in heading) for heading in headings[:2]):
        return None
    missing = COLUMNS[0] if order < 0 else COLUMNS[1]
    return NoTable(
        f"Row 1 names no column “{missing}”. Name the columns {COLUMNS[0]}, {COLUMNS[1]} and {COLUMNS[2]}, or paste "
        "them in this order without headings."
    )


def _place(folds: Sequence[str], names: Sequence[str]) -> int:
    """Of several that fit, the one whose name comes first in ours."""
    fitting = [(names.index(fold), place) for place, fold in enumerate(folds) if fold in names]
    return min(fitting)[1] if fitting else -1


def _row(row: int, cells: Sequence[str], places: tuple[int, int, int], *, named: bool) -> NumberRow:
    order, number, service = (cells[place] if 0 <= place < len(cells) else "" for place in places)
    if not number and " " in order and len(cells) == 1:
        order, _, number = order.partition(" ")
    surplus = () if named else tuple(cell for cell in cells[3:] if cell)
    return NumberRow(row, unwrapped(order), _WRAPPED.sub(r"\1", number), service, surplus)


# --- which courier service a row names


@dataclass(frozen=True, slots=True)
class NamedService:
    id: int
    courier: str
    name: str

    @property
    def title(self) -> str:
        return f"{self.courier} {self.name}".strip()


def service_named(text: str, services: Sequence[NamedService]) -> NamedService | tuple[str, ...]:
    """By courier and service, else by either alone where one service has it; else the titles that are near."""
    wanted = folded(text)
    for way in ("title", "name", "courier"):
        found = [each for each in services if folded(getattr(each, way)) == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            return tuple(each.title for each in found)
    titles = {folded(each.title): each.title for each in services}
    near = get_close_matches(wanted, titles, n=_NEAR, cutoff=0.4)
    return tuple(titles[each] for each in near) or tuple(list(titles.values())[:_NEAR])
