"""What a person types, as codes are compared."""

import pytest

from wharfinger.domain.search_codes import CODE_AT_MOST, CodeText, read_code


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("SO000042", CodeText("SO000042", "SO", "42", ("SO000042",))),
        ("so42", CodeText("SO42", "SO", "42", ("so42",))),
        (" 42 ", CodeText("42", "", "42", ("42",))),
        ("0042", CodeText("0042", "", "42", ("0042",))),
        (
            "026-1234567-7654321",
            CodeText("02612345677654321", "", "2612345677654321", ("026", "1234567", "7654321")),
        ),
        ("1234567-76", CodeText("123456776", "", "123456776", ("1234567", "76"))),
        ("GB 12 3456 78", CodeText("GB12345678", "GB", "12345678", ("GB", "12", "3456", "78"))),
        ("blue_mug/12", CodeText("BLUEMUG12", "BLUEMUG", "12", ("blue", "mug", "12"))),
        ("größe-4", CodeText("GRÖßE4", "GRÖßE", "4", ("größe", "4"))),
        ("Hopper", CodeText("HOPPER", "", "", ("Hopper",))),
        ("12ab34", CodeText("12AB34", "", "", ("12ab34",))),
        ("000", CodeText("000", "", "", ("000",))),
        ("", CodeText("", "", "", ())),
        (" -./ ", CodeText("", "", "", ())),
        ("'; --", CodeText("';", "", "", ())),
    ],
)
def test_a_text_is_read_as_a_code(typed, read):
    assert read_code(typed) == read


def test_no_more_of_a_text_is_compared_than_an_index_holds():
    assert len(read_code("x" * 5000).squeezed) == CODE_AT_MOST
