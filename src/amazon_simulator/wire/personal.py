"""Which personal data an order gives to whom. Source: access-orders-pii; model orders_2026-01-01.json (phone)."""

from collections.abc import Collection
from dataclasses import dataclass

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.entities import Order

OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
"""Before the payment nobody is told who buys, and after a cancellation nobody any more."""
SHIPS_HOME, TAXES = "Direct-to-Consumer Shipping", frozenset({"Tax Invoicing", "Tax Remittance"})
NO_NAME_FOR_TAXES = ("US", "JP", "SG")
HOUR = 3600.0
DAY = 24 * HOUR
WINDOWS = {
    "STANDARD": (2 * DAY, DAY, 5 * DAY),
    "FREE_ECONOMY": (2 * DAY, 3 * DAY, 8 * DAY),
    "SAME_DAY": (4 * HOUR, 6 * HOUR, 14 * HOUR),
    "SCHEDULED": (2 * DAY, 3 * DAY, 3 * DAY + 4 * HOUR),
}
QUICK = (DAY, DAY, 2 * DAY)
"""Seconds from the order to: ship by, deliver from, deliver by; of a service level and of every other one."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Promised times, in Unix seconds."""

    ship_from: float
    ship_by: float
    deliver_from: float
    deliver_by: float


def windows(order: Order) -> Windows:
    """Counted from the order, or from when a pre-order's goods come out."""
    begin = order.available_at or order.created
    ship_by, deliver_from, deliver_by = WINDOWS.get(order.service_level, QUICK)
    return Windows(begin, begin + ship_by, begin + deliver_from, begin + deliver_by)


def gives_recipient(order: Order, roles: Collection[str]) -> bool:
    """Name, street, postcode, gift message and customisation: for who sends the parcel."""
    return order.fulfilled_by == "MERCHANT" and order.status in OPEN and SHIPS_HOME in roles


def gives_phone(order: Order, now: float) -> bool:
    """Of an order that the seller sends, until it must have been delivered."""
    if order.fulfilled_by != "MERCHANT" or not order.buyer.phone:
        return False
    return order.status != "SHIPPED" or now <= windows(order).deliver_by


def gives_name(order: Order, roles: Collection[str]) -> bool:
    if order.status not in OPEN:
        return False
    if order.fulfilled_by == "MERCHANT" and SHIPS_HOME in roles:
        return True
    return bool(TAXES.intersection(roles)) and MARKETS[order.marketplace].country not in NO_NAME_FOR_TAXES


def gives_email(order: Order, roles: Collection[str]) -> bool:
    return order.fulfilled_by == "MERCHANT" and order.status in OPEN and SHIPS_HOME in roles


def gives_taxes(order: Order, roles: Collection[str]) -> bool:
    """The buyer's tax registration."""
    return order.status in OPEN and bool(TAXES.intersection(roles))
