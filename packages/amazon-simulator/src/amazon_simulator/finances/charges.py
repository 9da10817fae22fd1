"""What a shipment earns and costs, and what a refund takes back: pure, from the order alone.

A line's amounts are for all its units; a part of them gets its share, and the shares of all parts add up to the whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from amazon_simulator.world.catalogue import MARKETS, in_currency
from amazon_simulator.world.entities import Item, Order

COMMISSION = Decimal("0.15")
"""Of what the buyer pays without tax. Source: Amazon's referral fee for home goods."""
ADMINISTRATION = Decimal("0.20")
"""Of the commission that is given back: Amazon keeps it of every refund."""
FBA_FEE = Decimal("3.07")
"""For a unit that Amazon sends, in pounds."""
PRICE, FEES, WITHHELD, PROMOTION = "ItemPrice", "ItemFees", "ItemWithheldTax", "Promotion"
NOTHING = Decimal(0)
TAXES = ("Tax", "ShippingTax", "GiftWrapTax")
COMMISSIONED = ("Principal", "Shipping", "GiftWrap")
COMMISSIONED = ("Principal", "Shipping", "GiftWrap")
COMPONENTS = (*COMMISSIONED, *TAXES, "Goodwill", "ReturnShipping", "RestockingFee", "ExportCharge")
"""What of a price an adjustment can name. Source: OrderAdjustment.xsd, amzn-base.xsd (BuyerPrice)."""

Share = Callable[[Decimal], Decimal]
"""Of an amount for the whole line, what falls to some of its units."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One amount of one line, as the seller gets it (+) or pays it (−), in the order's currency."""

    item: Item
    units: int
    kind: str
    name: str
    amount: Decimal


def currency_of(order: Order) -> str:
    return MARKETS[order.marketplace].currency


def shipped(order: Order, item: Item, before: int, units: int) -> list[Charge]:
    """Of `units` that leave after `before` others of the line."""
    currency = currency_of(order)

    whole = before == 0 and units == item.quantity

    def share(amount: Decimal) -> Decimal:
        if not amount:
            return NOTHING
        if whole:
            return in_currency(amount, currency)
        until, from_here = (in_currency(amount * sent / item.quantity, currency) for sent in (before + units, before))
        return until - from_here

    amounts = _earned(order, item, share) if order.channel == "AMAZON" else []
    if order.fulfilled_by == "AMAZON":
        fee = in_currency(FBA_FEE * MARKETS[order.marketplace].price_factor / 100, currency)
        amounts.append((FEES, "FBAPerUnitFulfillmentFee", -fee * units))
    return [Charge(item, units, kind, name, amount) for kind, name, amount in amounts if amount]


def _earned(order: Order, item: Item, share: Share) -> list[tuple[str, str, Decimal]]:
    commissioned = item.price + item.shipping + item.gift_wrap - item.discount - item.shipping_discount
    tax = share(item.tax)
    return [
        (PRICE, "Principal", share(item.price)),
        (PRICE, "Shipping", share(item.shipping)),
        (PRICE, "GiftWrap", share(item.gift_wrap)),
        (PRICE, "COD", share(item.cod_fee)),
        (PRICE, "Tax", tax),
        (WITHHELD, "MarketplaceFacilitatorTax-Principal", -tax if withheld(order, item) else NOTHING),
        (PROMOTION, "Principal", -share(item.discount)),
        (PROMOTION, "Shipping", -share(item.shipping_discount)),
        (FEES, "Commission", -share(commissioned * COMMISSION)),
        (FEES, "CostOfPointsGranted", -share(Decimal(item.points))),
    ]


def withheld(order: Order, item: Item) -> bool:
    """Whether Amazon keeps the tax, because it pays it itself."""
    return MARKETS[order.marketplace].tax_added or bool(item.scheme)


def given_back(order: Order, item: Item, before: int, units: int) -> dict[str, Decimal]:
    """What of each component a buyer gets for units that came back after `before` others."""
    found: dict[str, Decimal] = {}
    for charge in shipped(order, item, before, units):
        if charge.kind == PROMOTION or (charge.kind == PRICE and charge.name != "COD"):
            found[charge.name] = found.get(charge.name, NOTHING) + charge.amount
    return {name: amount for name, amount in found.items() if amount > 0}


def refunded(order: Order, item: Item, units: int, parts: dict[str, Decimal]) -> list[Charge]:
    """Of a refund, with the amount of each of COMPONENTS."""
    currency = currency_of(order)
    amounts = [(PRICE, name, -amount if name != "RestockingFee" else amount) for name, amount in parts.items()]
    tax = sum((amount for name, amount in parts.items() if name in TAXES), NOTHING)
    if withheld(order, item):
        amounts.append((WITHHELD, "MarketplaceFacilitatorTax-Principal", tax))
    base = sum((amount for name, amount in parts.items() if name in COMMISSIONED), NOTHING)
    back = in_currency(base * COMMISSION, currency)
    amounts += [(FEES, "Commission", back), (FEES, "RefundCommission", -in_currency(back * ADMINISTRATION, currency))]
    return [Charge(item, units, kind, name, amount) for kind, name, amount in amounts if amount]


def charged(item: Item, name: str) -> Decimal | None:
    """What the buyer has paid of a component for the whole line; None: it is not of the price, and has no bound."""
    match name:
        case "Principal":
            return item.price - item.discount
        case "Shipping":
            return item.shipping - item.shipping_discount
        case "GiftWrap":
            return item.gift_wrap
        case "Tax" | "ShippingTax" | "GiftWrapTax":
            return item.tax
        case _:
            return None
