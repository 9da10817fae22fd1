"""In which bin an item lies at a site: where to walk to."""

from collections.abc import Iterable
from dataclasses import dataclass

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Site, StockLevel
from wharfinger.domain.stock.bins import written
from wharfinger.domain.stock.ledger import SiteKind

Key = tuple[int, int]
"""(item, site)."""


def bins_of(keys: Iterable[Key]) -> dict[Key, str]:
    """The first bin of each (item, site) that has one. One statement."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = StockLevel.objects.filter(
        any_of("item", {item for item, _ in wanted}), any_of("site", {site for _, site in wanted})
    ).exclude(bin="")
    return {
        (item, site): code
        for item, site, code in rows.values_list("item_id", "site_id", "bin")
        if (item, site) in wanted
    }


@dataclass(frozen=True, slots=True)
class SiteBins:
    """`bins`: all of them, as a person writes them."""

    site_id: int
    site: str
    bins: str


def bins_by_site(item_id: int) -> tuple[SiteBins, ...]:
    """Every site that may have bins for the item, by priority: those where people walk."""
    held = {
        site: written(first, others)
        for site, first, others in StockLevel.objects.filter(item=item_id).values_list("site_id", "bin", "other_bins")
    }
    sites = Site.objects.exclude(kind__in=[SiteKind.FBA, SiteKind.IN_TRANSIT]).order_by("priority", "name")
    return tuple(SiteBins(pk, name, held.get(pk, "")) for pk, name in sites.values_list("pk", "name"))
