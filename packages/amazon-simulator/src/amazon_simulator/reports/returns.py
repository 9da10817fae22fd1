"""What came back: to the seller, and to Amazon's warehouses. Source: report-type-values-returns; behaviour R12."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from amazon_simulator.finances.charges import TAXES
from amazon_simulator.reports.orders import moment
from amazon_simulator.reports.report import DAY, ReportContext, Sheet
from amazon_simulator.reports.warehouse import centre_of
from amazon_simulator.representations.listing_items import fn_sku
from amazon_simulator.world.catalogue import MARKETS, written
from amazon_simulator.world.entities import Item, Order, Return

TO_THE_SELLER = (
    "Order ID", "Order date", "Return request date", "Return request status", "Amazon RMA ID", "Merchant RMA ID",
    "Label type", "Label cost", "Currency code", "Return carrier", "Tracking ID", "Label to be paid by",
    "A-to-Z Claim", "Is prime", "ASIN", "Merchant SKU", "Item Name", "Return quantity", "Return Reason", "In policy",
    "Return type", "Resolution", "Invoice number", "Return delivery date", "Order Amount", "Order quantity",
    "SafeT Action reason", "SafeT claim id", "SafeT claim state", "SafeT claim creation time",
    "SafeT claim reimbursement amount", "Refunded Amount", "Order Item ID",
)  # fmt: skip
TO_AMAZON = (
    "return-date", "order-id", "sku", "asin", "fnsku", "product-name", "quantity", "fulfillment-center-id",
    "detailed-disposition", "reason", "status", "license-plate-number", "customer-comments",
)  # fmt: skip


def to_the_seller(context: ReportContext) -> Sheet:
    return Sheet(TO_THE_SELLER, (_own(context, *found) for found in _found(context, "FBM")), charset="ISO-8859-1")


def to_amazon(context: ReportContext) -> Sheet:
    return Sheet(TO_AMAZON, (_amazons(context, *found) for found in _found(context, "FBA")))


def _found(context: ReportContext, kind: str) -> Iterator[tuple[Return, Order, Item]]:
    for back in context.world.returns:
        if back.seller != context.seller.id or back.kind != kind or not context.since <= back.at <= context.until:
            continue
        order = context.world.orders[back.order]
        if order.marketplace in context.marketplaces:
            yield back, order, next(item for item in order.items if item.id == back.order_item)


def _own(context: ReportContext, back: Return, order: Order, item: Item) -> tuple[str, ...]:
    market = MARKETS[order.marketplace]
    paid = ("Principal", "Shipping", "GiftWrap", *TAXES, "Goodwill")
    refunded = sum((context.ledger.refunded(order.id, item.id, name) for name in paid), Decimal(0))
    total = sum((one.total for one in order.items), Decimal(0))
    cells = {
        "Order ID": order.id,
        "Order date": _day(order.created),
        "Return request date": _day(back.at),
        "Return request status": "Completed" if refunded else "Approved",
        "Amazon RMA ID": f"D{order.id.replace('-', '')[-7:]}{back.number:03d}RRMA",
        "Label type": "AmazonUnPaidLabel",
        "Currency code": market.currency,
        "Label to be paid by": "Customer",
        "A-to-Z Claim": "N",
        "Is prime": "Y" if "PRIME" in order.programs else "N",
        "ASIN": back.asin,
        "Merchant SKU": back.sku,
        "Item Name": item.title,
        "Return quantity": str(back.quantity),
        "Return Reason": f"CR-{back.reason}",
        "In policy": "Y",
        "Return type": "C-Returns",
        "Resolution": "StandardRefund",
        "Return delivery date": _day(back.at),
        "Order Amount": written(total, market.currency),
        "Order quantity": str(item.quantity),
        "Refunded Amount": written(refunded, market.currency) if refunded else "",
        "Order Item ID": item.id,
    }
    return tuple(cells.get(name, "") for name in TO_THE_SELLER)


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d-%b-%Y")


def _amazons(context: ReportContext, back: Return, order: Order, item: Item) -> tuple[str, ...]:
    """The date is that of the scan at first and that of the shelf from the next day on (behaviour R12)."""
    listing = context.world.listings.get((back.seller, back.sku))
    dated = back.at if context.now < back.at + DAY else back.at + DAY
    return (
        moment(dated),
        order.id,
        back.sku,
        back.asin,
        "" if listing is None else fn_sku(listing),
        item.title,
        str(back.quantity),
        centre_of(order.marketplace),
        back.disposition,
        back.reason,
        "Unit returned to inventory" if back.disposition == "SELLABLE" else "Reimbursed",
        back.license_plate,
        "",
    )
