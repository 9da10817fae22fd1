"""Amazon's marketplaces as a page shows them."""

from dataclasses import dataclass

from wharfinger.db.models import Marketplace
from wharfinger.domain.marketplaces import Region, flag


@dataclass(frozen=True, slots=True)
class MarketplaceRow:
    id: str
    name: str
    flag: str
    country: str
    currency: str
    region: str
    pool: str
    seller_central: str


def list_marketplaces() -> tuple[MarketplaceRow, ...]:
    return tuple(
        MarketplaceRow(
            row.pk,
            row.name,
            flag(row.country),
            row.country,
            row.currency,
            Region(row.region).title,
            row.get_pool_display(),
            row.seller_central,
        )
        for row in Marketplace.objects.order_by("region", "name")
    )
