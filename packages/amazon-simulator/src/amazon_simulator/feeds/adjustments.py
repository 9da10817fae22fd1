"""POST_PAYMENT_ADJUSTMENT_DATA: the seller gives money back, or cancels units. Source: OrderAdjustment.xsd."""

from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from amazon_simulator.feeds.envelope import DATA, INCOMPLETE, Result, text_of, work_envelope
from amazon_simulator.feeds.feed import Ground, Job, Outcome
from amazon_simulator.feeds.shipments import Wrong, find_order
from amazon_simulator.finances.charges import COMPONENTS, NOTHING, charged, currency_of
from amazon_simulator.finances.ledger import Booked, Ledger
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import in_currency
from amazon_simulator.world.entities import Item, Order

REASONS = (
    "NoInventory", "CustomerReturn", "GeneralAdjustment", "CouldNotShip", "DifferentItem", "Abandoned",
    "CustomerCancel", "PriceError", "ProductOutofStock", "CustomerAddressIncorrect", "Exchange", "Other",
    "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "TransactionRecord",
)  # fmt: skip
TOO_MUCH = "18025"
MOST = Decimal(1_000_000)


def work_adjustments(ground: Ground, job: Job) -> Outcome:
    return work_envelope(ground, job, "OrderAdjustment", _adjust)


def _adjust(ground: Ground, job: Job, number: int, message: Element) -> list[Result]:
    order_id = text_of(message, "AmazonOrderID")
    try:
        order = find_order(ground.world, job.seller, message)
        order_id = order.id
        cancelled = _cancelled(order, message)
        lines = _lines(ground.ledger, order, message)
        if not lines and not cancelled:
            raise Wrong(INCOMPLETE)
        for item, units in cancelled.items():
            ground.world.ordering.cancel_units(order, item, units, "MERCHANT", job.now)
        if lines:
            ground.ledger.refund(order, lines, job.now, f"feed {job.feed.id}")
    except NotPossible as refusal:
        return [Result(number, DATA, str(refusal), order_id)]
    except Wrong as fault:
        return [Result(number, fault.code, str(fault), order_id)]
    return []


def _item(order: Order, row: Element) -> Item:
    code = text_of(row, "AmazonOrderItemCode")
    item = next((one for one in order.items if one.id == code), None)
    if item is None or text_of(row, "AdjustmentReason") not in REASONS:
        raise Wrong(INCOMPLETE)
    return item


def _cancelled(order: Order, message: Element) -> dict[str, int]:
    """Order item → units that are cancelled: only of what has not left; all of it or nothing."""
    found: dict[str, int] = {}
    for row in message.findall("AdjustedItem"):
        text = text_of(row, "QuantityCancelled")
        if not text:
            continue
        item = _item(order, row)
        left = item.quantity - item.cancelled - item.shipped
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= left or order.status != "UNSHIPPED":
            raise Wrong(f"QuantityCancelled: {left} units of {item.id} can be cancelled.")
        if item.id in found or order.fulfilled_by != "MERCHANT":
            raise Wrong(INCOMPLETE)
        found[item.id] = int(text)
    return found


def _lines(ledger: Ledger, order: Order, message: Element) -> list[Booked]:
    """What is given back of each item, checked against what was charged; all of it or nothing."""
    lines: dict[str, Booked] = {}
    for row in message.findall("AdjustedItem"):
        components = [*row.findall("ItemPriceAdjustments/Component")]
        if not components:
            continue
        item = _item(order, row)
        if item.id in lines:
            raise Wrong(INCOMPLETE)
        if not item.shipped:
            raise Wrong("A refund needs a shipment: nothing of this item has been shipped.")
        parts: dict[str, Decimal] = {}
        for component in components:
            name, amount = text_of(component, "Type"), _amount(order, component.find("Amount"))
            if name not in COMPONENTS or name in parts:
                raise Wrong(INCOMPLETE)
            parts[name] = amount
            _least_charged(ledger, order, item, name, amount)
        lines[item.id] = Booked(item.id, 0, 0, {name: amount for name, amount in parts.items() if amount})
    return list(lines.values())


def _amount(order: Order, element: Element | None) -> Decimal:
    currency = currency_of(order)
    if element is None or element.get("currency") != currency:
        raise Wrong(f"The currency of the adjustment is not that of the order: {currency}.")
    try:
        amount = Decimal((element.text or "").strip())
    except InvalidOperation as fault:
        raise Wrong(INCOMPLETE) from fault
    if not amount.is_finite() or not 0 <= amount <= MOST or amount != in_currency(amount, currency):
        raise Wrong(INCOMPLETE)
    return amount


def _least_charged(ledger: Ledger, order: Order, item: Item, name: str, amount: Decimal) -> None:
    paid = charged(item, name)
    if paid is not None and ledger.refunded(order.id, item.id, name) + amount > max(paid, NOTHING):
        raise Wrong(f"The adjustment exceeds the {name} amount that is left of {item.id}.", TOO_MUCH)
