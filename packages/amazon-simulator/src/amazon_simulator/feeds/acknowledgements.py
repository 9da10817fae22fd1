"""POST_ORDER_ACKNOWLEDGEMENT_DATA: the seller has taken an order, or cancels it. Source: OrderAcknowledgement.xsd."""

from xml.etree.ElementTree import Element

from amazon_simulator.feeds.envelope import DATA, INCOMPLETE, Result, text_of, work_envelope
from amazon_simulator.feeds.feed import Ground, Job, Outcome
from amazon_simulator.feeds.shipments import Wrong, find_order
from amazon_simulator.world import NotPossible
from amazon_simulator.world.entities import Order

REASONS = (
    "NoInventory", "ShippingAddressUndeliverable", "CustomerExchange", "BuyerCanceled", "GeneralAdjustment",
    "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "CustomerReturn",
    "MerchandiseNotReceived", "CannotVerifyInformation", "PricingError", "RejectOrder", "WeatherDelay",
)  # fmt: skip


def work_acknowledgements(ground: Ground, job: Job) -> Outcome:
    return work_envelope(ground, job, "OrderAcknowledgement", _acknowledge)


def _acknowledge(ground: Ground, job: Job, number: int, message: Element) -> list[Result]:
    order_id = text_of(message, "AmazonOrderID")
    try:
        order = find_order(ground.world, job.seller, message)
        order_id = order.id
        match text_of(message, "StatusCode"):
            case "Success":
                _take(ground, order, text_of(message, "MerchantOrderID"))
            case "Failure":
                _cancel(ground, order, message, job.now)
            case _:
                raise Wrong(INCOMPLETE)
    except NotPossible as refusal:
        return [Result(number, DATA, str(refusal), order_id)]
    except Wrong as fault:
        return [Result(number, fault.code, str(fault), order_id)]
    return []


def _take(ground: Ground, order: Order, own: str) -> None:
    """The seller's own number is kept, the status stays."""
    if own and own != order.alias:
        order.alias = own
        ground.world.records.touch(order)


def _cancel(ground: Ground, order: Order, message: Element, now: float) -> None:
    """The whole order: an acknowledgement knows no part of one. Every item that is named needs a reason."""
    if order.fulfilled_by != "MERCHANT":
        raise Wrong("This order is not cancelled by the seller.")
    items = {item.id for item in order.items}
    for row in message.findall("Item"):
        if text_of(row, "AmazonOrderItemCode") not in items or text_of(row, "CancelReason") not in REASONS:
            raise Wrong(INCOMPLETE)
    if not message.findall("Item"):
        raise Wrong(INCOMPLETE)
    ground.world.ordering.cancel(order, "MERCHANT", now)
