"""What can still be read of an order whose message as a whole cannot: its lines, for the units that they take.

A message is unreadable for one required member (a time, an id of one line). The goods that it sells are
sold all the same, so the parts that stand are read member by member; nothing here is good for an import.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from wharfinger.amazon.messages.wire import in_utc

UNITS_AT_MOST = 1_000_000
"""More units than any order has: such a number is a fault, not a sale."""


@dataclass(frozen=True, slots=True)
class RoughLine:
    order_item_id: str
    sku: str
    asin: str
    quantity_ordered: int
    quantity_fulfilled: int


@dataclass(frozen=True, slots=True)
class RoughOrder:
    """Empty texts and None where a member is missing or odd."""

    order_id: str
    marketplace_id: str
    fulfilled_by: str
    fulfillment_status: str
    last_updated: datetime | None
    ship_by: datetime | None
    lines: tuple[RoughLine, ...]


def read_rough_order(body: bytes) -> RoughOrder | None:
    """None where not even the order's number and a line with a SKU or an ASIN stand in it."""
    try:
        payload = _mapping(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        return None
    fulfilment = _mapping(payload.get("fulfillment"))
    items = payload.get("orderItems")
    lines = [_line(place, _mapping(item)) for place, item in enumerate(items if isinstance(items, list) else [])]
    order = RoughOrder(
        order_id=_text(payload.get("orderId")),
        marketplace_id=_text(_mapping(payload.get("salesChannel")).get("marketplaceId")),
        fulfilled_by=_text(fulfilment.get("fulfilledBy")),
        fulfillment_status=_text(fulfilment.get("fulfillmentStatus")),
        last_updated=_moment(payload.get("lastUpdatedTime")),
        ship_by=_moment(_mapping(fulfilment.get("shipByWindow")).get("latestDateTime")),
        lines=tuple(line for line in lines if line.sku or line.asin),
    )
    return order if order.order_id and order.lines else None


def _line(place: int, item: dict[str, Any]) -> RoughLine:
    product, fulfilment = _mapping(item.get("product")), _mapping(item.get("fulfillment"))
    return RoughLine(
        order_item_id=_text(item.get("orderItemId")) or f"line {place}",
        sku=_text(product.get("sellerSku")),
        asin=_text(product.get("asin")),
        quantity_ordered=_units(item.get("quantityOrdered")),
        quantity_fulfilled=_units(fulfilment.get("quantityFulfilled")),
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""


def _units(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        value = int(value)
    return value if type(value) is int and 0 <= value <= UNITS_AT_MOST else 0


def _moment(value: Any) -> datetime | None:
    try:
        return in_utc(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None
