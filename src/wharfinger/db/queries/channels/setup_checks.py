"""What must be there before a channel is made, and what its marketplace and kind ask for: facts, with names."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from wharfinger.db.models import (
    AmazonApplication,
    Channel,
    ImportedOrder,
    Marketplace,
    Participation,
    SellerAccount,
    Site,
)
from wharfinger.db.queries.courier_choice import services_offered
from wharfinger.db.queries.option_rows import place_name
from wharfinger.db.queries.stock.fba_sites import held_elsewhere
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.channels.setup_checks import PoolSite, SetupFacts
from wharfinger.domain.marketplaces import BY_ID, MARKETPLACES, Pool, Region
from wharfinger.domain.orders.order import Fulfilment, ImportState
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind


def setup_facts(kind: Fulfilment, marketplace_id: str) -> SetupFacts:
    """For a marketplace that is not known (yet), without its pool."""
    market = Marketplace.objects.filter(pk=marketplace_id).first()
    couriers = list(services_offered().order_by("courier", "name"))
    sites = list(Site.objects.select_related("account").order_by("priority", "name"))
    elsewhere = held_elsewhere(market) if market else {}
    twins = list(
        Channel.objects.filter(marketplace=marketplace_id, kind=kind, archived=False)
        .order_by("name")
        .values_list("pk", "name", "account__seller_id")
    )
    return SetupFacts(
        marketplace=market.name if market else "",
        country=market.country if market else "",
        pool=market.pool if market else "",
        pool_title=_pool_title(market) if market else "",
        region=market.region if market else "",
        pool_sites=tuple(
            PoolSite(site.pk, site.name, site.levels_loaded_at is not None, site.account.name if site.account else "")
            for site in sites
            if market is not None
            and site.kind == SiteKind.FBA
            and site.pool == market.pool
            and site.pk not in elsewhere
        ),
        own_sites=tuple((site.pk, site.name) for site in sites if site.kind != SiteKind.FBA),
        prompt_couriers=tuple((row.pk, str(row)) for row in couriers if row.tracking == Tracking.AT_ONCE),
        other_couriers=tuple(str(row) for row in couriers if row.tracking != Tracking.AT_ONCE),
        twins=tuple((pk, name) for pk, name, _ in twins),
        twin_sellers=frozenset(seller for *_, seller in twins if seller),
        application=AmazonApplication.objects.exists(),
    )


def region_of(marketplace_id: str) -> str:
    """The region of a marketplace that is offered; empty for any other, and for what is none."""
    row = Marketplace.objects.filter(pk=marketplace_id).exclude(region=Region.FE).first()
    return row.region if row else ""


def next_free_marketplace(kind: Fulfilment) -> str:
    """Where a new channel of this kind most likely sells: the first that a linked seller takes part in and has no
    such channel for, else the first without one; in the order in which Amazon publishes them."""
    channels = Channel.objects.filter(kind=kind, archived=False)
    taken = set(channels.values_list("account", "marketplace"))
    open_ones = Participation.objects.filter(
        participating=True, suspended_listings=False, account__link_state=LinkState.LINKED
    )
    free = {
        market for account, market in open_ones.values_list("account", "marketplace") if (account, market) not in taken
    }
    if not free:
        free = set(BY_ID) - {market for _, market in taken}
    offered = [facts.id for facts in MARKETPLACES if facts.region is not Region.FE]
    return next((market for market in offered if market in free), offered[0])


def suggested_name(kind: Fulfilment, marketplace_id: str) -> str:
    """“Amazon.de FBM”, with a number behind it where that is taken."""
    market = Marketplace.objects.filter(pk=marketplace_id).first()
    if market is None:
        return ""
    name = f"{market.name} {kind}"
    used = {each.casefold() for each in Channel.objects.filter(name__istartswith=name).values_list("name", flat=True)}
    numbered = (name, *(f"{name} {number}" for number in range(2, len(used) + 3)))
    return next(each for each in numbered if each.casefold() not in used)


@dataclass(frozen=True, slots=True)
class FirstImportRow:
    """A channel of the seller account, as the step First import shows it. `site_id`: its FBA site without levels."""

    id: int
    name: str
    kind: str
    paused: bool
    found: int
    site: str
    site_id: int | None


def first_imports_of(account_id: int) -> tuple[FirstImportRow, ...]:
    """The channels of one seller account, by name, with what waits for each first import."""
    rows = (
        Channel.objects.filter(account=account_id, archived=False)
        .prefetch_related("options__site", "options__site_group")
        .order_by("name")
    )
    waiting = ImportedOrder.objects.filter(
        account=account_id,
        sales_order=None,
        state=ImportState.NOT_ATTEMPTED,
        waits_for__in=[ForChannel(row.pk) for row in rows],
    )
    found = dict(waiting.order_by().values_list("channel").annotate(orders=Count("pk")))
    return tuple(_first_import(row, found.get(row.pk, 0)) for row in rows)


def _first_import(channel: Channel, found: int) -> FirstImportRow:
    option = next((option for option in channel.options.all() if option.order_type == ""), None)
    site = option.site if option else None
    unloaded = site is not None and site.kind == SiteKind.FBA and site.levels_loaded_at is None
    return FirstImportRow(
        id=channel.pk,
        name=channel.name,
        kind=channel.kind,
        paused=channel.dont_import_orders,
        found=found,
        site=place_name(option),
        site_id=site.pk if site and unloaded else None,
    )


def only_seller_for(kind: Fulfilment, region: str, marketplace_id: str) -> str:
    """The one linked seller of the region that has no such channel yet; empty when there is none, or a choice."""
    twins = Channel.objects.filter(kind=kind, marketplace=marketplace_id, archived=False)
    linked = SellerAccount.objects.filter(region=region, link_state=LinkState.LINKED).exclude(seller_id="")
    sellers = list(linked.exclude(channels__in=twins).values_list("seller_id", flat=True)[:2])
    return sellers[0] if len(sellers) == 1 else ""


def is_linked_seller(region: str, seller_id: str) -> bool:
    """Whether a channel of this seller shares an authorisation that is there already."""
    rows = SellerAccount.objects.filter(region=region, seller_id=seller_id, link_state=LinkState.LINKED)
    return rows.exclude(seller_id="").exists()


def seller_of(account_ids: Sequence[int], region: str) -> str:
    """The seller ID of the account that an address names; empty where it has none in this region."""
    rows = SellerAccount.objects.filter(pk__in=account_ids[:1], region=region)
    return rows.values_list("seller_id", flat=True).first() or ""


def touched_by(region: str, seller_id: str) -> tuple[str, ...]:
    """The channels that share the credentials of this seller."""
    account = SellerAccount.objects.filter(region=region, seller_id=seller_id).exclude(seller_id="").first()
    if account is None:
        return ()
    return tuple(account.channels.filter(archived=False).order_by("name").values_list("name", flat=True))


def _pool_title(market: Marketplace) -> str:
    """A marketplace outside the three pools is served from a stock of its own."""
    return market.name if market.pool == Pool.OTHER else market.pool.title
