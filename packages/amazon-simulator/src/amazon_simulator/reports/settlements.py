"""Settlements, V2: one line for each amount, and their sum is what is paid out. Source: report-type-values-settlement.

In Europe the day comes first, and the cents of euros and kronor after a comma.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from amazon_simulator.finances.charges import PROMOTION, Charge
from amazon_simulator.finances.ledger import SHIPMENT, TRANSFER, Ledger, Posting
from amazon_simulator.reports.report import ReportContext, Sheet
from amazon_simulator.world.catalogue import MARKETS, written

HEADER = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name",
    "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time",
    "order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased",
    "promotion-id",
)  # fmt: skip
DEPOSITED_AFTER = 2 * 24 * 3600.0
WITH_COMMA = ("EUR", "SEK")


Settled = list[tuple[Posting, list[Charge]]]


def settled(ledger: Ledger, seller: str, since: float, until: float) -> dict[str, Settled]:
    """Currency → what is settled together; transfers are what comes of it."""
    found: dict[str, Settled] = {}
    for posting in ledger.between(seller, since, until):
        charges = ledger.charges(posting)
        if posting.kind != TRANSFER and charges:
            found.setdefault(ledger.currency(posting), []).append((posting, charges))
    return found


def total_of(postings: Settled) -> Decimal:
    """What is paid out."""
    return sum((charge.amount for _, charges in postings for charge in charges), Decimal(0))


def settlement(context: ReportContext) -> Sheet:
    """Of the currency in the options, from their `since` on, which is when the settlement before it closed.

    The first line has the dates and the total, all others an amount.
    """
    return Sheet(HEADER, _rows(context), charset="UTF-8")


def _rows(context: ReportContext) -> Iterator[tuple[str, ...]]:
    currency, number = context.options["currency"], context.options["settlement"]
    european = context.seller.region == "EU"
    postings = settled(context.ledger, context.seller.id, float(context.options["since"]), context.until)[currency]
    first = {
        "settlement-id": number,
        "settlement-start-date": _at(context.since, european),
        "settlement-end-date": _at(context.until, european),
        "deposit-date": _at(context.until + DEPOSITED_AFTER, european),
        "total-amount": _amount(total_of(postings), currency),
        "currency": currency,
    }
    yield tuple(first.get(name, "") for name in HEADER)
    for posting, charges in postings:
        for charge in charges:
            yield _row(context, posting, charge, number, currency)


def _row(context: ReportContext, posting: Posting, charge: Charge, number: str, currency: str) -> tuple[str, ...]:
    order, european = context.world.orders[posting.order], context.seller.region == "EU"
    sent = posting.kind == SHIPMENT
    cells = {
        "settlement-id": number,
        "transaction-type": "Order" if sent else "Refund",
        "order-id": order.id,
        "merchant-order-id": order.alias or order.id,
        "adjustment-id": "" if sent else f"A{posting.number:09d}",
        "shipment-id": f"D{posting.number:08d}" if sent else "",
        "marketplace-name": MARKETS[order.marketplace].name,
        "amount-type": charge.kind,
        "amount-description": charge.name,
        "amount": _amount(charge.amount, currency),
        "fulfillment-id": "AFN" if order.fulfilled_by == "AMAZON" else "MFN",
        "posted-date": _day(posting.at, european),
        "posted-date-time": _at(posting.at, european),
        "order-item-code": charge.item.id,
        "sku": charge.item.sku,
        "quantity-purchased": str(charge.units) if sent else "",
        "promotion-id": ",".join(charge.item.promotions) if charge.kind == PROMOTION else "",
    }
    return tuple(cells.get(name, "") for name in HEADER)


def _amount(amount: Decimal, currency: str) -> str:
    text = written(amount, currency)
    return text.replace(".", ",") if currency in WITH_COMMA else text


def _at(seconds: float, european: bool) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(f"{_form(european)} %H:%M:%S UTC")


def _day(seconds: float, european: bool) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_form(european))


def _form(european: bool) -> str:
    return "%d.%m.%Y" if european else "%Y-%m-%d"
