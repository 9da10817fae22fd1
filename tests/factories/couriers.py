"""Connections to couriers, their service codes, and services of ours whose labels are bought."""

from tests.couriers.pretend import KEY
from tests.factories.shipping import a_service

from wharfinger.db.models import ConnectionService, CourierConnection
from wharfinger.domain.shipping.connections import ConnectionKind, PackageFormat


def a_connection(**values):
    """An account of the pretend Click & Drop."""
    defaults = {
        "kind": ConnectionKind.CLICK_AND_DROP,
        "name": "Royal Mail",
        "api_key": KEY,
        "key_last_four": KEY[-4:],
    }
    return CourierConnection.objects.create(**{**defaults, **values})


def a_code(connection=None, **values):
    defaults = {"code": "TPN24", "name": "Tracked 24", "package_format": PackageFormat.SMALL_PARCEL}
    return ConnectionService.objects.create(connection=connection or a_connection(), **{**defaults, **values})


def a_label_service(code=None, **values):
    """Royal Mail Tracked 24, with labels bought through Click & Drop."""
    defaults = {
        "courier": "Royal Mail",
        "name": "Tracked 24",
        "gives_number": False,
        "number_prefix": "",
        "amazon_carrier_code": "Royal Mail",
        "amazon_carrier_name": "",
    }
    return a_service(label_service=code or a_code(), **{**defaults, **values})
