"""Amazon Buy Shipping: its connection, a line of it, our service that buys by it, and from where a site sends."""

from tests.factories.shipping import a_service

from wharfinger.db.models import ConnectionService, CourierConnection, SenderAddress
from wharfinger.domain.shipping.connections import ConnectionKind, LabelFormat, PackageFormat
from wharfinger.domain.shipping.offers import OfferRule, Protection


def a_buy_shipping(account, **values):
    fields = {"kind": ConnectionKind.AMAZON, "name": "Amazon", "account": account, **values}
    return CourierConnection.objects.create(**fields)


def an_offer_line(connection, **values):
    """The cheapest offer in time, as PNG, in parcels of 30 x 20 x 10 cm."""
    fields = {
        "code": "",
        "name": "Cheapest in time",
        "package_format": PackageFormat.PARCEL,
        "rule": OfferRule.IN_TIME,
        "protection": Protection.PREFERRED,
        "label_format": LabelFormat.PNG,
        "length_cm": 30,
        "width_cm": 20,
        "height_cm": 10,
        **values,
    }
    return ConnectionService.objects.create(connection=connection, **fields)


def an_amazon_service(line, **values):
    fields = {
        "courier": "Amazon",
        "name": "Buy Shipping",
        "gives_number": False,
        "number_prefix": "",
        "amazon_carrier_code": "Royal Mail",
        "amazon_carrier_name": "",
        **values,
    }
    return a_service(label_service=line, **fields)


def a_sender(site, **values):
    fields = {
        "name": "Harbour & Home",
        "line_1": "1 Quay Street",
        "town": "Hull",
        "postcode": "HU1 1AA",
        "phone": "01482 000000",
        **values,
    }
    return SenderAddress.objects.create(site=site, **fields)
