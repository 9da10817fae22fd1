"""A parcel of ours → Amazon's confirmation. Source: model orders_2026-01-01.json, confirmShipment of ordersV0.json."""

from wharfinger.amazon.messages.shipments import ConfirmShipment, ShippedItem
from wharfinger.operations.shipping.confirmations import ConfirmationToSend


def to_confirm_shipment(message: ConfirmationToSend) -> ConfirmShipment:
    """ValueError where Amazon has no form for what was entered."""
    return ConfirmShipment(
        marketplace_id=message.marketplace_id,
        package_reference_id=message.package_reference,
        carrier_code=message.carrier_code,
        carrier_name=message.carrier_name,
        shipping_method=message.shipping_method,
        tracking_number=message.tracking_number,
        ship_date=message.shipped_at,
        items=tuple(ShippedItem(order_item_id=item, quantity=units) for item, units in message.items),
    )
