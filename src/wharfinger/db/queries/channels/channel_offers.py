"""After the first authorisation: the channels that the seller account could have, one for each marketplace and kind."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from wharfinger.db.models import Channel, ChannelOption, Marketplace, Participation, Site
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.ledger import SiteKind


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
    country: str
    currency: str
    suspended: bool
    fbm: Offer
    fba: Offer


@dataclass(frozen=True, slots=True)
class Offers:
    """`read_at`: when the participations were fetched (trade time)."""

    account: str
    seller_id: str
    read_at: datetime | None
    marketplaces: tuple[OfferedMarketplace, ...]
    missing_pools: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether a channel is left that could be made, now or once what hinders it is fixed."""
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
    sites = _FbaSites(account.pk)
    rows = Participation.objects.filter(account=account, participating=True).select_related("marketplace")
    found = []
    for row in rows.order_by("marketplace__name"):
        market = row.marketplace
        site = sites.serving(market)
        hindrance = "" if site else f"Needs an FBA site for {_stock_of(market)}"
        found.append(
            OfferedMarketplace(
                id=market.pk,
                name=market.name,
                country=market.country,
                currency=market.currency,
                suspended=row.suspended_listings,
                fbm=_offer(market.pk, Fulfilment.FBM, there, None, ""),
                fba=_offer(market.pk, Fulfilment.FBA, there, site, hindrance),
            )
        )
    missing = sorted({row.fba.hindrance for row in found if row.fba.hindrance and row.fba.channel_id is None})
    return Offers(account.name, account.seller_id, account.participations_read_at, tuple(found), tuple(missing))


def _stock_of(market: Marketplace) -> str:
    return market.name if market.pool == Pool.OTHER else market.pool.title


class _FbaSites:
    """Where a marketplace's FBA stock is mirrored: at the pool's site, outside the pools at one of its own."""

    def __init__(self, account_id: int) -> None:
        rows = Site.objects.filter(kind=SiteKind.FBA).filter(Q(account=None) | Q(account=account_id))
        used = ChannelOption.objects.filter(site__in=rows, channel__archived=False)
        self._used: dict[str, int] = {}
        for pk, pool, market in used.values_list("site_id", "site__pool", "channel__marketplace_id").order_by("-pk"):
            self._used[market if pool == Pool.OTHER else pool] = pk or 0
        own_first = rows.exclude(pk__in=self._used.values()).order_by(F("account").asc(nulls_last=True), "pk")
        self._free = list(own_first.values_list("pk", "pool"))

    def serving(self, market: Marketplace) -> int | None:
        """One that nobody uses is given to one marketplace outside the pools only."""
        key = market.pk if market.pool == Pool.OTHER else market.pool
        if key not in self._used:
            free = next((row for row in self._free if row[1] == market.pool), None)
            if free is None:
                return None
            self._free.remove(free)
            self._used[key] = free[0]
        return self._used[key]


def _offer(
    marketplace_id: str,
    kind: Fulfilment,
    there: dict[tuple[str, Fulfilment], Channel],
    site_id: int | None,
    hindrance: str,
) -> Offer:
    channel = there.get((marketplace_id, kind))
    return Offer(
        marketplace_id=marketplace_id,
        kind=kind,
        channel_id=channel.pk if channel else None,
        channel=channel.name if channel else "",
        site_id=site_id,
        hindrance="" if channel else hindrance,
    )
