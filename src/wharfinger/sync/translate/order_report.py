"""A row of Amazon's order report, and an order of its Orders API → one side of the comparison."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from wharfinger.amazon.messages.order_report import OrderReportRow
from wharfinger.amazon.messages.orders import decode_order
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.queries.orders.held_orders import HeldOrder
from wharfinger.domain.orders.completeness.comparing import STAGE_OF, SkuSum, Stage, StatedOrder, StatedRow, add_up
from wharfinger.domain.orders.order import IncomingLine, IncomingOrder
from wharfinger.sync.translate.orders import translate_order

_STAGES = {
    "pending": Stage.PENDING,
    "unshipped": Stage.OPEN,
    "partiallyshipped": Stage.SHIPPING,
    "shipping": Stage.SHIPPING,
    "shipped": Stage.SHIPPED,
    "cancelled": Stage.CANCELLED,
    "canceled": Stage.CANCELLED,
}
"""By the first word of order-status: `Shipped - Delivered to Buyer` is shipped. `Pending - Waiting for Pick Up` is
Easy Ship's word for a paid order, and any other one that is not known is not compared."""
_WAITING = "pending -"
_ELSEWHERE = "non-amazon"


def report_rows(rows: Iterable[OrderReportRow], marketplaces: Mapping[str, str]) -> Iterable[StatedRow]:
    """`marketplaces`: name as the column `sales-channel` has it, in small letters → id."""
    for row in rows:
        order = StatedOrder(
            number=row.order_id,
            marketplace_id=marketplaces.get(row.sales_channel.lower(), ""),
            placed_at=row.purchased_at,
            updated_at=row.updated_at,
            stage=_stage(row.status),
            currency=row.currency,
            not_amazons=row.sales_channel.lower().startswith(_ELSEWHERE),
        )
        yield StatedRow(order, row.sku, SkuSum(row.quantity, row.amount))


def _stage(status: str) -> Stage:
    word = status.strip().lower()
    if word.startswith(_WAITING):
        return Stage.UNKNOWN
    return _STAGES.get(word.partition(" ")[0], Stage.UNKNOWN)


def held_sums(held: Iterable[HeldOrder]) -> dict[str, StatedOrder]:
    """What we hold, by number: the lines of sales orders, and of orders that are none what their messages say."""
    found: dict[str, StatedOrder] = {}
    for order in held:
        if order.rows is not None:
            found |= add_up(order.rows) or {order.stated.number: order.stated}
        else:
            found[order.stated.number] = _with_message(order)
    return found


def _with_message(order: HeldOrder) -> StatedOrder:
    said = message_sums(order.message) if order.message else None
    if said is None:
        return order.stated
    return replace(order.stated, currency=order.stated.currency or said.currency, by_sku=said.by_sku)


def message_sums(message: bytes) -> StatedOrder | None:
    """What a message of the Orders API says; None where it cannot be read."""
    try:
        return order_sums(translate_order(decode_order(message)))
    except Unreadable:
        return None


def order_sums(order: IncomingOrder) -> StatedOrder:
    stated = StatedOrder(
        number=order.amazon_order_id,
        marketplace_id=order.marketplace_id,
        placed_at=order.placed_at,
        updated_at=order.updated_at,
        stage=STAGE_OF[order.status],
        currency=order.currency,
    )
    rows = [StatedRow(stated, line.sku.strip(), _amounts(line)) for line in order.lines]
    return add_up(rows).get(order.amazon_order_id, stated)


def _amounts(line: IncomingLine) -> SkuSum:
    """As of a sales order's line: units that are not cancelled; goods, shipping, gift wrap less the discount."""
    units = max(0, line.quantity_ordered - line.quantity_cancelled)
    amounts = line.amounts
    if amounts.item is None:
        return SkuSum(units)
    added = [amounts.item, amounts.shipping, amounts.gift_wrap]
    money = sum((amount for amount in added if amount is not None), Decimal(0)) - (amounts.discount or Decimal(0))
    return SkuSum(units, money)
