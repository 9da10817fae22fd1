"""Courier services as pages show them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from wharfinger.db.models import CourierService
from wharfinger.domain.shipping.carriers import is_listed
from wharfinger.domain.shipping.shipments import Tracking


@dataclass(frozen=True, slots=True)
class CourierRow:
    id: int
    courier: str
    name: str
    tracking: str
    gives_number: bool
    number_prefix: str
    amazon_carrier_code: str
    amazon_carrier_name: str
    amazon_shipping_method: str
    active: bool
    channels: int
    label_service_id: int | None = None

    @property
    def offered(self) -> bool:
        """Files are exchanged with no courier yet: such a service can be chosen nowhere."""
        return self.tracking != Tracking.LATER

    def initial(self) -> dict[str, Any]:
        """The values of its form."""
        names = ("courier", "name", "tracking", "gives_number", "number_prefix", "active", "label_service_id")
        at_amazon = ("amazon_carrier_code", "amazon_carrier_name", "amazon_shipping_method")
        values = {name: getattr(self, name) for name in (*names, *at_amazon)}
        return {**values, "carrier_seen_at_amazon": not is_listed(self.amazon_carrier_code)}


def list_couriers() -> tuple[CourierRow, ...]:
    rows = CourierService.objects.annotate(channels=Count("channel_options__channel", distinct=True))
    return tuple(_row(row) for row in rows.order_by("courier", "name"))


def courier_row(service_id: int) -> CourierRow | None:
    row = CourierService.objects.filter(pk=service_id).first()
    return None if row is None else _row(row)


def _row(row: CourierService) -> CourierRow:
    return CourierRow(
        row.pk,
        row.courier,
        row.name,
        row.tracking,
        row.gives_number,
        row.number_prefix,
        row.amazon_carrier_code,
        row.amazon_carrier_name,
        row.amazon_shipping_method,
        row.active,
        getattr(row, "channels", 0),
        row.label_service_id,
    )
