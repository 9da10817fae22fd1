"""Steps about stock rules; they need an open transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from wharfinger.db.models import Channel, ChannelProduct, ItemStockRule, StockProfile, StockRuleChange, User
from wharfinger.db.queries.stock.stock_out import listings_of_items, with_those_that_share
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.rules import RuleSubject, RuleValues, fault_in
from wharfinger.operations._rows import insert, new_row
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._stock_steps import notice_listings


def checked(values: RuleValues) -> RuleValues:
    fault = fault_in(values)
    if fault is not None:
        raise Refused(fault.sentence, fault.field, **fault.values)
    return values


def offered_profile(profile_id: int | None, held: int | None = None) -> StockProfile | None:
    """The profile to assign; an archived one only where it is held already."""
    if profile_id is None:
        return None
    profile = StockProfile.objects.filter(pk=profile_id).first()
    if profile is None:
        raise Refused("This stock profile no longer exists. Choose another one.", "profile_id")
    if profile.archived and profile.pk != held:
        raise Refused(
            "The stock profile “%(name)s” is archived. Restore it, or choose another one.", "profile_id", name=profile
        )
    return profile


def put(row: Any, values: RuleValues) -> None:
    """Into the columns of a profile, an item's rule, a channel's or the installation's."""
    for name, value in values.as_stored().items():
        setattr(row, name, value)


def keep_changes(
    subject: RuleSubject, settings: Mapping[int, dict[str, Any]], *, now: datetime, user: User | None
) -> None:
    """For the history: what these set from now on, by id."""
    rows = [
        new_row(StockRuleChange, at=now, subject=subject, subject_id=one, setting=setting, user=user)
        for one, setting in settings.items()
    ]
    insert(StockRuleChange, rows)


def notice_users(profile_id: int, *, cause: str, now: datetime) -> int:
    """Every listing that items or channels with this profile decide. Returns how many."""
    items = ItemStockRule.objects.filter(profile=profile_id).values_list("item", flat=True)
    listings = listings_of_items(items) | sold_by_channels(Q(stock_rule__profile=profile_id))
    return notice_listings(with_those_that_share(listings), cause=cause, now=now)


def notice_channels(channels: Q, *, cause: str, now: datetime) -> int:
    """Every listing that these sell. `channels`: a condition of channels."""
    return notice_listings(with_those_that_share(sold_by_channels(channels)), cause=cause, now=now)


def sold_by_channels(channels: Q) -> dict[int, int]:
    """The linked FBM listings of all the channels that the condition names, in one query: listing → seller account."""
    sellers = Channel.objects.filter(
        channels,
        account=OuterRef("listing__account"),
        marketplace=OuterRef("marketplace"),
        kind=Fulfilment.FBM,
        archived=False,
    )
    products = ChannelProduct.objects.filter(
        Exists(sellers), listing__fulfilment=Fulfilment.FBM, listing__gone_at=None, item__isnull=False
    )
    return dict(products.order_by("listing_id").values_list("listing_id", "listing__account_id"))
