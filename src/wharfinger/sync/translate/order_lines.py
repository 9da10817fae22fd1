"""A line of an Amazon order → ours. Source: model orders_2026-01-01.json."""

from collections.abc import Iterable
from decimal import Decimal

from wharfinger.amazon.messages.orders import ItemProceeds, ItemProceedsBreakdown, OrderItem
from wharfinger.amazon.messages.wire import Money
from wharfinger.domain.orders.order import Associated, IncomingLine, LineAmounts, Particulars

CONSTRAINTS = {
    "pallet_delivery": "palletDelivery",
    "cash_on_delivery": "cashOnDelivery",
    "signature_confirmation": "signatureConfirmation",
    "recipient_identity_verification": "recipientIdentityVerification",
    "recipient_age_verification": "recipientAgeVerification",
}


def in_currency(currency: str, money: Money | None) -> Decimal | None:
    """The amount, where it is stated in the order's currency: amounts of another one are never added to it."""
    return money.amount if money is not None and money.currency_code == currency else None


def translate_line(item: OrderItem, currency: str, service: str, *, order_shipped: bool) -> IncomingLine:
    """`currency`: the order's; `service`: what the line is where it belongs to another one; else empty."""
    fulfilment, cancellation = item.fulfillment, item.cancellation
    shipped = (fulfilment.quantity_fulfilled or 0) if fulfilment else 0
    cancelled = _cancelled(item, shipped)
    if order_shipped and not shipped:
        shipped = max(0, item.quantity_ordered - cancelled)  # the line's own count is optional, the status says it
    packing = fulfilment.packing if fulfilment else None
    gift = packing.gift_option if packing else None
    request = cancellation.cancellation_request if cancellation else None
    product = item.product
    return IncomingLine(
        order_item_id=item.order_item_id,
        sku=product.seller_sku or "",
        asin=product.asin or "",
        title=product.title or "",
        quantity_ordered=item.quantity_ordered,
        quantity_fulfilled=shipped,
        quantity_cancelled=cancelled,
        amounts=_amounts(item.proceeds, currency),
        gift_message=(gift.gift_message or "") if gift else "",
        gift_wrap_level=(gift.gift_wrap_level or "") if gift else "",
        customisation_url=(product.customization.customized_url or "") if product.customization else "",
        ioss_number=_ioss(item),
        tax_collected_by=next((t.responsible_party or "" for t in item.tax.tax_collections), "") if item.tax else "",
        serial_numbers_required=_serials_required(item),
        cancel_requested=request is not None and bool(request.requester),
        cancel_reason=(request.cancel_reason or "") if request else "",
        service=service,
        particulars=_particulars(item, currency),
    )


def _serials_required(item: OrderItem) -> bool:
    """An object that is there and says nothing requires nothing (as behaviour O38)."""
    packing = item.fulfillment.packing if item.fulfillment else None
    requirement = packing.serial_number_requirement if packing else None
    return requirement is not None and (requirement.requirement_type or "").upper() == "REQUIRED"


def _particulars(item: OrderItem, currency: str) -> Particulars:
    tax = item.tax
    breakdowns = item.proceeds.breakdowns if item.proceeds else ()
    shipping = item.fulfillment.shipping if item.fulfillment else None
    constraints = shipping.shipping_constraints if shipping else None
    schemes = (one.reporting_scheme for one in tax.tax_calculation_breakdowns) if tax else ()
    models = (one.model for one in tax.tax_collections) if tax else ()
    return Particulars(
        associated=tuple(
            Associated((one.association_type or "")[:40], (one.order_id or "")[:40], (one.order_item_id or "")[:40])
            for one in item.associated_order_items
        ),
        serial_numbers=tuple(number[:60] for number in item.product.serial_numbers if number),
        constraints=tuple(said for name, said in CONSTRAINTS.items() if constraints and getattr(constraints, name)),
        programs=tuple(name[:40] for name in item.programs),
        tax_model=next(filter(None, models), "") or "",
        tax_scheme=next(filter(None, schemes), "") or "",
        tax_parts=_parts(breakdowns, "TAX", currency),
        discount_parts=tuple((kind, abs(amount)) for kind, amount in _parts(breakdowns, "DISCOUNT", currency)),
    )


def _parts(breakdowns: Iterable[ItemProceedsBreakdown], kind: str, currency: str) -> tuple[tuple[str, Decimal], ...]:
    """What a tax or a discount is on, each kind once."""
    sums: dict[str, Decimal] = {}
    for breakdown in breakdowns:
        for one in breakdown.detailed_breakdowns if breakdown.type == kind else ():
            amount = in_currency(currency, one.value)
            if amount is not None:
                name = (one.subtype or "OTHER")[:40]
                sums[name] = sums.get(name, Decimal(0)) + amount
    return tuple(sums.items())


def _cancelled(item: OrderItem, shipped: int) -> int:
    """Units that were cancelled: what is neither sent nor to be sent, once a cancellation was executed."""
    execution = item.cancellation.cancellation_execution if item.cancellation else None
    if execution is None or not (execution.cancelled_by or execution.cancel_reason):
        return 0  # an object that says nothing cancels nothing (as behaviour O38)
    waiting = item.fulfillment.quantity_unfulfilled if item.fulfillment else None
    return max(0, item.quantity_ordered - shipped - (waiting or 0))


def _amounts(proceeds: ItemProceeds | None, currency: str) -> LineAmounts:
    if proceeds is None:
        return LineAmounts()
    sums: dict[str, Decimal] = {}
    for breakdown in proceeds.breakdowns:
        amount = in_currency(currency, breakdown.subtotal)
        if amount is not None:
            sums[breakdown.type] = sums.get(breakdown.type, Decimal(0)) + amount
    discount = sums.get("DISCOUNT")
    known = {"ITEM", "SHIPPING", "GIFT_WRAP", "DISCOUNT", "TAX"}
    others = [amount for kind, amount in sums.items() if kind not in known]
    return LineAmounts(
        item=sums.get("ITEM"),
        shipping=sums.get("SHIPPING"),
        gift_wrap=sums.get("GIFT_WRAP"),
        discount=None if discount is None else abs(discount),
        tax=sums.get("TAX"),
        other=sum(others, Decimal(0)) if others else None,
        total=in_currency(currency, proceeds.proceeds_total),
    )


def _ioss(item: OrderItem) -> str:
    shipping = item.fulfillment.shipping if item.fulfillment else None
    abroad = shipping.international_shipping if shipping else None
    return (abroad.ioss_number or "") if abroad else ""
