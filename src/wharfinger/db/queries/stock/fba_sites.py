"""Which FBA site holds whose stock: one for each seller account and pool; outside the pools one for a marketplace."""

from django.db.models import QuerySet

from wharfinger.db.models import ChannelOption, Marketplace, Site
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.stock.ledger import SiteKind


def _used(market: Marketplace) -> QuerySet[ChannelOption]:
    return ChannelOption.objects.filter(
        site__kind=SiteKind.FBA, site__pool=market.pool, channel__archived=False
    ).order_by("pk")


def shared_site(account_id: int, market: Marketplace, *, but: int = 0) -> Site | None:
    """The FBA site that the account's channels (`but` one) use for the stock that serves this marketplace."""
    rows = _used(market).filter(channel__account=account_id).exclude(channel=but)
    if market.pool == Pool.OTHER:
        rows = rows.filter(channel__marketplace=market)
    row = rows.select_related("site").first()
    return None if row is None else row.site


def held_elsewhere(market: Marketplace) -> dict[int, str]:
    """Sites outside the three pools that hold the stock of another marketplace → its name."""
    if market.pool != Pool.OTHER:
        return {}
    rows = _used(market).exclude(channel__marketplace=market)
    return {site: name for site, name in rows.values_list("site_id", "channel__marketplace__name") if site is not None}
