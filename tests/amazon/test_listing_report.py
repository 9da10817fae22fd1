"""The listings report as rows: columns by their names, whatever else the file holds."""

import pytest

from wharfinger.amazon.messages.listing_report import ListingReportFile, ListingReportRow, read_listing_report
from wharfinger.amazon.messages.wire import Unreadable

HEAD = "item-name\tseller-sku\tprice\tquantity\tfulfillment-channel\tstatus\n"


def test_rows_are_read_by_the_names_of_the_columns_and_odd_ones_are_counted():
    text = (
        HEAD
        + "A mug\x85blue\tMUG\t9.99\t12\tDEFAULT\tActive\r\n"
        + "Theirs\tFBA-MUG\t9.99\t\tAMAZON_EU\tActive\n"
        + "\n"
        + "Odd\tODD\t9.99\ttwelve\tDEFAULT\tActive\n"
        + "Odd\t\t9.99\t1\tDEFAULT\tActive\n"
        + "Short\tSHORT\n"
    )
    rows = (
        ListingReportRow("MUG", 12, "DEFAULT"),
        ListingReportRow("FBA-MUG", None, "AMAZON_EU"),
        ListingReportRow("SHORT", None, ""),
    )
    assert read_listing_report(text) == ListingReportFile(rows, unreadable=2)


@pytest.mark.parametrize("text", ["", "The report is not available", "Händler-SKU\tMenge\tVersender\n"])
def test_what_is_no_listings_report_is_unreadable(text):
    with pytest.raises(Unreadable, match="no column"):
        read_listing_report(text)
