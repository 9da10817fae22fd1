"""Courier services, parcels and what is sent to Amazon of them."""

from tests.factories.ground import NOW

from wharfinger.db.models import Confirmation, CourierService, Shipment
from wharfinger.domain.shipping.shipments import Tracking


def a_service(**values):
    """One that numbers its parcels itself, at once."""
    defaults = {
        "courier": "Demo Courier",
        "name": "Tracked 24",
        "tracking": Tracking.AT_ONCE.value,
        "gives_number": True,
        "number_prefix": "DC",
        "amazon_carrier_code": "Other",
        "amazon_carrier_name": "Demo Courier",
    }
    return CourierService.objects.create(**{**defaults, **values})


def a_late_service(**values):
    """One whose tracking numbers are typed in when they come."""
    fields = {
        "courier": "File",
        "name": "Std",
        "tracking": Tracking.TYPED_LATER,
        "amazon_carrier_code": "DPD",
        **values,
    }
    return CourierService.objects.create(**fields)


def a_confirmation(order, service, state="waiting", tracking_number="T1", **values):
    """A parcel of the order, and the row that tells Amazon."""
    parcel = Shipment.objects.create(
        order=order, service=service, tracking_number=tracking_number, package_reference="1", shipped_at=NOW
    )
    fields = {"account": order.channel.account, "again_at": NOW, "made_at": NOW, **values}
    return Confirmation.objects.create(shipment=parcel, state=state, **fields)
