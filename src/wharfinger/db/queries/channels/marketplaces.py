"""Amazon's marketplaces as a page shows them."""

from dataclasses import dataclass

from wharfinger.db.models import Marketplace
from wharfinger.domain.marketplaces import COUNTRIES, Region


@dataclass(frozen=True, slots=True)
class MarketplaceRow:
    id: str
    name: str
    country_code: str
    country: str
    currency: str
    pool: str
    seller_central: str


@dataclass(frozen=True, slots=True)
class RegionOfMarketplaces:
    title: str
    offered: bool
    marketplaces: tuple[MarketplaceRow, ...]


OFFERED = (Region.EU, Region.NA)
"""Regions in which channels can be made; the Far East is known, and not offered in this version."""


def list_marketplaces() -> tuple[RegionOfMarketplaces, ...]:
    """Every marketplace that is known here, by region; the regions with channels first."""
    rows = list(Marketplace.objects.order_by("name"))
    return tuple(
        RegionOfMarketplaces(region.title, region in OFFERED, tuple(_row(row) for row in rows if row.region == region))
        for region in (*OFFERED, *(region for region in Region if region not in OFFERED))
    )


def _row(row: Marketplace) -> MarketplaceRow:
    return MarketplaceRow(
        id=row.pk,
        name=row.name,
        country_code=row.country,
        country=COUNTRIES.get(row.country, row.country),
        currency=row.currency,
        pool=row.pool.title,
        seller_central=row.seller_central,
    )


def zone_of(marketplace_id: str) -> str | None:
    """Where the marketplace's days begin; None for one that is not known here."""
    return Marketplace.objects.filter(pk=marketplace_id).values_list("time_zone", flat=True).first()
