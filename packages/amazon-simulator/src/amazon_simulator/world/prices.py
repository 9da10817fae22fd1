"""What a unit costs in a marketplace."""

from decimal import Decimal

from amazon_simulator.world.catalogue import Market, in_currency
from amazon_simulator.world.entities import Listing


def price_in(listing: Listing, market: Market) -> Decimal:
    """As the seller sent it there, else what the listing's price in pence becomes in its currency."""
    price = listing.particulars.prices.get(market.id)
    if price is not None:
        return price
    return in_currency(Decimal(listing.price) * market.price_factor / 10_000, market.currency)
