"""In the books: quantities that were sent, faults that struck, what was asked for and is not here."""

from typing import Any

from amazon_simulator.clock import iso
from amazon_simulator.entities import Write
from amazon_simulator.faults import FaultEvent
from amazon_simulator.not_simulated import NotSimulated


def write_of_books(row: Write) -> dict[str, Any]:
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


def fault_event_of_books(row: FaultEvent) -> dict[str, Any]:
    return {
        "at": iso(row.at),
        "fault": row.fault,
        "kind": row.kind,
        "operation": row.operation,
        "sellerId": row.seller,
        "subject": row.subject,
    }


def not_simulated_of_books(held: NotSimulated) -> list[dict[str, Any]]:
    """What was asked for that is not here, and how often."""
    return [
        {"what": row.what, "count": row.count, "first": iso(row.first), "last": iso(row.last), "sellerId": row.seller}
        for row in held.requests.values()
    ]
