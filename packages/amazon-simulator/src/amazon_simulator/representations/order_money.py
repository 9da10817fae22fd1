"""The money of an order as Orders 2026-01-01 has it. Source: model orders_2026-01-01.json."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from amazon_simulator.world.catalogue import in_currency, written
from amazon_simulator.world.entities import Item, Order

NOTHING = Decimal(0)
IOSS_NUMBER = "IM0000000135"
"""Amazon's own registration for goods that come into the EU, as the invented one of this Amazon."""
KINDS = ("ITEM", "SHIPPING", "GIFT_WRAP", "COD_FEE", "TAX", "DISCOUNT")
COLLECTED = [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}]


def shows_money(order: Order) -> bool:
    """Not before the payment is authorised; what was sold elsewhere has no price here (behaviour I10)."""
    return order.status not in ("PENDING", "PENDING_AVAILABILITY") and order.channel == "AMAZON"


def money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": written(amount, currency), "currencyCode": currency}


def breakdowns(items: Sequence[Item], currency: str) -> list[dict[str, Any]]:
    columns = zip(*map(_parts, items), strict=True)
    sums = _parts(items[0]) if len(items) == 1 else [sum(column, NOTHING) for column in columns]
    return [
        {"type": kind, "subtotal": money(amount, currency)}
        for kind, amount in zip(KINDS, sums, strict=True)
        if amount or kind == "ITEM"
    ]


def _parts(item: Item) -> tuple[Decimal, ...]:
    """In the order of KINDS."""
    off = -(item.discount + item.shipping_discount) if item.discount or item.shipping_discount else NOTHING
    return item.price, item.shipping, item.gift_wrap, item.cod_fee, item.tax, off


def grand_total(order: Order) -> Decimal:
    """What the buyer pays for all lines, and a cent where Amazon's own sums differ."""
    return sum((item.total for item in order.items), order.total_off)


def order_proceeds(order: Order, currency: str) -> dict[str, Any]:
    total = grand_total(order)
    return {"grandTotal": money(total, currency), "breakdowns": breakdowns(order.items, currency)}


def item_proceeds(item: Item, currency: str) -> dict[str, Any]:
    """Taxes and discounts are broken down once more: by what they are taken of."""
    parts = breakdowns([item], currency)
    for part in parts:
        if part["type"] == "TAX":
            part["detailedBreakdowns"] = _detailed(tax_parts(item, currency), currency)
        elif part["type"] == "DISCOUNT":
            discounts = {"ITEM": -item.discount, "SHIPPING": -item.shipping_discount}
            part["detailedBreakdowns"] = _detailed(discounts, currency)
    return {"proceedsTotal": money(item.total, currency), "breakdowns": parts}


def _detailed(parts: dict[str, Decimal], currency: str) -> list[dict[str, Any]]:
    return [{"subtype": kind, "value": money(amount, currency)} for kind, amount in parts.items() if amount]


def tax_parts(item: Item, currency: str) -> dict[str, Decimal]:
    """The line's tax by what it is on; the item's part takes what rounding leaves."""
    base = item.total - item.tax
    if not item.tax or not base:
        return {"ITEM": item.tax}
    rate = item.tax / base
    parts = {
        "SHIPPING": in_currency(item.shipping * rate, currency),
        "GIFT_WRAP": in_currency(item.gift_wrap * rate, currency),
        "COD_FEE": in_currency(item.cod_fee * rate, currency),
        "DISCOUNT": -in_currency((item.discount + item.shipping_discount) * rate, currency),
    }
    return {"ITEM": item.tax - sum(parts.values(), NOTHING), **parts}


def payment(order: Order, currency: str) -> dict[str, Any]:
    total = grand_total(order)
    return {"paymentExecutions": [{"paymentMethod": order.payment, "paymentAmount": money(total, currency)}]}


def item_tax(item: Item) -> dict[str, Any]:
    """Who collects it: Amazon where it comes on top, and as deemed reseller; nothing where the seller does."""
    if not item.tax and not item.scheme:
        return {}
    payload: dict[str, Any] = {"taxCollections": COLLECTED}
    if item.scheme in ("IOSS", "UOSS"):
        payload["taxCalculationBreakdowns"] = [{"reportingScheme": item.scheme}]
    return payload


def points_cost(item: Item, currency: str) -> dict[str, Any]:
    """Amazon Points are worth one unit of the currency each."""
    granted = {"pointsNumber": item.points, "pointsMonetaryValue": money(Decimal(item.points), currency)}
    return {"pointsCost": {"pointsGranted": granted}}
