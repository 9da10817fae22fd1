"""The All Orders report as rows: a flat file whose columns are read by their names.

Source: order-tracking-reports-attributes. An order and SKU may stand in several rows, without anything that tells
them apart: rows mean something in sums only. Amounts are for the whole row.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from wharfinger.amazon.messages.wire import Unreadable, check_number, in_utc

_NEEDED = ("amazon-order-id", "purchase-date", "last-updated-date", "order-status", "sku", "quantity")
_ADDED = ("item-price", "shipping-price", "gift-wrap-price")
_TAKEN_OFF = ("item-promotion-discount", "ship-promotion-discount")
_NUMBER_AT_MOST = 60
_QUOTED_OF_ODD = 200
"""Characters of a document that is no report: enough to read Amazon's sentence in it."""
_MOST_UNITS = 2**31 - 1
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
"""Titles may hold what Python also takes for the end of a line."""


@dataclass(frozen=True, slots=True)
class OrderReportRow:
    """One row in Amazon's words. `quantity` and `amount` are None where the cell is empty, as for a pending order.

    `amount`: goods, shipping and gift wrap less discounts, without the taxes that stand in columns of their own.
    """

    order_id: str
    sku: str
    purchased_at: datetime
    updated_at: datetime
    status: str
    sales_channel: str
    fulfilment_channel: str
    quantity: int | None
    currency: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderReportFile:
    """`unreadable`: what is wrong with each row that could not be read, by its line."""

    rows: tuple[OrderReportRow, ...]
    unreadable: tuple[str, ...] = ()


def read_order_report(text: str) -> OrderReportFile:
    """The rows; Unreadable where the text is no order report, such as “Date range exceeded…”, which comes as a
    document of a report that is DONE. A file of headings only is a report without rows: it proves nothing alone."""
    lines = csv.reader(_LINE_ENDS.split(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    headings = [_cell(heading).lower() for heading in next(lines, [])]
    if missing := [name for name in _NEEDED if name not in headings]:
        begins = " ".join(text[:_QUOTED_OF_ODD].split())
        said = f"it says: {begins}" if begins else "it is empty"
        raise Unreadable(f"the document has no column {missing[0]}; {said}")
    rows: list[OrderReportRow] = []
    unreadable: list[str] = []
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        cells = {name: _cell(cell) for name, cell in zip(headings, line, strict=False)}
        try:
            rows.append(_row(cells))
        except ValueError as fault:
            unreadable.append(f"line {number}: {fault}")
    return OrderReportFile(tuple(rows), tuple(unreadable))


def _cell(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1].replace('""', '"').strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _row(cells: Mapping[str, str]) -> OrderReportRow:
    order_id = _text(cells, "amazon-order-id")
    if not order_id:
        raise ValueError("amazon-order-id is empty")
    purchased_at = _moment(cells, "purchase-date")
    return OrderReportRow(
        order_id=order_id[:_NUMBER_AT_MOST],
        sku=_text(cells, "sku"),
        purchased_at=purchased_at,
        updated_at=_moment(cells, "last-updated-date") if _text(cells, "last-updated-date") else purchased_at,
        status=_text(cells, "order-status"),
        sales_channel=_text(cells, "sales-channel"),
        fulfilment_channel=_text(cells, "fulfillment-channel"),
        quantity=_units(cells),
        currency=_text(cells, "currency").upper()[:3],
        amount=_amount(cells),
    )


def _text(cells: Mapping[str, str], name: str) -> str:
    return cells.get(name, "")


def _moment(cells: Mapping[str, str], name: str) -> datetime:
    try:
        moment = in_utc(datetime.fromisoformat(_text(cells, name)))
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise ValueError(f"{name} is not a time")
    return moment


def _units(cells: Mapping[str, str]) -> int | None:
    text = _text(cells, "quantity")
    if not text:
        return None
    number = _number(text, "quantity")
    if number != int(number) or not 0 <= number <= _MOST_UNITS:
        raise ValueError("quantity is not a number of units")
    return int(number)


def _amount(cells: Mapping[str, str]) -> Decimal | None:
    """None without a price: the other amounts alone are not what the buyer pays."""
    if not _text(cells, "item-price"):
        return None
    return _sum(cells, _ADDED) - abs(_sum(cells, _TAKEN_OFF))


def _sum(cells: Mapping[str, str], names: Sequence[str]) -> Decimal:
    return sum((_number(_text(cells, name), name) for name in names if _text(cells, name)), Decimal(0))


def _number(text: str, name: str) -> Decimal:
    """With a point or, where Amazon writes one of its other stores' ways, a comma before the decimals."""
    try:
        number = Decimal(text.replace(",", ".") if "." not in text else text.replace(",", ""))
        check_number(number)
    except (InvalidOperation, ValueError):
        raise ValueError(f"{name} is not a number") from None
    return number
