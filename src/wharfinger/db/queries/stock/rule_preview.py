"""What stock rules come to for real items, on all channels side by side: as they are, or as a form would set them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, ChannelProduct, ItemStockRule, Listing, StockItem, StockLevel
from wharfinger.db.queries.item_search import items_by_code
from wharfinger.db.queries.stock.rules import AS_IT_IS, AsIf
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.listing_quantity import Conflict, SellingChannel, decide
from wharfinger.domain.stock.rules import RULE_FIELDS, Origin, Resolved, Rounding, RuleSource

SHOWN = 5
_MANY = 200
"""So many products at most are looked at for examples: a page must not sort all levels of the shop."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a rule: its value, and where it comes from."""

    field: str
    value: object
    origin: Origin


@dataclass(frozen=True, slots=True)
class ChannelNumber:
    """What a channel shows of an item. `quantity` None = its stock there is unknown; `silent`: why nothing is sent."""

    channel_id: int
    channel: str
    sku: str
    listing_id: int
    site: str
    available: int | None
    quantity: int | None
    silent: str
    parts: tuple[Part, ...]
    in_conflict: bool


@dataclass(frozen=True, slots=True)
class ItemNumbers:
    id: int
    code: str
    name: str
    numbers: tuple[ChannelNumber, ...]

    @property
    def available(self) -> tuple[int, ...]:
        """Each number that its channels' sites have of it."""
        return tuple(dict.fromkeys(one.available for one in self.numbers if one.available is not None))


def numbers_of(item_ids: Collection[int], as_if: AsIf = AS_IT_IS) -> tuple[ItemNumbers, ...]:
    """By code. A listing that sells an item twice (in two marketplaces) is a number for each of its channels."""
    listings = Listing.objects.filter(any_of("products__item", item_ids), fulfilment=Fulfilment.FBM, gone_at=None)
    facts = listing_facts(sorted(set(listings.values_list("pk", flat=True))), as_if=as_if)
    found: dict[int, list[ChannelNumber]] = {}
    for one in facts.values():
        conflict = isinstance(decide(one), Conflict)
        for channel in one.channels:
            found.setdefault(channel.item_id, []).append(_number(one.listing_id, one.sku, channel, conflict))
    items = StockItem.objects.filter(any_of("pk", item_ids)).order_by("code")
    return tuple(
        ItemNumbers(pk, code, name, tuple(sorted(found.get(pk, ()), key=lambda each: (each.channel, each.sku))))
        for pk, code, name in items.values_list("pk", "code", "name")
    )


def parts_of(resolved: Resolved) -> tuple[Part, ...]:
    """Field by field."""
    values = (getattr(resolved.rule, name) for name in RULE_FIELDS)
    triples = zip(RULE_FIELDS, values, resolved.origins, strict=True)
    return tuple(Part(name, value, origin) for name, value, origin in triples)


def parts_kept(stored: Iterable[Sequence[Any]]) -> tuple[Part, ...]:
    """From `Resolved.as_why`, in which what is the default is left out."""
    return tuple(
        Part(name, Rounding(value) if name == "rounding" else value, Origin(RuleSource(source), profile))
        for name, value, source, profile in stored
    )


def _number(listing_id: int, sku: str, channel: SellingChannel, conflict: bool) -> ChannelNumber:
    known = channel.explained
    return ChannelNumber(
        channel_id=channel.channel_id,
        channel=channel.name,
        sku=sku,
        listing_id=listing_id,
        site=channel.site_name,
        available=known.available if known else None,
        quantity=known.quantity if known else None,
        silent=channel.silent,
        parts=parts_of(channel.rule),
        in_conflict=conflict and not channel.silent,
    )


def examples(*, profile_id: int | None = None, channel_id: int | None = None, code: str = "") -> list[int]:
    """Items to show a rule on: those found by a code, else those of the profile or the channel; the fullest of them."""
    if code:
        return sorted(items_by_code(code))[:SHOWN]
    rows = ChannelProduct.objects.filter(listing__fulfilment=Fulfilment.FBM, listing__gone_at=None, item__isnull=False)
    if profile_id is not None:
        own = list(
            ItemStockRule.objects.filter(profile=profile_id).order_by("pk").values_list("item", flat=True)[:_MANY]
        )
        places = Channel.objects.filter(stock_rule__profile=profile_id).values_list("account", "marketplace")
        found = _fullest([*own, *(item for place in places for item in _sold_at(rows, *place))])
        if found:
            return found
    if channel_id is not None:
        place = Channel.objects.filter(pk=channel_id).values_list("account", "marketplace").first()
        return _fullest(_sold_at(rows, *place)) if place else []
    return _fullest(rows.order_by("pk").values_list("item", flat=True)[:_MANY])


def _sold_at(rows: QuerySet[ChannelProduct], account_id: int, marketplace_id: str) -> Iterable[int | None]:
    own = rows.filter(listing__account=account_id, marketplace=marketplace_id)
    return own.order_by("pk").values_list("item", flat=True)[:_MANY]


def _fullest(item_ids: Iterable[int | None]) -> list[int]:
    """Kits have no level of their own: they come where there are no others."""
    ids = list(dict.fromkeys(item for item in item_ids if item is not None))
    levels = StockLevel.objects.filter(any_of("item", ids)).values("item").annotate(units=Sum("on_hand"))
    full = [row["item"] for row in levels.order_by("-units", "item")[:SHOWN]]
    return (full + [item for item in ids if item not in full])[:SHOWN]
