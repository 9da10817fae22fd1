"""Orders in our words, as `sync.translate` gives them: values, no rows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.factories.ground import NOW, UK

from wharfinger.domain.orders.order import (
    AmazonStatus,
    Fulfilment,
    IncomingAddress,
    IncomingBuyer,
    IncomingLine,
    IncomingOrder,
    LineAmounts,
)

ADDRESS = IncomingAddress(name="Ada Byron", line_1="1 Quay Street", town="Hull", postcode="HU1 1AA", country="GB")


def a_line(sku="MUG", quantity=1, total="10.00", **more):
    amount = Decimal(total)
    defaults = {
        "order_item_id": f"{sku[:20]}-1",
        "asin": "B000000001",
        "title": sku[:20],
        "amounts": LineAmounts(item=amount, total=amount),
    }
    return IncomingLine(sku=sku, quantity_ordered=quantity, **{**defaults, **more})


def an_order(*lines, status=AmazonStatus.UNSHIPPED, number="026-0000001-0000001", **more):
    lines = lines or (a_line(),)
    defaults = {
        "marketplace_id": UK,
        "fulfilment": Fulfilment.FBM,
        "placed_at": NOW - timedelta(hours=1),
        "updated_at": NOW - timedelta(minutes=30),
        "currency": "GBP",
        "total": sum((line.amounts.total or Decimal(0) for line in lines), Decimal(0)),
        "buyer": IncomingBuyer(name="Ada Byron", email="ada@marketplace.example"),
        "address": ADDRESS,
        "ship_by": NOW + timedelta(days=1),
    }
    return IncomingOrder(amazon_order_id=number, status=status, lines=tuple(lines), **{**defaults, **more})


def later(order, minutes=10, **changes):
    return replace(order, updated_at=order.updated_at + timedelta(minutes=minutes), **changes)


def shipped(order):
    """Some minutes later, whole."""
    lines = tuple(replace(line, quantity_fulfilled=line.quantity_ordered) for line in order.lines)
    return later(order, status=AmazonStatus.SHIPPED, lines=lines)
