"""POST_ORDER_FULFILLMENT_DATA: many confirmations at once, those without a tracking number among them.

Source: OrderFulfillment.xsd; result codes and texts as integrators saw them; behaviours SH07 to SH10.
"""

from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element

from amazon_simulator.core.clock import from_iso
from amazon_simulator.feeds.envelope import DATA, INCOMPLETE, Result, text_of, work_envelope
from amazon_simulator.feeds.feed import Ground, Job, Outcome
from amazon_simulator.world import NotPossible, World
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Confirmation, Order, Package, Seller

QUANTITIES, TRACKING = "18021", "18310"
UNTRACKED_BELOW = {"DE": Decimal(20), "ES": Decimal(15), "FR": Decimal(10)}
"""Country → the order's total from which a tracking number is needed, in euros (behaviour SH09)."""
UPS = "1Z"
UPS_LETTERS = 18


class Wrong(Exception):
    """One thing that is wrong with a message."""

    def __init__(self, text: str, code: str = DATA) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sent:
    """The content of a message; `items` is empty for all that is left of the order."""

    reference: str
    date: str
    carrier_code: str
    carrier_name: str
    method: str
    tracking: str
    items: dict[str, int | None]
    codes: dict[str, list[str]]


def work_fulfilment(ground: Ground, job: Job) -> Outcome:
    return work_envelope(ground, job, "OrderFulfillment", _ship)


def find_order(world: World, seller: Seller, message: Element) -> Order:
    """By Amazon's number or the seller's own."""
    number, own = text_of(message, "AmazonOrderID"), text_of(message, "MerchantOrderID")
    order = world.orders.get(number)
    if order is None and own and not number:
        order = next((one for one in world.orders.values() if one.alias == own and one.seller == seller.id), None)
    if order is None or order.seller != seller.id:
        raise Wrong(
            f"Your order cannot be found using Merchant ID {seller.id} and Merchant Order {number or own}. "
            "Enter the correct order ID and then resubmit your feed."
        )
    return order


def _ship(ground: Ground, job: Job, number: int, message: Element) -> list[Result]:
    order_id = text_of(message, "AmazonOrderID")
    sent = None
    try:
        order = find_order(ground.world, job.seller, message)
        order_id, sent = order.id, _read(message)
        _least_shippable(order, sent)
        package = _package(order, sent, job.now)
        unfit = _does_not_match(package) if _is_odd(package) else ""
        if unfit and ground.strict(job.seller.id, job.now):
            raise Wrong(unfit, TRACKING)
        effect = ground.world.shipments.confirm(order, package, job.now)
    except NotPossible:
        _note(ground, job, order_id, sent, "refused")
        return [Result(number, QUANTITIES, _too_many(order_id), order_id)]
    except Wrong as fault:
        _note(ground, job, order_id, sent, "refused")
        return [Result(number, fault.code, str(fault), order_id)]
    _note(ground, job, order_id, sent, effect)
    return [Result(number, TRACKING, unfit, order_id, warning=True)] if unfit else []


def _too_many(order: str) -> str:
    return (
        f"The quantities you provided for order id ({order}) were larger than the quantities that could be fulfilled. "
        "Please review the quantity from the order report and take into account any items that have been cancelled or "
        "already fulfilled."
    )


def _does_not_match(package: Package) -> str:
    return (
        f"The tracking ID {package.tracking_number} for {package.carrier_name or package.carrier_code} does not match "
        "the expected format for the carrier. Please verify that you have entered the tracking ID and carrier name "
        "correctly."
    )


def _read(message: Element) -> Sent:
    """The content of a message. Raises Wrong if something that is needed is missing."""
    date, items, codes = text_of(message, "FulfillmentDate"), dict[str, int | None](), dict[str, list[str]]()
    try:
        from_iso(date)
    except ValueError as fault:
        raise Wrong(INCOMPLETE) from fault
    for item in message.findall("Item"):
        code, units = text_of(item, "AmazonOrderItemCode"), text_of(item, "Quantity")
        if not code or code in items or (units and not (units.isascii() and units.isdigit() and len(units) < 10)):
            raise Wrong(INCOMPLETE)
        items[code] = int(units) if units else None
        codes[code] = [(one.text or "").strip() for one in item.findall("TransparencyCode")]
    data = message.find("FulfillmentData")
    code, name = text_of(data, "CarrierCode"), text_of(data, "CarrierName")
    if not code and not name:
        raise Wrong("The carrier code is missing. Enter a carrier code, or “Other” and a carrier name.")
    if code == "Other" and not name:
        raise Wrong("The carrier name is missing. It is required when the carrier code is Other.")
    return Sent(
        reference=text_of(message, "MerchantFulfillmentID"),
        date=date,
        carrier_code=code or "Other",
        carrier_name=name,
        method=text_of(data, "ShippingMethod"),
        tracking=text_of(data, "ShipperTrackingNumber"),
        items=items,
        codes={code: found for code, found in codes.items() if found},
    )


def _least_shippable(order: Order, sent: Sent) -> None:
    if order.fulfilled_by != "MERCHANT" or "FBM_SHIP_PLUS" in order.programs:
        raise Wrong("This order is not confirmed by the seller.")
    if order.regulated in ("Pending", "Rejected"):
        raise Wrong("The regulated information of this order has not been approved.")
    if order.status not in ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"):
        raise Wrong(_too_many(order.id), QUANTITIES)
    least = UNTRACKED_BELOW.get(MARKETS[order.marketplace].country)
    if least is None or sent.tracking:
        return
    if sum((item.total for item in order.items), Decimal(0)) >= least or not sent.method:
        raise Wrong("The tracking ID is missing. It is required for the value and the shipping method of this order.")


def _package(order: Order, sent: Sent, now: float) -> Package:
    left = {item.id: item.quantity - item.cancelled - item.shipped for item in order.items}
    known = next((package for package in order.packages if package.reference == sent.reference), None)
    before = {} if known is None else dict(known.items)
    wanted = dict.fromkeys(item for item, units in left.items() if units) if not sent.items else sent.items
    if not wanted and known is not None:
        wanted = dict.fromkeys(before)
    items = [
        (item, left.get(item, 0) + before.get(item, 0) if units is None else units) for item, units in wanted.items()
    ]
    if not items:
        raise NotPossible("already fulfilled")
    return Package(
        reference=sent.reference or _next_reference(order),
        carrier_code=sent.carrier_code,
        carrier_name=sent.carrier_name,
        tracking_number=sent.tracking,
        shipping_method=sent.method,
        ship_date=sent.date,
        items=items,
        created=now,
        codes=sent.codes,
    )


def _next_reference(order: Order) -> str:
    taken = {package.reference for package in order.packages}
    return next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)


def _is_odd(package: Package) -> bool:
    """Only the carrier whose numbers everybody knows; a warning in most marketplaces (behaviour SH08)."""
    name, number = f"{package.carrier_code} {package.carrier_name}".upper().split(), package.tracking_number
    return "UPS" in name and bool(number) and not (number.upper().startswith(UPS) and len(number) == UPS_LETTERS)


def _note(ground: Ground, job: Job, order: str, sent: Sent | None, effect: str) -> None:
    ground.world.records.make(
        Confirmation(
            number=len(ground.world.confirmations),
            at=job.now,
            seller=job.seller.id,
            order=order,
            reference="" if sent is None else sent.reference,
            tracking_number="" if sent is None else sent.tracking,
            carrier_code="" if sent is None else sent.carrier_code,
            effect=effect,
            request_id=f"feed {job.feed.id}",
        )
    )
