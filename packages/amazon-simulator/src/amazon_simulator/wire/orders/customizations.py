"""Addresses of what buyers of customised items wrote: another one at each reading."""

from typing import Any

from amazon_simulator.protocol.documents import Documents
from amazon_simulator.representations.customization import DOCUMENT


def with_addresses(order: dict[str, Any], documents: Documents, now: float) -> dict[str, Any]:
    """The order with addresses that work from now on for five minutes."""
    for item in order["orderItems"]:
        customization = item["product"].get("customization")
        if customization and customization["customizedUrl"].startswith(DOCUMENT):
            document = documents.held.get(customization["customizedUrl"].removeprefix(DOCUMENT))
            customization["customizedUrl"] = documents.address(document, "GET", now) if document else ""
    return order
