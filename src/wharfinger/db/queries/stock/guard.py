"""What a channel's write guard holds, and which seller accounts are in safe mode: for their page and the numbers."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Abs, Coalesce

from wharfinger.db.any_of import any_of, number_array
from wharfinger.db.models import ChannelProduct, KitComponent, SafeMode, StockGuard, StockNotice
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.guard import GuardLimits
from wharfinger.domain.stock.rules import SafeLevel
from wharfinger.domain.stock.safe_mode import SafeSetting, lowest

SHOWN_AT_MOST = 100

_LISTINGS = """
SELECT channel.id, count(*)
FROM wharfinger_channel AS channel
JOIN wharfinger_channelproduct AS product ON product.marketplace_id = channel.marketplace_id
JOIN wharfinger_listing AS listing ON listing.id = product.listing_id AND listing.account_id = channel.account_id
WHERE channel.id = ANY(%s::bigint[]) AND product.item_id IS NOT NULL
  AND listing.fulfilment = 'FBM' AND listing.gone_at IS NULL
GROUP BY channel.id
"""


def listings_of_channels(channel_ids: Collection[int]) -> dict[int, int]:
    """How many linked FBM listings each of these channels has."""
    if not channel_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LISTINGS, [number_array(channel_ids)])
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class GuardState:
    """A channel's limits, and whether something is held. `kept_by`: who said that Amazon keeps what it has."""

    limits: GuardLimits = GuardLimits()
    held_at: datetime | None = None
    kept_at: datetime | None = None
    kept_by: str = ""


def guard_state(channel_id: int) -> GuardState:
    row = StockGuard.objects.filter(channel=channel_id).select_related("kept_by").first()
    if row is None:
        return GuardState()
    limits = GuardLimits(row.on, row.zero_percent, row.more_percent, row.factor, row.at_least)
    return GuardState(limits, row.held_at, row.kept_at, row.kept_by.username if row.kept_by else "")


@dataclass(frozen=True, slots=True)
class HeldTotals:
    """Of the listings that are held: units at Amazon now and as they would be, how many fall to 0, how many are
    multiplied by more than the channel's factor."""

    listings: int
    units_now: int
    units_then: int
    zeroed: int
    multiplied: int


_WAS = Coalesce("listing__sent_quantity", "listing__read_back_quantity")


def held_totals(channel_id: int, factor: int) -> HeldTotals:
    """By one statement, however many."""
    rows = StockNotice.objects.filter(sender=channel_id, held=True).annotate(was=_WAS)
    many = (Q(was__gt=0) & Q(wanted__gt=F("was") * factor)) | (Q(was__lte=0) & Q(wanted__gt=factor))
    found = rows.aggregate(
        listings=Count("pk"),
        units_now=Sum("was"),
        units_then=Sum("wanted"),
        zeroed=Count("pk", filter=Q(wanted=0, was__gt=0)),
        multiplied=Count("pk", filter=many),
    )
    return HeldTotals(
        found["listings"], found["units_now"] or 0, found["units_then"] or 0, found["zeroed"], found["multiplied"]
    )


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One listing that is held. `was`: at Amazon; `wanted`: as it would be."""

    listing_id: int
    sku: str
    title: str
    item_code: str
    was: int | None
    wanted: int
    cause: str
    since: datetime


def held_rows(channel_id: int) -> tuple[HeldRow, ...]:
    """The largest changes first."""
    rows = StockNotice.objects.filter(sender=channel_id, held=True).annotate(was=_WAS)
    largest = rows.annotate(by=Abs(F("wanted") - F("was"))).order_by("-by", "listing_id")[:SHOWN_AT_MOST]
    return tuple(_made(channel_id, list(largest.values(*_COLUMNS))))


_COLUMNS = ("listing_id", "listing__sku", "was", "wanted", "cause", "caused_at", "raised_at")
_AT_ONCE = 2_000


def every_held_row(channel_id: int) -> Iterator[HeldRow]:
    """All of them, by listing, for CSV."""
    after = 0
    while True:
        rows = StockNotice.objects.filter(sender=channel_id, held=True, listing_id__gt=after).annotate(was=_WAS)
        some = list(rows.order_by("listing_id").values(*_COLUMNS)[:_AT_ONCE])
        if not some:
            return
        yield from _made(channel_id, some)
        after = some[-1]["listing_id"]


def _made(channel_id: int, rows: list[dict[str, Any]]) -> Iterator[HeldRow]:
    products = ChannelProduct.objects.filter(
        listing__in=[row["listing_id"] for row in rows],
        marketplace__channels=channel_id,
    ).values_list("listing_id", "title", "item__code")
    shown = {listing: (title, code or "") for listing, title, code in products}
    for row in rows:
        title, code = shown.get(row["listing_id"], ("", ""))
        yield HeldRow(
            listing_id=row["listing_id"],
            sku=row["listing__sku"],
            title=title,
            item_code=code,
            was=row["was"],
            wanted=row["wanted"] or 0,
            cause=row["cause"],
            since=row["caused_at"] or row["raised_at"],
        )


# --- safe mode


@dataclass(frozen=True, slots=True)
class SafeModeState:
    """`entered_at` None = the account's quantities are not lowered; `blind_since`: no order was seen since then."""

    account_id: int
    account: str
    setting: SafeSetting = SafeSetting()
    entered_at: datetime | None = None
    blind_since: datetime | None = None


def setting_of(row: SafeMode) -> SafeSetting:
    return SafeSetting(row.after_hours, SafeLevel(row.percent, row.cap))


def safe_mode_of(account_id: int, account: str) -> SafeModeState:
    row = SafeMode.objects.filter(account=account_id).first()
    if row is None:
        return SafeModeState(account_id, account)
    return SafeModeState(account_id, account, setting_of(row), row.entered_at, row.blind_since)


def in_safe_mode() -> tuple[SafeModeState, ...]:
    """Every account whose orders are not seen for so long that quantities are lowered."""
    rows = SafeMode.objects.filter(entered_at__isnull=False).select_related("account").order_by("account__name", "pk")
    return tuple(
        SafeModeState(row.account_id, row.account.name, setting_of(row), row.entered_at, row.blind_since)
        for row in rows
    )


def safe_levels(item_ids: Collection[int]) -> dict[int, SafeLevel]:
    """Of these items, those that an account in safe mode sells, alone or in a kit, with the level that holds for
    them. One statement while no account is; then four."""
    rows = SafeMode.objects.filter(entered_at__isnull=False).values_list("account", "percent", "cap")
    active = {account: SafeLevel(percent, cap) for account, percent, cap in rows}
    if not active:
        return {}
    parts = _parts(KitComponent.objects.filter(any_of("kit", item_ids)))
    wanted = {part for item in item_ids for part in parts.get(item, {item})}
    kits = _parts(KitComponent.objects.filter(any_of("component", wanted)))
    sold = ChannelProduct.objects.filter(
        any_of("item", {*wanted, *kits}),
        listing__account__in=active,
        listing__fulfilment=Fulfilment.FBM,
        listing__gone_at=None,
    )
    of_part: dict[int, set[int]] = defaultdict(set)
    for account, item in sold.values_list("listing__account", "item").distinct():
        for part in kits.get(item or 0, {item or 0}):
            of_part[part].add(account)
    found = {item: {one for part in parts.get(item, {item}) for one in of_part.get(part, ())} for item in item_ids}
    return {item: lowest(active[one] for one in accounts) for item, accounts in found.items() if accounts}


def _parts(rows: QuerySet[KitComponent]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for kit, part in rows.values_list("kit", "component"):
        found[kit].add(part)
    return found


def items_sold_by(account_id: int) -> set[int]:
    """What an account sells from its own stock, kits with their components."""
    rows = ChannelProduct.objects.filter(
        listing__account=account_id, listing__fulfilment=Fulfilment.FBM, listing__gone_at=None, item__isnull=False
    )
    items = {item for item in rows.values_list("item", flat=True).distinct() if item is not None}
    return items | set(KitComponent.objects.filter(any_of("kit", items)).values_list("component", flat=True))
