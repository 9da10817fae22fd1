"""After the first authorisation: the channels that the seller account could have, one for each marketplace and kind."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import Channel, Participation, Site
from wharfinger.domain.marketplaces import flag
from wharfinger.domain.orders import Fulfilment
from wharfinger.domain.stock import SiteKind


@dataclass(frozen=True, slots=True)
class Offer:
    """One channel that could be made: `channel_id` is that which is there already, `hindrance` what must come first."""

    marketplace_id: str
    kind: str
    channel_id: int | None
    channel: str
    site_id: int | None
    hindrance: str

    @property
    def key(self) -> str:
        return f"{self.marketplace_id}:{self.kind}"


@dataclass(frozen=True, slots=True)
class OfferedMarketplace:
    id: str
    name: str
    flag: str
    country: str
    currency: str
    suspended: bool
    fbm: Offer
    fba: Offer


@dataclass(frozen=True, slots=True)
class Offers:
    """`read_at`: when Amazon told the participations (trade time)."""

    account: str
    seller_id: str
    read_at: datetime | None
    marketplaces: tuple[OfferedMarketplace, ...]
    missing_pools: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether a channel is left that could be made, now or once what hinders it is mended."""
        return any(offer.channel_id is None for row in self.marketplaces for offer in (row.fbm, row.fba))

    def find(self, key: str) -> Offer | None:
        """The offer of a tick, when it can be made."""
        for row in self.marketplaces:
            for offer in (row.fbm, row.fba):
                if offer.key == key and offer.channel_id is None and not offer.hindrance:
                    return offer
        return None


def channel_offers(channel_id: int) -> Offers | None:
    """What the account of this channel takes part in; None = there is no such channel."""
    channel = Channel.objects.select_related("account").filter(pk=channel_id).first()
    if channel is None:
        return None
    account = channel.account
    there = {
        (row.marketplace_id, row.kind): row for row in Channel.objects.filter(account=account, archived=False).all()
    }
    pools = _fba_sites(account.pk)
    rows = Participation.objects.filter(account=account, participating=True).select_related("marketplace")
    found = []
    for row in rows.order_by("marketplace__name"):
        market = row.marketplace
        site = pools.get(market.pool)
        hindrance = "" if site else f"Needs an FBA site for {market.get_pool_display()}"
        found.append(
            OfferedMarketplace(
                id=market.pk,
                name=market.name,
                flag=flag(market.country),
                country=market.country,
                currency=market.currency,
                suspended=row.suspended_listings,
                fbm=_offer(market.pk, Fulfilment.FBM, there, None, ""),
                fba=_offer(market.pk, Fulfilment.FBA, there, site, hindrance),
            )
        )
    missing = sorted({row.fba.hindrance for row in found if row.fba.hindrance and row.fba.channel_id is None})
    return Offers(account.name, account.seller_id, account.participations_read_at, tuple(found), tuple(missing))


def _fba_sites(account_id: int) -> dict[str, int]:
    """Pool → the FBA site that mirrors this account's stock there, or one that nobody uses yet."""
    rows = Site.objects.filter(kind=SiteKind.FBA.value).order_by("pk")
    free = {pool: pk for pk, pool in rows.filter(account=None).values_list("pk", "pool")}
    return free | {pool: pk for pk, pool in rows.filter(account_id=account_id).values_list("pk", "pool")}


def _offer(
    marketplace_id: str,
    kind: Fulfilment,
    there: dict[tuple[str, str], Channel],
    site_id: int | None,
    hindrance: str,
) -> Offer:
    channel = there.get((marketplace_id, kind.value))
    return Offer(
        marketplace_id=marketplace_id,
        kind=kind.value,
        channel_id=channel.pk if channel else None,
        channel=channel.name if channel else "",
        site_id=site_id,
        hindrance="" if channel else hindrance,
    )
