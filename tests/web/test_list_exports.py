"""What a list shows, as CSV and XLSX: the same rows and columns, real values, nothing that a spreadsheet would run."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from tests.factories import moments
from tests.factories.cast import Trading

from wharfinger.db.models import AuditEntry, ImportedOrder, SalesOrder, User
from wharfinger.domain.installation.people import Role
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.web import workbooks
from wharfinger.web.list_views.sales_orders import SALES_ORDERS

pytestmark = pytest.mark.django_db
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _csv(client, address):
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def _sheets(client, address):
    """Cells as (kind, text) by row: kind as in the file, n = a number."""
    book = zipfile.ZipFile(io.BytesIO(b"".join(client.get(address).streaming_content)))
    names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/"))
    return [[_row(row) for row in ET.fromstring(book.read(name)).iter(f"{MAIN}row")] for name in names]


def _row(row):
    assert not list(row.iter(f"{MAIN}f"))
    return [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{MAIN}c")]


def _number_formats(client, address):
    book = zipfile.ZipFile(io.BytesIO(b"".join(client.get(address).streaming_content)))
    return {each.get("formatCode") for each in ET.fromstring(book.read("xl/styles.xml")).iter(f"{MAIN}numFmt")}


@pytest.fixture
def orders(db):
    world = Trading()
    item = moments.stocked_item(world, "MUG")
    for number, total in ((1, "10.50"), (2, "3.25"), (3, None)):
        order = moments.sales_order(world, number, item)
        SalesOrder.objects.filter(pk=order.pk).update(total=total, placed_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    ImportedOrder.objects.update(summary="=HYPERLINK(1)")


def test_a_file_has_the_filter_the_sort_and_the_columns_of_the_page(orders, sign_in):
    client = sign_in()
    query = "?sort=-total&columns=code,total,placed&state="
    rows = _csv(client, f"/sales-orders/export.csv{query}")
    assert rows[0] == ["sales order", "order ref", "placed", "total", "currency"]
    assert [(row[0], row[2], row[3]) for row in rows[1:]] == [
        ("SO1", "2026-07-01 23:30:00", "10.50"),
        ("SO2", "2026-07-01 23:30:00", "3.25"),
        ("SO3", "2026-07-01 23:30:00", ""),
    ]
    (sheet,) = _sheets(client, f"/sales-orders/export.xlsx{query}")
    assert [text for _, text in sheet[0]] == rows[0]
    assert [row[0] for row in sheet[1:]] == [("inlineStr", "SO1"), ("inlineStr", "SO2"), ("inlineStr", "SO3")]
    assert sheet[1][2] == ("n", "46204.97916666666")  # 1 July 2026, 23:30 in London
    assert sheet[1][3] == ("n", "10.5")
    assert len(_csv(client, "/sales-orders/export.csv?q=SO2")) == 2


def test_what_became_of_a_confirmation_is_written_as_the_page_says_it():
    cells = {cell.heading: cell for column in SALES_ORDERS.columns for cell in column.cells}
    row = SimpleNamespace(confirmations=(ConfirmationState.WAITING, ConfirmationState.NOT_SENT))
    assert cells["at Amazon"].value(row) == "Queued, Not sent"


def test_dates_are_shown_as_the_readers_country_writes_them(orders, sign_in):
    client = sign_in()
    address = "/sales-orders/export.xlsx?columns=placed,total"
    assert _number_formats(client, address) == {"dd/mm/yyyy hh:mm", "#,##0.00"}
    User.objects.update(language="en-us")
    assert _number_formats(client, address) == {"mm/dd/yyyy h:mm AM/PM", "#,##0.00"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "＝1", "{=1}", "https://x.example", "007"])
def test_no_text_is_run_or_read_as_anything_else(text, orders, sign_in):
    ImportedOrder.objects.update(summary=text)
    client = sign_in()
    address = "/imported-orders/export.{}?columns=summary"
    (sheet,) = _sheets(client, address.format("xlsx"))
    assert sheet[1][2] == ("inlineStr", text)
    written = _csv(client, address.format("csv"))[1][2]
    assert written in (text, f"'{text}")
    assert written[0] not in "=+-@\t＝"


def test_buyers_are_in_a_file_only_for_those_who_see_them(orders, sign_in):
    query = "?columns=code,order,customer"
    for client, there in ((sign_in(Role.ADMINISTRATOR), True), (sign_in(Role.VIEWER), False)):
        for name in ("sales-orders", "imported-orders"):
            rows = _csv(client, f"/{name}/export.csv{query}")
            assert ("customer" in rows[0], "Grace Hopper" in str(rows)) == (there, there)
            (sheet,) = _sheets(client, f"/{name}/export.xlsx{query}")
            assert ("Grace Hopper" in str(sheet)) is there


def test_the_audit_log_keeps_who_took_what(orders, sign_in):
    client = sign_in(Role.ACCOUNTS)
    _csv(client, "/sales-orders/export.csv?q=Hopper&columns=customer")
    entry = AuditEntry.objects.get(noun="List")
    assert (entry.verb, entry.noun_id, entry.user.role) == ("export", "Sales Orders", Role.ACCOUNTS)
    assert entry.after == {"file": "csv", "columns": "sales order, order ref, customer", "filter q": "Hopper"}


def test_what_a_sheet_does_not_hold_goes_on_on_the_next(orders, sign_in, monkeypatch):
    monkeypatch.setattr(workbooks, "ROWS_A_SHEET", 2)
    sheets = _sheets(sign_in(), "/sales-orders/export.xlsx?sort=code&columns=code")
    assert [[row[0][1] for row in sheet] for sheet in sheets] == [["sales order", "SO1", "SO2"], ["sales order", "SO3"]]


def test_odd_values_are_written_as_text_and_never_stop_a_file(sign_in):
    sign_in()
    odd = [
        (datetime(1899, 1, 1, tzinfo=UTC), Decimal("12345678901234567.89"), 10**18, "x" * 40_000, "a\x0bb", True, None)
    ]
    file = workbooks.xlsx_file("odd", list("abcdefg"), odd)
    book = zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content)))
    file.close()
    rows = ET.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{MAIN}row")
    cells = [_row(row) for row in rows][1]
    assert [kind for kind, _ in cells] == ["inlineStr"] * 6
    assert cells[1] == ("inlineStr", "12345678901234567.89")
    assert len(cells[3][1]) == 32_767
