"""What is said about paid orders that no channel takes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from wharfinger.domain.orders.sales_orders import rounding_of


def channelless_sentence(
    orders: int,
    marketplace: str,
    account: str,
    amounts: Sequence[tuple[str, Decimal]],
    unpriced: int,
    oldest_ship_by: datetime | None,
    zone: str = "UTC",
) -> str:
    """How many, where, worth what (each currency by itself), and by when, in the marketplace's zone.

    `marketplace` empty = one that we do not know.
    """
    what = "1 paid order" if orders == 1 else f"{orders} paid orders"
    where = (
        f"in {marketplace}, where {account} has no channel"
        if marketplace
        else (f"of {account} in an unknown marketplace")
    )
    value = " and ".join(f"{_rounded(amount, currency):f} {currency}".strip() for currency, amount in amounts)
    unknown = f"{unpriced} of them without a stated total" if unpriced else ""
    worth = "; ".join(part for part in (value, unknown) if part)
    due = ""
    if oldest_ship_by is not None:
        due = f" Dispatch is due by {oldest_ship_by.astimezone(ZoneInfo(zone)):%-d %b %Y %H:%M} ({zone})."
    return f"{what} {where}{f': {worth}' if worth else ''}.{due}"


def _rounded(amount: Decimal, currency: str) -> Decimal:
    """With the decimals that the currency has: no yen has cents, a dinar has a thousand fils."""
    return amount.quantize(rounding_of(currency), ROUND_HALF_UP)


def channelless_remedy(*, known: bool) -> str:
    if not known:
        return "Dispatch them in Seller Central. “Create the channel” is offered once Amazon names this marketplace."
    return (
        "Press “Create the channel”: the orders are imported through it; their units are already allocated. "
        "Or dispatch them in Seller Central. Ignored orders are not counted here."
    )
