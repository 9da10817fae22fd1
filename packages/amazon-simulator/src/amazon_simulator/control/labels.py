"""The labels that sellers have bought, for who judges what a program did."""

from typing import Any

from amazon_simulator.buy_shipping.bought import BoughtLabel
from amazon_simulator.buy_shipping.shipping_records import Shipment
from amazon_simulator.core.clock import iso
from amazon_simulator.simulator import Simulator


def labels_json(simulator: Simulator) -> list[dict[str, Any]]:
    """Of both APIs, in the order in which each has sold them."""
    return [
        *(_of_merchant_fulfilment(label) for label in simulator.labels.held.values()),
        *(_of_shipping(shipment) for shipment in simulator.shipping.shipments.values()),
    ]


def _of_merchant_fulfilment(label: BoughtLabel) -> dict[str, Any]:
    return {
        "api": "merchantFulfillmentV0",
        "shipmentId": label.id,
        "sellerId": label.seller,
        "orderId": label.order,
        "packageReferenceId": label.reference,
        "shippingServiceId": label.service["ShippingServiceId"],
        "rate": label.service["Rate"],
        "trackingNumber": label.tracking,
        "format": label.format,
        "status": label.status,
        "bought": iso(label.created),
        "items": _items(label.units),
    }


def _of_shipping(shipment: Shipment) -> dict[str, Any]:
    """`packageReferenceId` is empty until the order shows it; `confirmsAt` is null when it does, or never will."""
    return {
        "api": "shippingV2",
        "shipmentId": shipment.id,
        "sellerId": shipment.seller,
        "orderId": shipment.order,
        "packageReferenceId": shipment.package,
        "packageClientReferenceId": shipment.reference,
        "shippingServiceId": shipment.service,
        "valueAddedServices": shipment.extras,
        "rate": {"CurrencyCode": shipment.charge["unit"], "Amount": shipment.charge["value"]},
        "benefits": shipment.benefits,
        "trackingNumber": shipment.tracking,
        "format": shipment.specification["format"],
        "status": "Purchased" if shipment.cancelled is None else "Cancelled",
        "bought": iso(shipment.created),
        "operation": shipment.operation,
        "idempotencyKey": shipment.key,
        "confirmsAt": None if shipment.confirms_at is None else iso(shipment.confirms_at),
        "items": _items(shipment.items),
    }


def _items(units: list[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"orderItemId": item, "quantity": count} for item, count in units]
