"""What a change that is not saved yet would put in conflict: SKUs that several channels of an account sell."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from wharfinger.db.models import Channel, ChannelProduct, Listing, Site, SiteGroup
from wharfinger.db.queries.stock.rules import AsIf, PlaceAsIf
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.listing_quantity import Conflict, decide

EXAMINED_AT_MOST = 1_000
"""Worked out as the change would have them; 1,000 take a tenth of a second."""


@dataclass(frozen=True, slots=True)
class ConflictHint:
    """`count` of the `examined` SKUs would have two rules and not be sent any more; `shared`: that several channels of
    the accounts sell. `sku` and `reason` are the first one's."""

    count: int
    examined: int
    shared: int
    sku: str
    reason: str

    @property
    def all_examined(self) -> bool:
        return self.examined == self.shared


def new_conflicts(channel_ids: Collection[int], as_if: AsIf) -> ConflictHint | None:
    """SKUs of these channels that are sent now, and would not be; None where there is none."""
    shared: dict[int, str] = {}
    total = 0
    for rows in _shared(channel_ids):
        total += rows.count()
        shared |= dict(rows.order_by("sku").values_list("pk", "sku")[: EXAMINED_AT_MOST - len(shared)])
    if not shared:
        return None
    before, after = listing_facts(shared), listing_facts(shared, as_if=as_if)
    found = [
        (pk, decision.reason)
        for pk in shared
        if isinstance(decision := decide(after[pk]), Conflict) and not isinstance(decide(before[pk]), Conflict)
    ]
    if not found:
        return None
    first, reason = found[0]
    return ConflictHint(len(found), len(shared), total, shared[first], reason)


def _shared(channel_ids: Collection[int]) -> Iterator[QuerySet[Listing]]:
    """By account, the listings that one of these channels sells and another one too. Two of these are changed alike."""
    senders = Channel.objects.filter(kind=Fulfilment.FBM, archived=False)
    own: dict[int, set[str]] = defaultdict(set)
    for account, marketplace in senders.filter(pk__in=channel_ids).values_list("account", "marketplace"):
        own[account].add(marketplace)
    products = ChannelProduct.objects.filter(listing=OuterRef("pk"), item__isnull=False)
    for account, marketplaces in sorted(own.items()):
        others = senders.filter(account=account).exclude(marketplace__in=marketplaces)
        yield Listing.objects.filter(
            Exists(products.filter(marketplace__in=marketplaces)),
            Exists(products.filter(marketplace__in=list(others.values_list("marketplace", flat=True)))),
            account=account,
            fulfilment=Fulfilment.FBM,
            gone_at=None,
        )


def channels_with_profile(profile_id: int) -> list[int]:
    return list(Channel.objects.filter(stock_rule__profile=profile_id, archived=False).values_list("pk", flat=True))


def place_as_if(site_id: int | None, group_id: int | None) -> PlaceAsIf:
    """A site, or a group, that a form names and that is not saved yet."""
    if group_id is not None:
        group = SiteGroup.objects.filter(pk=group_id).first()
        sites = Site.objects.filter(groups=group_id).order_by("priority", "name")
        return PlaceAsIf(tuple(sites.values_list("pk", "name")), "" if group is None else group.name)
    rows = tuple(Site.objects.filter(pk=site_id or 0).values_list("pk", "name"))
    return PlaceAsIf(rows, rows[0][1] if rows else "")
