"""Orders v0 confirmShipment: our values to Amazon's JSON. Source: model ordersV0.json and
developer-docs.amazon.com/sp-api/docs/confirm-the-shipment-status."""

from datetime import datetime

import msgspec

from wharfinger.amazon.messages.wire import Message, as_iso


class ShippedItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`quantity` units of one order item in this package."""

    order_item_id: str
    quantity: int
    transparency_codes: tuple[str, ...] = ()


class ConfirmShipment(msgspec.Struct, frozen=True, kw_only=True):
    """One package of one order. The same `package_reference_id` again edits that package.

    `package_reference_id` is a positive number; `carrier_code` one of Amazon's for the marketplace,
    or "Other" with `carrier_name`; `ship_date` aware; `tracking_number` is required by Amazon.
    ValueError names what is missing or wrong before anything is sent.
    """

    marketplace_id: str
    package_reference_id: int
    carrier_code: str
    tracking_number: str
    ship_date: datetime
    items: tuple[ShippedItem, ...]
    carrier_name: str = ""
    shipping_method: str = ""
    ship_from_supply_source_id: str = ""
    cod_collection_method: str = ""

    def __post_init__(self) -> None:
        for name in ("marketplace_id", "carrier_code", "tracking_number"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty; Amazon confirms no shipment without it")
        if self.package_reference_id < 1:
            raise ValueError("package_reference_id must be a positive number")
        if self.carrier_code == "Other" and not self.carrier_name.strip():
            raise ValueError("carrier_name is empty; Amazon wants the carrier's name with the code Other")
        if self.ship_date.tzinfo is None:
            raise ValueError("ship_date has no time zone; give it aware, in UTC")
        if not self.items:
            raise ValueError("items is empty; name what is in the package")
        if any(item.quantity < 1 for item in self.items):
            raise ValueError("items: every quantity must be 1 or more")


class _PackageDetail(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    package_reference_id: str
    carrier_code: str
    tracking_number: str
    ship_date: str
    order_items: tuple[ShippedItem, ...]
    carrier_name: str = ""
    shipping_method: str = ""
    ship_from_supply_source_id: str = ""


class _ConfirmShipmentRequest(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    marketplace_id: str
    package_detail: _PackageDetail
    cod_collection_method: str = ""


def write_confirmation(confirmation: ConfirmShipment) -> bytes:
    """The body of confirmShipment."""
    return msgspec.json.encode(
        _ConfirmShipmentRequest(
            marketplace_id=confirmation.marketplace_id,
            package_detail=_PackageDetail(
                package_reference_id=str(confirmation.package_reference_id),
                carrier_code=confirmation.carrier_code,
                carrier_name=confirmation.carrier_name,
                shipping_method=confirmation.shipping_method,
                tracking_number=confirmation.tracking_number,
                ship_date=as_iso(confirmation.ship_date),
                ship_from_supply_source_id=confirmation.ship_from_supply_source_id,
                order_items=confirmation.items,
            ),
            cod_collection_method=confirmation.cod_collection_method,
        )
    )
