"""Amazon's carriers, and what a person probably meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.shipping.carriers import (
    CARRIER_CODES,
    CARRIERS,
    ONE_CARRIER,
    are_one_carrier,
    carrier_fault,
    carriers_for,
    folded,
    is_another_carrier,
    is_listed,
    near_misses,
)


def test_every_code_is_there_once():
    assert len(set(CARRIER_CODES)) == len(CARRIERS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("royal mail", "Royal Mail"),
        ("RoyalMail", "Royal Mail"),
        ("Royal Mial", "Royal Mail"),
        ("Parcel Force", "Parcelforce"),
        ("UPS Ground", "UPS"),
        ("dpd", "DPD"),
        ("DPD Local", "DPD"),
        ("Evrii", "Evri"),
        ("FEDEX", "FedEx"),
    ],
)
def test_near_misses_are_named(typed, meant):
    assert meant in near_misses(typed)
    field, words = carrier_fault(typed, "", seen_at_amazon=False)
    assert (field, f"“{meant}”" in words) == ("carrier_code", True)


def test_what_is_near_to_nothing_leads_to_other():
    assert near_misses("zzzzqqqq") == ()
    assert "Use Other" in carrier_fault("zzzzqqqq", "", seen_at_amazon=False)[1]


def test_other_needs_a_name():
    assert carrier_fault("Other", "", seen_at_amazon=True)[0] == "carrier_name"
    assert carrier_fault("Other", "Harbour Vans", seen_at_amazon=False) is None


def test_a_code_that_a_person_saw_at_amazon_is_taken():
    assert carrier_fault("Pigeon Post", "", seen_at_amazon=True) is None


def test_an_empty_code_is_refused():
    assert carrier_fault("", "", seen_at_amazon=True)[0] == "carrier_code"


@given(st.sampled_from(CARRIER_CODES).filter(lambda code: code != "Other"))
def test_every_listed_code_is_taken_as_it_stands(code):
    assert (is_listed(code), carrier_fault(code, "", seen_at_amazon=False)) == (True, None)
    assert code in near_misses(code.lower())


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_listed_suggestions(typed):
    assert all(is_listed(code) for code in near_misses(typed))


def test_the_marketplaces_own_come_first():
    british = [carrier.code for carrier in carriers_for("GB")]
    assert british.index("Royal Mail") < british.index("USPS")
    assert sorted(british) == sorted(CARRIER_CODES)


@pytest.mark.parametrize(
    ("shown", "sent", "another"),
    [
        ("UPS Mail Innovations", "UPSMI", False),
        ("UPSMI", "UPS Mail Innovations", False),
        ("Other UPS MI", "UPS Mail Innovations", False),
        ("United Parcel Service", "UPS", False),
        ("Hermes", "Hermes Logistik Gruppe", False),
        ("Hermes UK", "Evri", False),
        ("DHL Global Mail", "DHL eCommerce", False),
        ("Correos de España", "CORREOS", False),
        ("US Postal Service", "USPS", False),
        ("DPD UK", "DPD", False),
        ("dpd", "DPD", False),
        ("", "DPD", False),
        ("DPD", "", False),
        ("UPS", "DPD", True),
        ("USPS", "UPS", True),
        ("UPS Mail Innovations", "USPS", True),
        ("Royal Mail", "DHL Global Mail", True),
        ("Amazon Shipping", "Evri", True),
        ("Smart Grid", "RMG", True),
    ],
)
def test_two_names_of_one_carrier_are_no_other_carrier(shown, sent, another):
    assert is_another_carrier(shown, sent) is another
    assert is_another_carrier(sent, shown) is another


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("UPSMI", "UPS Mail Innovations", True), ("dpd", "DPD", True), ("DPD", "DPD UK", False), ("UPS", "UPSMI", False)],
)
def test_only_the_table_makes_two_names_surely_one(one, other, same):
    assert are_one_carrier(one, other) is same


def test_no_name_stands_for_two_carriers():
    names = [folded(name) for row in ONE_CARRIER for name in {folded(name): name for name in row}.values()]
    assert len(names) == len(set(names))


@given(st.sampled_from(CARRIERS), st.sampled_from(CARRIERS))
def test_it_does_not_matter_which_of_two_was_sent(one, other):
    assert is_another_carrier(one.code, other.code) == is_another_carrier(other.code, one.code)
