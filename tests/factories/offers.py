"""Offers for a label, as Amazon's are understood."""

from datetime import timedelta
from decimal import Decimal

from tests.factories.ground import NOW

from wharfinger.domain.shipping.offers import Excluded, Extra, ExtraGroup, Ineligible, Offer, Offers

DOCUMENT = {
    "format": "PNG",
    "size": {"width": "4", "length": "6", "unit": "INCH"},
    "page_layout": "DEFAULT",
    "dpi": 203,
    "file_joining": False,
}
CONFIRMATION = ExtraGroup(
    "CONFIRMATION",
    "How the delivery is confirmed",
    True,
    (Extra("NO_CONFIRMATION", "None", Decimal(0)), Extra("SIGNATURE_CONFIRMATION", "Signature", Decimal("1.50"))),
)


def an_offer(service="RM48", price="2.70", **values):
    """Delivered in two days, protected, with or without a signature."""
    fields = {
        "rate_id": f"rate-{service}",
        "carrier_id": "ROYAL_MAIL",
        "carrier": "Royal Mail",
        "service_id": service,
        "service": f"Royal Mail {service}",
        "price": Decimal(price),
        "currency": "GBP",
        "deliver_from": NOW + timedelta(days=1),
        "deliver_by": NOW + timedelta(days=2),
        "included": ("CLAIMS_PROTECTED",),
        "excluded": (Excluded("OTDR_PROTECTED", ("NON_SSA_ORDER",)),),
        "groups": (CONFIRMATION,),
        "documents": {"png": DOCUMENT},
    }
    return Offer(**{**fields, **values})


def some_offers(*offers, fetched_at=NOW, token="token-1"):
    late = Ineligible("DPD", "DPD Next Day", (("LATE_DELIVERY", "It would arrive too late."),))
    return Offers(token, fetched_at, offers or (an_offer(),), (late,))
