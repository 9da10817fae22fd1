"""The labels that sellers have bought, for who judges what a program did."""

from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.simulator import Simulator


def labels_json(simulator: Simulator) -> list[dict[str, Any]]:
    return [
        {
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
            "items": [{"orderItemId": item, "quantity": units} for item, units in label.units],
        }
        for label in simulator.labels.held.values()
    ]
