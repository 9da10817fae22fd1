"""What Amazon tells of buyer, address and delivery, in our words."""

import json

import pytest
from tests.factories.amazon_orders import line, order

from wharfinger.amazon.messages.orders import decode_order
from wharfinger.domain.orders.order import IncomingAddress
from wharfinger.sync.translate.orders import translate_order


def translated(**members):
    return translate_order(decode_order(json.dumps(order(line("MUG"), **members)).encode()))


def registration(entity, number, kind="VAT"):
    fields = {"taxRegistrationType": kind, "taxRegistrationNumber": number}
    return {**fields, "entityType": entity} if entity else fields


@pytest.mark.parametrize(
    ("registrations", "number"),
    [
        ([registration("MARKETPLACE", "LU20260743"), registration("BUYER", "DE111111111")], "DE111111111"),
        ([registration("MARKETPLACE", "LU20260743")], ""),
        ([registration("MERCHANT", "GB000000000")], ""),
        ([registration("", "GB000000000")], ""),
        ([registration("BUYER", "77", "BUSINESS"), registration("BUYER", "DE111111111")], "DE111111111"),
        ([registration("BUYER", "111.222.333-44", "CPF")], "111.222.333-44"),
        ([], ""),
    ],
)
def test_the_vat_number_is_the_buyers_and_never_the_marketplaces(registrations, number):
    assert translated(tax={"taxRegistrations": registrations}).buyer.vat_number == number


def test_a_street_in_a_lower_line_moves_up():
    address = {"name": "Ada", "addressLine1": " ", "addressLine2": "1 Quay Street", "city": "Hull", "countryCode": "gb"}
    assert translated(recipient={"deliveryAddress": address}).address == IncomingAddress(
        name="Ada", line_1="1 Quay Street", town="Hull", country="GB"
    )


def test_brazil_tells_the_street_in_its_parts():
    parts = {"streetName": "Rua A", "streetNumber": "7", "complement": "ap. 3", "neighborhood": "Centro"}
    address = translated(recipient={"deliveryAddress": {"extendedFields": parts, "countryCode": "BR"}}).address
    assert (address.line_1, address.line_2, address.line_3) == ("Rua A, 7", "ap. 3", "Centro")


def test_a_business_tells_when_and_how_it_takes_parcels_in():
    office = [{"startTime": {"hour": 9, "minute": 0}, "endTime": {"hour": 17, "minute": 30}}]
    hours = [{"dayOfWeek": day, "timeWindows": office} for day in ("MON", "TUE", "WED", "FRI")]
    exceptions = [
        {"exceptionDate": "2026-12-25", "exceptionDateType": "CLOSED"},
        {"exceptionDate": "2026-12-27", "exceptionDateType": "OPEN", "timeWindows": [{"startTime": {"hour": 10}}]},
    ]
    preference = {
        "dropOffLocation": "Porch",
        "addressInstruction": "Ring twice",
        "deliveryTime": {"businessHours": hours, "exceptionDates": exceptions},
        "deliveryCapabilities": ["HAS_ACCESS_POINT", "PALLET_ENABLED", "OF_TOMORROW"],
    }
    address = translated(recipient={"deliveryPreference": preference}).address
    assert address == IncomingAddress(
        instructions="Porch · Ring twice",
        hours="Mon to Wed 09:00-17:30; Fri 09:00-17:30; 2026-12-25 closed; 2026-12-27 10:00-24:00",
        capabilities="has an access point, takes pallets, OF_TOMORROW",
    )
