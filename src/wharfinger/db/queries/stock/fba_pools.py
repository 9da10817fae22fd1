"""What a reading of FBA levels goes by: the account's pools, the items of its FBA SKUs."""

from collections import defaultdict
from dataclasses import dataclass

from wharfinger.db.models import ChannelOption, ChannelProduct, FlowSchedule, Listing
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.ledger import SiteKind


@dataclass(frozen=True, slots=True)
class FbaPool:
    """An FBA site with one marketplace of its pool: every marketplace of a pool shows the same stock."""

    site_id: int
    site: str
    marketplace_id: str
    loaded: bool


def fba_pools(account_id: int) -> tuple[FbaPool, ...]:
    """One for each FBA site of the account's channels, in the order in which the channels were made."""
    rows = ChannelOption.objects.filter(
        channel__account=account_id,
        channel__archived=False,
        channel__kind=Fulfilment.FBA,
        order_type="",
        site__kind=SiteKind.FBA,
    )
    found: dict[int, FbaPool] = {}
    for row in rows.select_related("site", "channel").order_by("channel_id"):
        site = row.site
        if site is not None:
            loaded = site.levels_loaded_at is not None
            found.setdefault(site.pk, FbaPool(site.pk, site.name, row.channel.marketplace_id, loaded))
    return tuple(found.values())


def any_fba_listing(account_id: int) -> bool:
    return Listing.objects.filter(account_id=account_id, fulfilment=Fulfilment.FBA, gone_at=None).exists()


def listings_were_read(account_id: int) -> bool:
    """Whether the last reading of the account's listings came to its end."""
    read = FlowSchedule.objects.filter(account_id=account_id, flow="listings_in", failures=0, finished_at__isnull=False)
    return read.exists()


def items_by_fba_sku(account_id: int) -> dict[str, int]:
    """The account's linked FBA SKUs, whichever marketplace showed them first; one with two items has neither."""
    rows = ChannelProduct.objects.filter(
        listing__account=account_id,
        listing__fulfilment=Fulfilment.FBA,
        item__isnull=False,
    )
    found: dict[str, set[int]] = defaultdict(set)
    for sku, item_id in rows.values_list("listing__sku", "item_id"):
        if item_id is not None:
            found[sku].add(item_id)
    return {sku: next(iter(items)) for sku, items in found.items() if len(items) == 1}
