"""Which state a sales order is in, from facts alone; and whether its amounts add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, IncomingLine, IncomingOrder, SalesOrderState


def rounding_of(currency: str) -> Decimal:
    """What rounding a line can be off by: the smallest coin (a cent, a yen, a fils of which a dinar has 1,000)."""
    return Decimal(1).scaleb(-get_currency_precision(currency or "EUR"))


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
    if amazon.called_off and not shipped:
        return SalesOrderState.CANCELLED
    waiting = [line for line in lines if line.open]
    if not waiting or amazon.called_off:
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
    fault = next(filter(None, (line_fault(line, order.currency) for line in order.lines)), "")
    if fault or order.total is None or any(line.amounts.total is None for line in order.lines):
        return fault
    lines = sum((line.amounts.total or Decimal(0) for line in order.lines), order.order_amounts)
    if abs(lines - order.total) <= rounding_of(order.currency) * max(1, len(order.lines)):
        return ""
    return f"The lines add up to {lines:f} {order.currency}, but Amazon's total is {order.total:f} {order.currency}."


def line_fault(line: IncomingLine, currency: str) -> str:
    """How the parts of a line contradict its total, in words.

    Tax comes on top in some marketplaces (US, CA) and is within the price in others (behaviour M01): either makes the
    total. Amazon rounds each part, so one coin for each of them is no contradiction.
    """
    amounts = line.amounts
    if amounts.item is None or amounts.total is None:
        return ""
    more = [part for part in (amounts.shipping, amounts.gift_wrap, amounts.other) if part is not None]
    parts = sum(more, amounts.item) - (amounts.discount or 0)
    coins = rounding_of(currency) * (1 + len(more) + (amounts.discount is not None))
    if any(abs(parts + tax - amounts.total) <= coins for tax in {Decimal(0), amounts.tax or Decimal(0)}):
        return ""
    taxed = f" with a tax of {amounts.tax:f}" if amounts.tax else ""
    return (
        f"The parts of {line.sku[:60]} add up to {parts:f} {currency}{taxed}, but Amazon's total of the line is "
        f"{amounts.total:f} {currency}."
    )
