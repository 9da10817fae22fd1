import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import ean

from wharfinger.domain.stock.gtin import gtin14, gtin_fault, gtin_type, lost_zero


@pytest.mark.parametrize(
    "code", ["012345678905", "0012345678905", "00012345678905", "0 12345 67890 5", "012345-678905"]
)
def test_one_article_is_one_number(code):
    assert gtin14(code) == "00012345678905"
    assert gtin_fault(code) == ""


def test_other_codes_are_no_gtin():
    assert [gtin14(code) for code in ("", "A1", "501", "5012345678901", "12345678905", "٥٠١٢٣٤٥٦٧٨٩٠٠")] == [""] * 6


def test_types_by_length():
    assert [gtin_type(code) for code in ("96385074", "012345678905", "5012345678900", "00012345678905", "501")] == [
        "EAN", "UPC", "EAN", "GTIN", "Other",
    ]  # fmt: skip


def test_eleven_digits_have_probably_lost_a_zero():
    assert lost_zero("12345678905") == "012345678905"
    assert "Write 012345678905" in gtin_fault("12345678905")
    assert lost_zero("12345678904") == ""


@pytest.mark.parametrize(
    ("code", "word"),
    [("5012345678901", "5012345678900 would be right"), ("501", "8, 12, 13 or 14"), ("MUG-1", "digits only")],
)
def test_faults_say_what_to_do(code, word):
    assert word in gtin_fault(code)


@settings(deadline=None)
@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.from_regex(rf"[0-9]{{{n}}}", fullmatch=True)))
def test_exactly_one_check_digit_is_right_and_zeros_in_front_change_nothing(begin):
    code = begin + ean.calc_check_digit(begin)
    assert [d for d in "0123456789" if gtin14(begin + d)] == [code[-1]]
    assert gtin14(code) == code.zfill(14)
    if len(code) == 12:
        assert gtin14(f"0{code}") == gtin14(code)


@pytest.mark.parametrize(
    "code", ["５０１２３４５６７８９００", "5\u2013012345\u2013678900", "5012345678900\u200e", "\u200b5012345678900"]
)
def test_full_width_digits_long_hyphens_and_unseen_marks_are_the_same_article(code):
    assert gtin14(code) == "05012345678900"
