"""What was known at a moment: on hand by replay of the ledger, rules by replay of their changes, numbers as kept when
they were sent.

What an allocation was at a moment is not kept on its own: it is that of the sum sent last before it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Listing, Movement, Site, StockItem, StockRuleChange
from wharfinger.db.queries.stock.rule_preview import Part, parts_of
from wharfinger.db.queries.stock.rules import AsIf, InstallationRule, Setting
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.db.queries.stock.why import Sent, sent_numbers
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.ledger import Level, MovementReason
from wharfinger.domain.stock.listing_quantity import (
    SellingChannel,
    allocated_at,
    group_quantity,
    listing_quantity,
)
from wharfinger.domain.stock.rules import RULE_FIELDS, Rounding, RuleSubject, RuleValues

_ALLOCATED = "Allocated"


@dataclass(frozen=True, slots=True)
class LevelThen:
    """The last movement up to the moment, and what was on hand after it."""

    site_id: int
    site: str
    on_hand: int
    moved: int
    reason: MovementReason
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class SumThen:
    """What a channel of today would have shown, by the rules and the ledger of the moment.

    `on_hand` None = nothing was known there, or a kit, which has no level of its own. `allocated_at`: of which sum
    the allocation is; None = none was sent before, and no number is worked out.
    """

    channel_id: int
    channel: str
    site: str
    on_hand: int | None
    allocated_at: datetime | None
    steps: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ListingThen:
    """`sent`: the number that Amazon had been sent last by then; None = none."""

    id: int
    sku: str
    account: str
    sent: Sent | None
    sums: tuple[SumThen, ...]


@dataclass(frozen=True, slots=True)
class ItemThen:
    id: int
    code: str
    name: str
    made_at: datetime
    levels: tuple[LevelThen, ...]
    listings: tuple[ListingThen, ...]


def item_then(item_id: int, at: datetime) -> ItemThen | None:
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        return None
    listings = Listing.objects.filter(
        products__item=item_id, fulfilment=Fulfilment.FBM, found_at__lte=at
    ).select_related("account")
    levels = levels_at([item_id], at)
    found = tuple(_listing(row, at) for row in listings.order_by("sku", "pk").distinct())
    return ItemThen(item.pk, item.code, item.name, item.made_at, tuple(levels.get(item_id, ())), found)


def listing_then(listing_id: int, at: datetime) -> ListingThen | None:
    row = Listing.objects.filter(pk=listing_id).select_related("account").first()
    return None if row is None else _listing(row, at)


def levels_at(item_ids: Collection[int], at: datetime) -> dict[int, list[LevelThen]]:
    """By item, site by site: the sum of the movements up to the moment."""
    rows = Movement.objects.filter(any_of("item", item_ids), moved_at__lte=at)
    newest = rows.order_by("item", "site", "-id").distinct("item", "site")
    columns = ("item", "site", "on_hand_after", "quantity", "reason", "moved_at")
    names = dict(Site.objects.values_list("pk", "name"))
    found: dict[int, list[LevelThen]] = {}
    for item, site, *level in newest.values_list(*columns):
        found.setdefault(item, []).append(LevelThen(site, names[site], *level))
    return found


def rules_at(at: datetime, item_ids: Collection[int], channel_ids: Collection[int]) -> AsIf:
    """The rules of these as they were: a subject that nothing is kept of had set nothing."""
    items = _settings(RuleSubject.ITEM, item_ids, at)
    channels = _settings(RuleSubject.CHANNEL, channel_ids, at)
    named = {one["profile"] for one in (*items.values(), *channels.values()) if one.get("profile") is not None}
    profiles = _settings(RuleSubject.PROFILE, named, at)
    installation = _settings(RuleSubject.INSTALLATION, [1], at).get(1, {})
    return AsIf(
        profiles={pk: (one["name"], _values(one)) for pk, one in profiles.items()},
        items={pk: _setting(items.get(pk, {})) for pk in item_ids},
        channels={pk: _setting(channels.get(pk, {})) for pk in channel_ids},
        only_specified={pk: channels.get(pk, {}).get("only_specified", False) for pk in channel_ids},
        installation=InstallationRule(_values(installation), installation.get("shares", False)),
    )


def _settings(subject: RuleSubject, ids: Iterable[int], at: datetime) -> dict[int, dict[str, Any]]:
    rows = StockRuleChange.objects.filter(any_of("subject_id", ids), subject=subject, at__lte=at)
    newest = rows.order_by("subject_id", "-id").distinct("subject_id")
    return dict(newest.values_list("subject_id", "setting"))


def _setting(kept: dict[str, Any]) -> Setting:
    return Setting(kept.get("profile"), _values(kept))


def _values(kept: dict[str, Any]) -> RuleValues:
    held: dict[str, Any] = {name: kept.get(name) for name in RULE_FIELDS}
    held["rounding"] = Rounding(held["rounding"]) if held["rounding"] else None
    return RuleValues(**held)


def _listing(row: Listing, at: datetime) -> ListingThen:
    facts = listing_facts([row.pk])[row.pk]
    items = {channel.item_id for channel in facts.channels}
    then = rules_at(at, items, {channel.channel_id for channel in facts.channels})
    facts = listing_facts([row.pk], as_if=then)[row.pk]
    levels = {(item, one.site_id): one.on_hand for item, ones in levels_at(items, at).items() for one in ones}
    sent = sent_numbers(row.pk, until=at)
    sums = tuple(_sum(channel, levels, sent) for channel in facts.channels)
    return ListingThen(row.pk, row.sku, row.account.name, sent[0] if sent else None, sums)


def _sum(channel: SellingChannel, levels: dict[tuple[int, int], int], sent: tuple[Sent, ...]) -> SumThen:
    of_item = ((site, name, levels.get((channel.item_id, site))) for site, name in channel.sites)
    known = [(site, name, on_hand) for site, name, on_hand in of_item if on_hand is not None]
    allocated, at = _allocated(channel, sent)
    rule = replace(channel.applied, safe=None)  # safe mode is of today
    explained = None
    if known and at is not None:
        then = [(name, Level(on_hand, allocated.get(site, 0))) for site, name, on_hand in known]
        explained = group_quantity(then, rule) if len(channel.sites) > 1 else listing_quantity(then[0][1], rule)
    return SumThen(
        channel_id=channel.channel_id,
        channel=channel.name,
        site=channel.site_name,
        on_hand=sum(on_hand for *_, on_hand in known) if known else None,
        allocated_at=at,
        steps=explained.steps if explained else (),
        parts=parts_of(channel.rule),
    )


def _allocated(channel: SellingChannel, sent: tuple[Sent, ...]) -> tuple[dict[int, int], datetime | None]:
    """By site, of the newest sum of this item there, with its moment. A group's sum holds those of its sites."""
    several = len(channel.sites) > 1
    labels = {site: allocated_at(name) if several else _ALLOCATED for site, name in channel.sites}
    for one in sent:
        steps = dict(map(tuple, one.why.get("steps", [])))
        here = (one.why.get("item"), one.why.get("site")) == (channel.item_code, channel.site_name)
        if here and any(label in steps for label in labels.values()):
            return {site: -int(steps.get(label, 0)) for site, label in labels.items()}, one.attempted_at
    return {}, None
