"""Order reports. Source: report-type-values-order; headers as files have them; behaviours M01, O07, O39."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from amazon_simulator.reports.report import ReportContext, Sheet
from amazon_simulator.representations.order_money import shows_money, tax_parts
from amazon_simulator.representations.personal_data import (
    OPEN,
    gives_email,
    gives_name,
    gives_phone,
    gives_recipient,
    gives_taxes,
)
from amazon_simulator.representations.windows import windows
from amazon_simulator.world import Shelf
from amazon_simulator.world.catalogue import MARKETS, written
from amazon_simulator.world.entities import Item, Order

ALL_ORDERS = (
    "amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status",
    "fulfillment-channel", "sales-channel", "order-channel", "url", "ship-service-level", "product-name", "sku", "asin",
    "item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax",
    "gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount", "ship-city",
    "ship-state", "ship-postal-code", "ship-country", "promotion-ids", "is-business-order", "purchase-order-number",
    "price-designation",
)  # fmt: skip
ACTIONABLE = (
    "order-id", "order-item-id", "purchase-date", "payments-date", "reporting-date", "promise-date",
    "days-past-promise", "buyer-email", "buyer-name", "buyer-phone-number", "sku", "product-name",
    "quantity-purchased", "quantity-shipped", "quantity-to-ship", "ship-service-level", "recipient-name",
    "ship-address-1", "ship-address-2", "ship-address-3", "ship-city", "ship-state", "ship-postal-code",
    "ship-country", "is-business-order", "purchase-order-number", "price-designation",
)  # fmt: skip
INVOICING = (
    "order-id", "order-item-id", "purchase-date", "payments-date", "buyer-email", "buyer-name",
    "payment-method-details", "buyer-phone-number", "sku", "product-name", "quantity-purchased", "currency",
    "item-price", "item-tax", "shipping-price", "shipping-tax", "ship-service-level", "recipient-name",
    "ship-address-1", "ship-address-2", "ship-address-3", "ship-city", "ship-state", "ship-postal-code",
    "ship-country", "ship-phone-number", "bill-address-1", "bill-address-2", "bill-address-3", "bill-city",
    "bill-state", "bill-postal-code", "bill-country", "delivery-Instructions", "sales-channel", "buyer-company-name",
    "buyer-tax-registration-id", "buyer-tax-registration-country",
)  # fmt: skip
"""No status: what a buyer wants to cancel looks like any other line (behaviour O22)."""
STATUSES = {
    "PENDING_AVAILABILITY": "Pending", "PENDING": "Pending", "UNSHIPPED": "Unshipped", "PARTIALLY_SHIPPED": "Shipping",
    "SHIPPED": "Shipped", "CANCELLED": "Cancelled", "UNFULFILLABLE": "Unfulfillable",
}  # fmt: skip
LEVELS = {"EXPEDITED": "Expedited", "PRIORITY": "NextDay", "SAME_DAY": "SameDay", "FREE_ECONOMY": "FreeEconomy"}
DAY = 24 * 3600.0


def moment(seconds: float) -> str:
    """As these files write times: 2026-09-21T14:13:20+00:00."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def by_last_update(context: ReportContext) -> Sheet:
    return Sheet(ALL_ORDERS, _lines(context, lambda shelf: shelf.updated))


def by_order_date(context: ReportContext) -> Sheet:
    return Sheet(ALL_ORDERS, _lines(context, lambda shelf: shelf.created))


def found(context: ReportContext, times: Callable[[Shelf], Sequence[tuple[float, str]]]) -> Iterator[Order]:
    """The orders of a report's marketplaces whose time lies within it, oldest first."""
    return (order for order in found_anywhere(context, times) if order.marketplace in context.marketplaces)


def found_anywhere(context: ReportContext, times: Callable[[Shelf], Sequence[tuple[float, str]]]) -> Iterator[Order]:
    """The same of every store of the region: the two All Orders reports ignore marketplaceIds (docs#1404)."""
    for at, number in times(context.world.shelves.get(context.seller.id, Shelf())):
        if context.since <= at <= context.until:
            yield context.world.orders[number]


def _lines(context: ReportContext, times: Callable[[Shelf], Sequence[tuple[float, str]]]) -> Iterator[tuple[str, ...]]:
    for order in found_anywhere(context, times):
        for item in order.items:
            yield _line(order, item)


def _line(order: Order, item: Item) -> tuple[str, ...]:
    """Amounts are for the whole line (M01); those of an order that is not paid are not there (O07)."""
    market, shown = MARKETS[order.marketplace], shows_money(order)
    taxes = tax_parts(item, market.currency)

    def money(amount: Decimal) -> str:
        return written(amount, market.currency) if shown and amount else ""

    return (
        order.id,
        order.alias,
        moment(order.created),
        moment(order.updated),
        STATUSES[order.status],
        "Amazon" if order.fulfilled_by == "AMAZON" else "Merchant",
        market.name if order.channel == "AMAZON" else "Non-Amazon",
        "",
        "",
        LEVELS.get(order.service_level, "Standard"),
        item.title,
        item.sku,
        item.asin,
        _item_status(order, item),
        str(item.quantity - item.cancelled),
        market.currency if shown else "",
        written(item.price, market.currency) if shown else "",
        money(taxes["ITEM"]),
        money(item.shipping),
        money(taxes.get("SHIPPING", Decimal(0))),
        money(item.gift_wrap),
        money(taxes.get("GIFT_WRAP", Decimal(0))),
        money(item.discount),
        money(item.shipping_discount),
        order.buyer.town if shown else "",
        order.buyer.state if shown else "",
        order.buyer.postcode if shown else "",
        order.buyer.country if shown else "",
        ",".join(item.promotions),
        "true" if "AMAZON_BUSINESS" in order.programs else "false",
        order.buyer.purchase_order,
        "Business Price" if "AMAZON_BUSINESS" in order.programs else "",
    )


def _item_status(order: Order, item: Item) -> str:
    if item.cancelled == item.quantity:
        return "Cancelled"
    if item.shipped and item.shipped + item.cancelled >= item.quantity:
        return "Shipped"
    return "Unshipped"


def to_be_shipped(context: ReportContext) -> Sheet:
    """What the seller must still send, with names and streets: for restricted data tokens."""
    return Sheet(ACTIONABLE, _open_lines(context))


def _open_lines(context: ReportContext) -> Iterator[tuple[str, ...]]:
    for order in found(context, lambda shelf: shelf.created):
        if order.fulfilled_by != "MERCHANT" or order.status not in ("UNSHIPPED", "PARTIALLY_SHIPPED"):
            continue
        for item in order.items:
            left = item.quantity - item.cancelled - item.shipped
            if left:
                yield _open_line(context, order, item, left)


def to_be_invoiced(context: ReportContext) -> Sheet:
    """What the seller sends and was paid for, shipped or not, with names and streets: for restricted data tokens."""
    return Sheet(INVOICING, _invoice_lines(context))


def _invoice_lines(context: ReportContext) -> Iterator[tuple[str, ...]]:
    for order in found(context, lambda shelf: shelf.created):
        if order.fulfilled_by == "MERCHANT" and order.status in OPEN:
            yield from (_invoice_line(context, order, item) for item in order.items if item.quantity > item.cancelled)


def _invoice_line(context: ReportContext, order: Order, item: Item) -> tuple[str, ...]:
    """The bill goes where the parcel goes: buyers here have one address."""
    market, buyer, shown = MARKETS[order.marketplace], order.buyer, gives_recipient(order, context.roles)
    taxes, phone = tax_parts(item, market.currency), buyer.phone if gives_phone(order, context.now) else ""
    registered = buyer.tax_number if gives_taxes(order, context.roles) else ""
    street = (buyer.line_1, buyer.line_2, buyer.line_3) if shown else ("", "", "")
    place = (*street, buyer.town, buyer.state, buyer.postcode if shown else "", buyer.country)
    return (
        order.id,
        item.id,
        moment(order.created),
        moment(order.pays_at or order.created),
        buyer.email if gives_email(order, context.roles) else "",
        buyer.name if gives_name(order, context.roles) else "",
        order.payment,
        phone,
        item.sku,
        item.title,
        str(item.quantity - item.cancelled),
        market.currency,
        written(item.price, market.currency),
        written(taxes["ITEM"], market.currency),
        written(item.shipping, market.currency),
        written(taxes.get("SHIPPING", Decimal(0)), market.currency),
        LEVELS.get(order.service_level, "Standard"),
        (buyer.recipient or buyer.name) if shown else "",
        *place,
        phone,
        *place,
        buyer.instructions if shown else "",
        market.name,
        buyer.company,
        registered,
        buyer.country if registered else "",
    )


def _open_line(context: ReportContext, order: Order, item: Item, left: int) -> tuple[str, ...]:
    buyer, promised = order.buyer, windows(order).ship_by
    shown = gives_recipient(order, context.roles)
    late = max(0.0, context.now - promised) // DAY
    address = (buyer.recipient or buyer.name, buyer.line_1, buyer.line_2, buyer.line_3) if shown else ("", "", "", "")
    return (
        order.id,
        item.id,
        moment(order.created),
        moment(order.pays_at or order.created),
        moment(context.now),
        moment(promised),
        f"{late:.0f}" if late else f"-{max(0.0, promised - context.now) // DAY:.0f}",
        buyer.email if gives_email(order, context.roles) else "",
        buyer.name if shown else "",
        buyer.phone if gives_phone(order, context.now) else "",
        item.sku,
        item.title,
        str(item.quantity),
        str(item.shipped),
        str(left),
        LEVELS.get(order.service_level, "Standard"),
        *address,
        buyer.town,
        buyer.state,
        buyer.postcode if shown else "",
        buyer.country,
        "true" if "AMAZON_BUSINESS" in order.programs else "false",
        buyer.purchase_order,
        "",
    )
