"""Orders in Amazon's words, as searchOrders gives them: JSON that our flows take in."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from tests.factories.ground import NOW, UK

from wharfinger.amazon.messages.orders import SearchOrdersPage

ADDRESS = {
    "name": "Grace Hopper",
    "addressLine1": "1 Quay Street",
    "city": "Bristol",
    "postalCode": "BS1 4DJ",
    "countryCode": "GB",
}
_numbers = count(1)


def line(sku: str, units: int = 1, *, each: str = "10.00", number: str = "", **changes: Any) -> dict[str, Any]:
    """One order item in Amazon's words; its proceeds are units times `each`."""
    amount = str(Decimal(each) * units)
    return {
        "orderItemId": number or f"{next(_numbers):014d}",
        "quantityOrdered": units,
        "product": {"sellerSku": sku, "asin": f"B0{abs(hash(sku)) % 10**8:08d}", "title": f"Title of {sku[:40]}"},
        "proceeds": {
            "proceedsTotal": {"amount": amount, "currencyCode": "GBP"},
            "breakdowns": [{"type": "ITEM", "subtotal": {"amount": amount, "currencyCode": "GBP"}}],
        },
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": units},
        **changes,
    }


def order(*lines: dict[str, Any], status: str = "UNSHIPPED", by: str = "MERCHANT", **changes: Any) -> dict[str, Any]:
    """An order as searchOrders gives it, placed an hour before noon; pending ones have neither money nor address."""
    placed = NOW - timedelta(hours=1)
    message: dict[str, Any] = {
        "orderId": f"026-{next(_numbers):07d}-0000001",
        "createdTime": placed.isoformat(),
        "lastUpdatedTime": placed.isoformat(),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": UK},
        "buyer": {"buyerName": "Grace Hopper", "buyerEmail": "grace@marketplace.example"},
        "recipient": {"deliveryAddress": ADDRESS},
        "proceeds": {"grandTotal": {"amount": str(total_of(lines)), "currencyCode": "GBP"}},
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": by,
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": {"latestDateTime": (NOW + timedelta(days=1)).isoformat()},
        },
        "orderItems": list(lines),
        **changes,
    }
    return _unpaid(message) if status.startswith("PENDING") else message


def total_of(lines: Sequence[dict[str, Any]]) -> Decimal:
    return sum((Decimal(each["proceeds"]["proceedsTotal"]["amount"]) for each in lines), Decimal(0))


def _unpaid(message: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in message.items() if key not in ("buyer", "recipient", "proceeds")}
    kept["orderItems"] = [
        {key: value for key, value in each.items() if key != "proceeds"} for each in message["orderItems"]
    ]
    return kept


def later(message: dict[str, Any], minutes: int = 1, **changes: Any) -> dict[str, Any]:
    """The same order as Amazon tells it some minutes after that message."""
    changed = json.loads(json.dumps(message))
    updated = datetime.fromisoformat(message["lastUpdatedTime"]) + timedelta(minutes=minutes)
    changed["lastUpdatedTime"] = updated.isoformat()
    status = changes.pop("status", None)
    if status:
        changed["fulfillment"]["fulfillmentStatus"] = status
    return {**changed, **changes}


def page(
    *orders: dict[str, Any] | bytes,
    token: str | None = None,
    before: datetime | None = NOW,
    strange: Sequence[dict[str, Any]] = (),
) -> SearchOrdersPage:
    raws = tuple(message if isinstance(message, bytes) else json.dumps(message).encode() for message in orders)
    others = tuple(json.dumps(message).encode() for message in strange)
    return SearchOrdersPage(raw_orders=raws, strange_orders=others, next_token=token, last_updated_before=before)
