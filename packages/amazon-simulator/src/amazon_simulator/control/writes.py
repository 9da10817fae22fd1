"""In the state report: quantities that were sent, faults that happened, what was called and is not simulated."""

from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.faults.faults import FaultEvent
from amazon_simulator.protocol.not_simulated import NotSimulated
from amazon_simulator.world.entities import Write


def write_json(row: Write) -> dict[str, Any]:
    return {
        "receivedTime": iso(row.received),
        "sellerId": row.seller,
        "sku": row.sku,
        "marketplaceId": row.market,
        "operation": row.operation,
        "reference": row.reference,
        "quantity": row.quantity,
        "status": row.status,
        "effect": row.effect,
        "appliedTime": None if row.applied is None else iso(row.applied),
    }


def fault_event_json(row: FaultEvent) -> dict[str, Any]:
    return {
        "at": iso(row.at),
        "fault": row.fault,
        "kind": row.kind,
        "operation": row.operation,
        "sellerId": row.seller,
        "subject": row.subject,
    }


def not_simulated_json(held: NotSimulated) -> list[dict[str, Any]]:
    """What was called that is not simulated, and how often."""
    return [
        {"what": row.what, "count": row.count, "first": iso(row.first), "last": iso(row.last), "sellerId": row.seller}
        for row in held.requests.values()
    ]
