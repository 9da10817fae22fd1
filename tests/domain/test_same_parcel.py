"""Which of the parcels that Amazon shows is the one that we sent."""

import pytest

from wharfinger.domain.shipping.shipments import SentParcel, is_same_parcel

OURS = SentParcel("1", "DC00000001001", "DPD")


@pytest.mark.parametrize(
    ("reference", "number", "carrier", "same"),
    [
        ("1", "DC00000001001", "DPD", True),
        ("7", "DC00000001001", "DPD", True),
        ("7", " dc 0000 0001 001\u00a0", "DPD", True),
        ("1", "DC00000001001", "Somebody", True),
        ("1", "DC00000001002", "DPD", False),
        ("1", "", "DPD", True),
        ("1", "  ", "", True),
        ("1", "", "DPD UK", True),
        ("1", "", "dpd", True),
        ("1", "", "UPS", False),
        ("2", "", "DPD", False),
    ],
)
def test_the_number_decides_and_without_one_our_reference_and_carrier(reference, number, carrier, same):
    assert is_same_parcel(OURS, reference=reference, tracking_number=number, carrier=carrier) is same


def test_without_a_number_another_name_of_the_carrier_is_the_same_parcel():
    sent = SentParcel("1", "92748999", "UPSMI")
    assert is_same_parcel(sent, reference="1", tracking_number="", carrier="UPS Mail Innovations")


def test_without_a_known_carrier_our_reference_is_enough():
    assert is_same_parcel(SentParcel("1", "DC1"), reference="1", tracking_number="", carrier="UPS")


def test_a_parcel_without_number_of_ours_is_none_that_has_one():
    assert not is_same_parcel(SentParcel("1", ""), reference="1", tracking_number="X1234")
