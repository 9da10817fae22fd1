"""An order that the account holds, as it is shown and as it is printed."""

import base64
from dataclasses import dataclass
from typing import Any

from wharfinger.cli.demo.click_and_drop.label_pdf import label_pdf

CREATED_ON = "2026-11-24T12:00:00Z"


@dataclass
class Order:
    """What the account holds. `labels`: how often its label was generated. `manifest`: 0 = not manifested."""

    identifier: int
    reference: str
    body: dict[str, Any]
    created_on: str = CREATED_ON
    tracking_number: str = ""
    labels: int = 0
    deleted: bool = False
    manifest: int = 0


def label_of(order: Order) -> bytes:
    """Its label as the account prints it."""
    address = order.body["recipient"]["address"]
    parts = ("fullName", "companyName", "addressLine1", "addressLine2", "addressLine3", "city", "county", "postcode")
    return label_pdf(
        service=service_of(order) or "No service",
        reference=order.reference,
        address=[address[part] for part in parts if address.get(part)],
        tracking_number=order.tracking_number,
    )


def tracking_number(identifier: int) -> str:
    """As post offices print them (UPU S10), with its check digit."""
    digits = f"{identifier:08d}"
    rest = 11 - sum(int(d) * w for d, w in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return f"RM{digits}{ {10: 0, 11: 5}.get(rest, rest) }GB"


def service_of(order: Order) -> str:
    return str(order.body.get("postageDetails", {}).get("serviceCode", ""))


def info_of(order: Order) -> dict[str, Any]:
    info: dict[str, Any] = {
        "orderIdentifier": order.identifier,
        "orderReference": order.reference,
        "createdOn": order.created_on,
        "packages": [{"packageNumber": 1}],
    }
    if order.manifest:
        info["manifestedOn"] = order.created_on
    if order.tracking_number:
        info["trackingNumber"] = order.tracking_number
        info["packages"] = [{"packageNumber": 1, "trackingNumber": order.tracking_number}]
    return info


def paper(number: int, orders: int) -> str:
    document = label_pdf(
        service="Manifest", reference=f"Manifest {number}", address=[f"{orders} orders"], tracking_number=""
    )
    return in_text(document)


def in_text(document: bytes) -> str:
    return base64.b64encode(document).decode()
