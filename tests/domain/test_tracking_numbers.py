"""What comes from labels, scanners and spreadsheets as a tracking number."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wharfinger.domain.shipping.tracking_numbers import (
    NotATrackingNumber,
    TrackingNumber,
    fedex_check_fits,
    read_tracking_number,
    s10_check_fits,
    ups_check_fits,
)

SPACES = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) == "Zs"]
UNSEEN = ["\u200b", "\u200e", "\u2060", "\ufeff", "\u00ad"]


@pytest.mark.parametrize("space", [*SPACES, *UNSEEN])
def test_every_kind_of_space_is_taken_out(space):
    typed = f" AB 123{space}456{space}785 GB{space}\r\n"
    assert read_tracking_number(typed, "Royal Mail") == TrackingNumber("AB123456785GB")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("1,23457E+13", "spreadsheet"),
        ("1.23E+13", "spreadsheet"),
        ("1.23457e13", "spreadsheet"),
        ("1E+13", "spreadsheet"),
        ("12345678901234.0", "spreadsheet"),
        ("12345678901234,00", "spreadsheet"),
        ("15,501,234,567,890", "spreadsheet"),
        ("2026-11-28", "spreadsheet"),
        ("28/11/2026", "spreadsheet"),
        ("'15501234567890", "begins with '"),
        ("’15501234567890", "begins with ’"),
        ('="15501234567890"', "begins with ="),
        ("#N/A", "placeholder"),
        ("#REF!", "placeholder"),
        ("#NV", "placeholder"),
        ("n/a", "placeholder"),
        ("N/A", "placeholder"),
        ("TBC", "placeholder"),
        ("none", "no digit"),
        ("-----", "no digit"),
        ("unknown", "no digit"),
        ("00000000", "same digit repeated"),
        ("https://track.dpd.co.uk/parcels/15501234567890", "web address"),
        ("www.dpd.co.uk/1550123456", "web address"),
        ("026-1234567-1234567", "order number"),
        ("1234", "at least 5"),
        ("x" * 61, "61 characters"),
        ("AB\n12345", "control character"),
        ("AB\t12345", "control character"),
        ("AB\x00123456", "control character"),
        ("AB12345;AB12346", "one number only"),
        ("№12345", "letters, digits"),
        ("", "Type the tracking number"),
        ("  \u200b ", "Type the tracking number"),
    ],
)
def test_what_can_be_no_tracking_number_is_refused(typed, word):
    found = read_tracking_number(typed, "DPD")
    assert isinstance(found, NotATrackingNumber)
    assert word in found.reason


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("AB123456785GB", "Royal Mail"),
        ("1Z5R89390357567127", "UPS"),
        ("1Z879E930346834440", "UPS"),
        ("986578788855", "FedEx"),
        ("15501234567890", "DPD"),
        ("00340434161094042557", "DHL"),
        ("JD014600006281230701", "DHL"),
        ("H00ABC1234567890", "Evri"),
        ("JD0002212345678901", "Yodel"),
        ("DC00000001001", "Other"),
        ("ANY-12345.6", "A carrier nobody knows"),
        ("12345", ""),
    ],
)
def test_a_number_of_its_carrier_goes_unasked(number, carrier):
    assert read_tracking_number(number, carrier) == TrackingNumber(number)


@pytest.mark.parametrize(
    ("number", "carrier", "word"),
    [
        ("AB123456789GB", "Royal Mail", "check digit"),
        ("ab123456789gb", "royal mail", "check digit"),
        ("1Z5R89390357567128", "UPS", "check digit"),
        ("1Z5R89390357567127", "Royal Mail", "number of UPS"),
        ("986578788856", "FedEx", "check digit"),
        ("00340434161094042558", "DHL", "check digit"),
        ("12345678", "DPD", "does not look like"),
        ("15501234567890", "UPS", "does not look like"),
        ("1234567", "Royal Mail", "does not look like"),
        ("340434161094042000", "DHL", "only zeros"),
    ],
)
def test_a_form_that_does_not_fit_the_carrier_is_a_question(number, carrier, word):
    found = read_tracking_number(number, carrier)
    assert isinstance(found, TrackingNumber)
    assert (found.number, word in found.doubt) == (number, True), found


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(["", "Royal Mail", "UPS", "DHL", "FedEx", "DPD", "Other"]))
def test_whatever_is_typed_what_may_be_sent_can_be_sent_and_is_read_the_same_again(typed, carrier):
    found = read_tracking_number(typed, carrier)
    if isinstance(found, TrackingNumber):
        assert 5 <= len(found.number) <= 60
        assert found.number.isascii()
        assert found.number.isprintable()
        assert " " not in found.number
        assert read_tracking_number(found.number, carrier) == found
    else:
        assert found.reason.endswith(".")


@settings(deadline=None)
@given(st.from_regex(r"[A-Z]{2}[0-9]{8}", fullmatch=True), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_of_a_postal_number_is_noticed(begin, place, more):
    (good,) = [f"{begin}{check}GB" for check in range(10) if s10_check_fits(f"{begin}{check}GB")]
    digit = (int(good[2 + place]) + more) % 10
    wrong = f"{good[: 2 + place]}{digit}{good[3 + place :]}"
    # 10 and 0, 11 and 5 share a check digit: those pairs alone look the same.
    if not s10_check_fits(wrong):
        assert "check digit" in read_tracking_number(wrong, "Royal Mail").doubt


@settings(deadline=None)
@given(st.from_regex(r"1Z[0-9A-Z]{15}", fullmatch=True))
def test_exactly_one_check_digit_fits_a_number_of_ups(begin):
    assert sum(ups_check_fits(f"{begin}{check}") for check in range(10)) == 1


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_exactly_one_check_digit_fits_a_number_of_fedex(begin):
    assert sum(fedex_check_fits(f"{begin}{check}") for check in range(10)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "１２３４５６７８９０",
        "\u061c1234567890",
        "\u20661234567890\u2069",
        "12345\ufe0f67890",
        " 1234\u061c567890\u200f",
    ],
)
def test_full_width_signs_and_marks_of_other_scripts_are_the_plain_number(typed):
    assert read_tracking_number(typed) == TrackingNumber("1234567890")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("28-Nov-2026", "spreadsheet"),
        ("28-Nov-26", "spreadsheet"),
        ("Nov-26", "spreadsheet"),
        ("03. Mai 26", "spreadsheet"),
        ("buyer1@example.de", "e-mail"),
        ("1234567@marketplace.amazon.co.uk", "e-mail"),
        ("＇15501234567890", "begins with '"),
        ("＝15501234567890", "begins with ="),
    ],
)
def test_dates_in_words_addresses_and_full_width_apostrophes_are_refused(typed, word):
    found = read_tracking_number(typed)
    assert isinstance(found, NotATrackingNumber)
    assert word in found.reason


def test_two_numbers_in_one_cell_are_a_question():
    found = read_tracking_number("15501234567890/15501234567891", "Other")
    assert isinstance(found, TrackingNumber)
    assert "two numbers" in found.doubt
