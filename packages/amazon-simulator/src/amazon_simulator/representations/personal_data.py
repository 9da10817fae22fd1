"""Which personal data an order gives to whom. Source: access-orders-pii; model orders_2026-01-01.json (phone)."""

from collections.abc import Collection

from amazon_simulator.representations.windows import windows
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Order

OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
"""The buyer is not shown before the payment, nor after a cancellation."""
SHIPS_HOME, TAXES = "Direct-to-Consumer Shipping", frozenset({"Tax Invoicing", "Tax Remittance"})
NO_NAME_FOR_TAXES = ("US", "JP", "SG")
HOUR = 3600.0


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
