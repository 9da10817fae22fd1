import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wharfinger.domain.csv_reading import (
    AskEncoding,
    NoTable,
    Table,
    decode,
    decode_as,
    folded_code,
    is_scientific,
    read_table,
    unwrapped,
)

TABLE = Table(("stock code", "name"), ((2, ("MÜG-1", "Mug, grün")),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_what_spreadsheets_write_is_read(encoding, end, separator):
    text = f'stock code{separator}name{end}MÜG-1{separator}"Mug, grün"{end}'
    assert read_table(decode(text.encode(encoding))) == TABLE


@pytest.mark.parametrize("mark", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n', "\ufeffsep=;\n"])
def test_a_first_line_names_the_separator(mark):
    found = read_table(f"{mark}stock code;name\nMÜG-1;Mug, grün\n")
    assert found == TABLE


def test_empty_columns_and_rows_at_the_end_are_no_fault():
    assert read_table('stock code,name,,\nMÜG-1,"Mug, grün",,,,\n,,,\n\n') == TABLE


def test_a_cell_beyond_the_heading_stays_to_be_named():
    assert read_table("a,b\n1,2,,3\n").rows == ((2, ("1", "2", "", "3")),)


def test_line_breaks_in_quotes_are_one_cell_also_in_the_heading():
    found = read_table('"stock\ncode";name\n"MUG\n1";Mug\nCUP;Cup\n')
    assert found == Table(("stock\ncode", "name"), ((2, ("MUG\n1", "Mug")), (3, ("CUP", "Cup"))))


def test_what_cannot_be_seen_is_taken_out():
    assert read_table("code\n\u00a0MUG\u200b\u00a01 \n").rows == ((2, ("MUG 1",)),)


def test_the_apostrophe_against_formulas_is_ours_and_no_other():
    assert [row for _, row in read_table("code\n'=X\n'-5\n'00123\n").rows] == [("=X",), ("-5",), ("'00123",)]


class TestEncodings:
    def test_another_code_page_is_a_question(self):
        body = "stock code,name\nMUG,Mug grün für Möbel\n".encode("cp1252")
        found = decode(body)
        assert isinstance(found, AskEncoding)
        assert found.candidates[0] == ("cp1252", ("MUG,Mug grün für Möbel",))
        assert "grün für Möbel" in decode_as(body, "cp1252")

    def test_polish_is_among_those_that_are_offered(self):
        body = "kod,nazwa\nMUG,Łódź żółta\n".encode("cp1250")
        assert "Łódź żółta" in dict(decode(body).candidates)["cp1250"][0]

    def test_an_encoding_that_is_not_offered_is_refused(self):
        assert isinstance(decode_as(b"a", "rot13"), NoTable)

    @pytest.mark.parametrize("body", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"a\0b", "a".encode("utf-16")[:3]])
    def test_what_is_no_text_is_refused(self, body):
        assert isinstance(decode(body), NoTable)

    @settings(deadline=None)
    @given(st.binary(max_size=300))
    def test_no_file_breaks_it(self, body):
        found = decode(body)
        if isinstance(found, str):
            assert isinstance(read_table(found), Table | NoTable)


@pytest.mark.parametrize("code", ["abc-1", "ABC-1 ", "00ABC-1", "'ABC-1", '="ABC-1"', "ABC -1", "\u00a0abc-1"])
def test_codes_that_are_probably_one(code):
    assert folded_code(code) == folded_code("ABC-1")


def test_zeros_alone_are_a_code():
    assert folded_code("000") == folded_code("0") == "0"
    assert folded_code("") == ""


@pytest.mark.parametrize("code", ["1,23457E+13", "1.23E+13", "5.01235E12", "5E+12"])
def test_scientific_notation_is_known(code):
    assert is_scientific(code)


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp", "Cs"]), max_size=9)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_whatever_is_written_is_read_the_same(rows, separator):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c", "d"])
    writer.writerows(rows)
    found = read_table(file.getvalue())
    kept = [tuple(row) for row in rows if any(row)]
    unescaped = [tuple(c[1:] if c[:1] == "'" and c[1:2] in tuple("=+-@") else c for c in row) for row in kept]
    assert [row for _, row in found.rows] == [row[: len(row)] for row in unescaped]


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("123.0", "00123"), ("123,00", "00123"), ("='00123'", "00123"), ("=00123", "00123"), ("`00123", "00123"),
        ("＇00123", "00123"), ("ＭＵＧ１", "mug1"), ("MUG–1", "mug-1"),
        ("MUG\u22121", "mug-1"), ("MUG\u2060-1", "mug-1"),
    ],
)  # fmt: skip
def test_what_programs_and_keyboards_make_of_a_code_is_folded_with_it(typed, known):
    assert folded_code(typed) == folded_code(known)


@pytest.mark.parametrize("mark", ["sep=;;\n", "sep=; \r\n", "Sep= ;\n"])
def test_a_first_line_that_was_saved_again_names_the_separator_too(mark):
    assert read_table(f"{mark}stock code;name\nMÜG-1;Mug, grün\n") == TABLE


def test_empty_rows_before_the_heading_are_no_heading():
    found = read_table("\n;;\nstock code;name\nMUG;Mug\n")
    assert found == Table(("stock code", "name"), ((4, ("MUG", "Mug")),))


def test_a_hundred_thousand_columns_are_no_table():
    assert "100,000 columns" in read_table(",".join("a" * 100_000)).reason


@pytest.mark.parametrize("code", ["5.01235E+12", "A1.0B", "1.05", "V2.0"])
def test_only_a_whole_number_loses_its_decimals(code):
    assert (unwrapped(code), folded_code(code)) == (code, code.casefold())
