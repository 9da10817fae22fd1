import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.csv_cells import DecimalSign, guard_cell, read_cell, without_needless_zeros

RUN = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''-x", "＝1", "﹦1", "﹢1", "﹫a", "\u22121")


def test_what_a_spreadsheet_would_run_gets_an_apostrophe_and_nothing_else_does():
    assert [guard_cell(text) for text in RUN] == [f"'{text}" for text in RUN]
    for text in ("", "MUG", "'quoted'", "5-4", "a=b", "o'clock", " =1"):
        assert guard_cell(text) == text
        assert read_cell(text) == text
    assert read_cell("-5") == "-5"


@given(st.text(alphabet="'=+-@\t\r\nab1＝", max_size=8))
def test_there_and_back_changes_nothing(text):
    file = io.StringIO(newline="")
    csv.writer(file).writerow([guard_cell(text), "end"])
    cells = next(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert cells[0][:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "＝")
    assert read_cell(cells[0]) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12.0", "12"),
        ("12,00", "12"),
        ("-3,0", "-3"),
        ("0.0", "0"),
        ("12", "12"),
        ("1,000", "1,000"),
        ("1.000", "1.000"),
        ("1.5", "1.5"),
        ("12,", "12,"),
        ("٣,0", "٣,0"),
        ("", ""),
    ],
)
def test_a_whole_number_loses_its_needless_decimals_unless_they_may_be_thousands(text, read):
    assert without_needless_zeros(text) == read


def test_a_comma_as_decimal_sign_leaves_the_columns_a_semicolon():
    assert [(sign.sign, sign.separator) for sign in DecimalSign] == [(".", ","), (",", ";")]
