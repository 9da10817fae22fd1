"""Which state a sales order is in, from facts alone; and whether its amounts add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, IncomingOrder, SalesOrderState

CENT = Decimal("0.01")


def rounding_of(currency: str) -> Decimal:
    """What rounding a line can be off by: a cent, or the whole unit of a currency without cents (JPY)."""
    return CENT if get_currency_precision(currency or "EUR") else Decimal(1)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line: units still to be sent, units dispatched, units allocated from stock, and whether it is held."""

    open: int
    shipped: int
    allocated: int
    held: bool


def sales_order_state(
    amazon: AmazonStatus, fulfilment: Fulfilment, lines: Sequence[LineFacts], *, address_missing: bool = False
) -> SalesOrderState:
    """The one state that these facts make. Without an address nothing goes to the warehouse (behaviour O08).

    A line of an unknown SKU waits by itself: the lines that are known, and have their stock, may leave.
    """
    shipped = sum(line.shipped for line in lines)
    if fulfilment is Fulfilment.FBA:
        return SalesOrderState.ISSUED
    if amazon is AmazonStatus.CANCELLED and not shipped:
        return SalesOrderState.CANCELLED
    waiting = [line for line in lines if line.open]
    if not waiting or amazon is AmazonStatus.CANCELLED:
        return SalesOrderState.SHIPPED if shipped else SalesOrderState.CANCELLED
    if amazon.pending:
        return SalesOrderState.PENDING
    if shipped:
        return SalesOrderState.PART_SHIPPED
    if address_missing:
        return SalesOrderState.HELD
    if any(line.held for line in waiting):
        ready = any(line.allocated >= line.open for line in waiting if not line.held)
        return SalesOrderState.READY_IN_PART if ready else SalesOrderState.HELD
    if any(line.allocated < line.open for line in waiting):
        return SalesOrderState.AWAITING_STOCK
    return SalesOrderState.READY


def totals_fault(order: IncomingOrder) -> str:
    """How Amazon's amounts contradict each other, in words; empty when they agree or are not all stated.

    Amazon rounds line by line, so one cent (one yen) for each line is no contradiction. Amounts of different currencies
    have no sum: where an order has such, that is what is said.
    """
    if order.other_currencies:
        others = " and ".join(order.other_currencies)
        return f"Amazon states amounts of this order in {order.currency} and in {others}; they cannot be added."
    if order.total is None or any(line.amounts.total is None for line in order.lines):
        return ""
    lines = sum((line.amounts.total or Decimal(0) for line in order.lines), order.order_amounts)
    if abs(lines - order.total) <= rounding_of(order.currency) * max(1, len(order.lines)):
        return ""
    return f"The lines add up to {lines:f} {order.currency}, but Amazon's total is {order.total:f} {order.currency}."
