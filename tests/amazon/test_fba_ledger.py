"""The summary of Amazon's inventory ledger, read by its columns' names."""

from datetime import date

import pytest

from wharfinger.amazon.messages.fba_ledger import LedgerRow, read_ledger_summary
from wharfinger.amazon.messages.reports import ReportRequest, write_report_request
from wharfinger.amazon.messages.wire import Unreadable

HEADINGS = (
    '"Date"\t"FNSKU"\t"ASIN"\t"MSKU"\t"Title"\t"Disposition"\t"Starting Warehouse Balance"\t'
    '"In Transit Between Warehouses"\t"Receipts"\t"Customer Shipments"\t"Lost"\t"Ending Warehouse Balance"\t'
    '"Unknown Events"\t"Location"\t"Something New"'
)
ROW = '"11/27/2026"\t"X1"\t"B1"\t"MUG"\t"A ""mug"""\t"SELLABLE"\t"10"\t"3"\t"5"\t"-2"\t"-1"\t"12"\t"0"\t"GB"\t"4"'


def test_a_row_has_its_events_by_column_and_what_is_in_transit_is_none():
    file = read_ledger_summary(f"{HEADINGS}\r\n{ROW}\r\n")
    events = {"receipts": 5, "customer shipments": -2, "lost": -1, "something new": 4}
    assert file.rows == (LedgerRow(date(2026, 11, 27), "MUG", "SELLABLE", "GB", 10, 12, events),)


@pytest.mark.parametrize(
    "odd", [ROW.replace("11/27/2026", "27.11.2026"), ROW.replace('"5"', '"many"'), ROW.replace('"MUG"', '""')]
)
def test_a_row_that_cannot_be_read_is_counted_and_keeps_none_of_the_others(odd):
    file = read_ledger_summary(f"{HEADINGS}\n{odd}\n{ROW}")
    assert (len(file.rows), file.unreadable) == (1, 1)


def test_blank_and_nul_are_not_zero_and_days_come_in_two_forms():
    odd = ROW.replace("11/27/2026", "2026-11-27").replace('"12"', '"\x00"').replace('"10"', '""')
    (row,) = read_ledger_summary(f"{HEADINGS}\n{odd}").rows
    assert (row.day, row.starting, row.ending) == (date(2026, 11, 27), None, None)


def test_headings_alone_are_no_data_and_a_sentence_is_no_report():
    assert read_ledger_summary(HEADINGS).rows == ()
    with pytest.raises(Unreadable, match="no column date; it says: We are sorry"):
        read_ledger_summary("We are sorry")
    with pytest.raises(Unreadable, match="it is empty"):
        read_ledger_summary("")


def test_its_options_stand_in_the_request():
    request = ReportRequest(report_type="X", marketplace_ids=("A1",), options={"a": "B"})
    assert write_report_request(request) == (b'{"reportType":"X","marketplaceIds":["A1"],"reportOptions":{"a":"B"}}')
