import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.csv_cells import guard_cell, read_cell

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
