import io

import pytest
from xlsxwriter import Workbook

from wharfinger.domain.csv_reading import NoTable
from wharfinger.domain.shipping.number_lists import NamedService, NumberRow, read_number_list, service_named
from wharfinger.domain.workbook_reading import is_workbook, read_workbook


@pytest.mark.parametrize("between", ["\t", ";", ",", "|", " "])
def test_rows_without_headings_are_order_and_number(between):
    text = f"026-1234567-1234567{between}AB123456\nSO000012{between}CD 99\n"
    assert [(row.row, row.order, row.number) for row in read_number_list(text)] == [
        (1, "026-1234567-1234567", "AB123456"),
        (2, "SO000012", "CD 99"),
    ]


def test_headings_may_stand_in_any_order_among_others():
    text = "Name,Tracking Number,order-id,Carrier\nAnn,AB123,SO1,DPD\n"
    assert read_number_list(text) == (NumberRow(2, "SO1", "AB123", "DPD"),)


def test_amazons_number_goes_before_a_reference():
    text = "reference;order-id;Sendungsnummer\nX9;SO1;AB123\n"
    assert read_number_list(text) == (NumberRow(2, "SO1", "AB123"),)


def test_what_spreadsheets_wrap_is_unwrapped_and_what_they_damage_is_kept_to_be_refused():
    rows = read_number_list('="SO1"\t="000123"\nSO2\t1.23457E+13\n')
    assert rows == (NumberRow(1, "SO1", "000123"), NumberRow(2, "SO2", "1.23457E+13"))


def test_a_fourth_cell_without_headings_is_named():
    assert read_number_list("SO1\tAB1\tDPD\tSmith\n") == (NumberRow(1, "SO1", "AB1", "DPD", ("Smith",)),)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("Name;Town\nAnn;York\n", "Row 1 names no column “order”"),
        ("order;Town\nSO1;York\n", "Row 1 names no column “tracking number”"),
        ("order;tracking\n", "heading row only"),
        ("\n".join(f"SO{n}\tAB{n}" for n in range(2001)), "at most 2,000"),
    ],
)
def test_a_list_that_cannot_be_read_says_what_to_do(text, word):
    found = read_number_list(text)
    assert isinstance(found, NoTable)
    assert word in found.reason


SERVICES = (
    NamedService(1, "DPD", "Next Day"),
    NamedService(2, "Royal Mail", "Tracked 24"),
    NamedService(3, "Royal Mail", "Tracked 48"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dpd next-day", 1),
        ("DPD", 1),
        ("tracked 48", 3),
        ("Royal Mail", ("Royal Mail Tracked 24", "Royal Mail Tracked 48")),
        ("Royal Mail Tracked", ("Royal Mail Tracked 48", "Royal Mail Tracked 24")),
    ],
)
def test_a_service_is_named_by_what_tells_it_apart(text, found):
    named = service_named(text, SERVICES)
    assert (named.id if isinstance(named, NamedService) else set(named)) == (
        found if isinstance(found, int) else set(found)
    )


def test_a_workbook_is_read_as_a_list():
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["order", "tracking"])
        sheet.write_string(1, 0, "SO1")
        sheet.write_number(1, 1, 12345678901234)
    body = file.getvalue()
    assert is_workbook(body)
    assert read_number_list(read_workbook(body)) == (NumberRow(2, "SO1", "12345678901234"),)


def test_a_damaged_workbook_is_refused():
    assert isinstance(read_workbook(b"PK\x03\x04 no workbook"), NoTable)
