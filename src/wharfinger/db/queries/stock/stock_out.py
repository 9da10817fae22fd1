"""What decides the quantities that are sent to Amazon: the facts of listings, and a channel's first-upload plan."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, ChannelOption, ChannelProduct, KitComponent, Listing, StockLevel
from wharfinger.db.queries.option_rows import place_name, sites_of, with_sites
from wharfinger.db.queries.stock.guard import safe_levels
from wharfinger.db.queries.stock.handling import periods_in_force
from wharfinger.db.queries.stock.rules import AS_IT_IS, AsIf, Rules, installation_rule, stock_rule_of
from wharfinger.domain.channels.channel import ONLY_CHECKED, ActivatedFor, LinkState
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.handling import OwnHandling, PeriodInForce, days_in_force
from wharfinger.domain.stock.ledger import Level
from wharfinger.domain.stock.listing_quantity import (
    Components,
    Conflict,
    Explained,
    ListingFacts,
    SellingChannel,
    Silent,
    Tell,
    decide,
    group_kit_quantity,
    group_quantity,
    kit_quantity,
    listing_quantity,
)
from wharfinger.domain.stock.rules import Rule, SafeLevel


@dataclass(frozen=True, slots=True)
class _Seller:
    """`place`: the name of the site, or of the group."""

    channel: Channel
    sites: tuple[tuple[int, str], ...]
    place: str


class _Listing(NamedTuple):
    listing_id: int
    account_id: int
    sku: str
    fulfilment: str
    gone_at: datetime | None
    product_type: str
    rule_channel_id: int | None
    location_codes: str
    handling_days: int | None
    handling_before: int | None
    handling_ends: bool


_LISTING = (
    "pk", "account", "sku", "fulfilment", "gone_at", "product_type", "rule_channel", "location_codes",
    "handling_days", "handling_before", "handling_ends",
)  # fmt: skip
_PRODUCT = ("products__marketplace", "products__item", "products__item__code", "products__specified")


class _Product(NamedTuple):
    """A channel product that is linked to a stock item."""

    marketplace_id: str
    item_id: int
    item_code: str
    specified: bool


@dataclass(frozen=True, slots=True)
class _Shop:
    """What the listings of a batch share."""

    sellers: dict[tuple[int, str], _Seller]
    levels: "_Levels"
    rules: Rules
    approved: Collection[int]
    as_if: AsIf
    safe: Mapping[int, SafeLevel]
    """By item, what is shown while orders that take of it are not seen."""
    periods: Sequence[PeriodInForce]
    """Of handling times."""
    shares: dict[tuple[int, int], int]
    """By item and site, the percents of all listings; empty = percents are no shares. A listing that sells from several
    sites takes the largest of theirs: together no site's units are shown twice."""


class _Sharing(NamedTuple):
    """A listing in a marketplace that sells one of the items."""

    listing_id: int
    account_id: int
    product: _Product


def _sharing(item_ids: Collection[int]) -> list[_Sharing]:
    products = ChannelProduct.objects.filter(
        any_of("item", item_ids), listing__fulfilment=Fulfilment.FBM, listing__gone_at=None
    )
    columns = ("listing", "listing__account", "marketplace", "item", "item__code", "specified")
    return [
        _Sharing(listing, account, _Product(*product)) for listing, account, *product in products.values_list(*columns)
    ]


def _shares(sharing: Iterable[_Sharing], shop: _Shop) -> dict[tuple[int, int], int]:
    """A listing counts once for each site, with the largest of its channels' percents; one that sends nothing does
    not count."""
    percents: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for one in sharing:
        seller = shop.sellers.get((one.account_id, one.product.marketplace_id))
        if seller is None or _silent(one.product, seller, shop):
            continue
        percent = shop.rules.of(one.product.item_id, seller.channel.pk).rule.percent
        for site, _ in seller.sites:
            of_listings = percents[one.product.item_id, site]
            of_listings[one.listing_id] = max(percent, of_listings.get(one.listing_id, 0))
    return {key: sum(of_listings.values()) for key, of_listings in percents.items()}


def listing_facts(
    listing_ids: Collection[int], *, approved: Collection[int] = (), as_if: AsIf = AS_IT_IS
) -> dict[int, ListingFacts]:
    """The facts of these listings, by listing. `approved`: channels to look at as if their upload were approved;
    `as_if`: stock rules that are not saved yet."""
    listings = Listing.objects.filter(any_of("pk", listing_ids)).order_by("pk", "products__marketplace")
    rows: dict[int, _Listing] = {}
    products: dict[int, list[_Product]] = defaultdict(list)
    for *listing, marketplace, item, code, specified in listings.values_list(*_LISTING, *_PRODUCT):
        rows.setdefault(listing[0], _Listing(*listing))
        if item is not None:
            products[listing[0]].append(_Product(marketplace, item, code or "", specified))
    items = {product.item_id for of_listing in products.values() for product in of_listing}
    installation = as_if.installation or installation_rule()
    sharing = _sharing(items) if installation.shares else []
    sellers = _sellers({row.account_id for row in rows.values()} | {one.account_id for one in sharing}, as_if)
    levels = _Levels(items, {site for seller in sellers.values() for site, _ in seller.sites})
    rules = Rules(items, [seller.channel for seller in sellers.values()], installation, as_if)
    shop = _Shop(sellers, levels, rules, approved, as_if, safe_levels(items), periods_in_force(), {})
    shop.shares.update(_shares(sharing, shop))
    return {listing: _facts(row, products[listing], shop) for listing, row in rows.items()}


def _sellers(account_ids: Collection[int], as_if: AsIf) -> dict[tuple[int, str], _Seller]:
    """The FBM channel of each (account, marketplace), with the site or sites of its (Global) options row."""
    channels = Channel.objects.filter(account__in=account_ids, kind=Fulfilment.FBM, archived=False)
    options = ChannelOption.objects.filter(order_type="").select_related("site", "site_group")
    found = {}
    channels = channels.select_related("stock_rule").prefetch_related(
        Prefetch("options", options.prefetch_related(with_sites()))
    )
    for channel in channels.order_by("pk"):
        option = next(iter(channel.options.all()), None)
        place = as_if.places.get(channel.pk)
        sites = place.sites if place else tuple((site.pk, site.name) for site in sites_of(option))
        name = place.name if place else place_name(option)
        found[(channel.account_id, channel.marketplace_id)] = _Seller(channel, sites, name)
    return found


class _Levels:
    """Levels of items and of their components at sites, read at once."""

    def __init__(self, item_ids: Collection[int], site_ids: Collection[int]) -> None:
        self._components: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        parts = KitComponent.objects.filter(any_of("kit", item_ids)).order_by("component__code")
        for kit, part, code, needed in parts.values_list("kit", "component", "component__code", "quantity"):
            self._components[kit].append((part, code, needed))
        wanted = {*item_ids, *(part[0] for lines in self._components.values() for part in lines)}
        rows = StockLevel.objects.filter(any_of("item", wanted), any_of("site", site_ids), counted_at__isnull=False)
        self._levels = {
            (item, site): Level(on_hand, allocated, ordered)
            for item, site, on_hand, allocated, ordered in rows.values_list(
                "item", "site", "on_hand", "allocated", "fba_ordered"
            )
        }

    def explained(self, item_id: int, sites: Sequence[tuple[int, str]], rule: Rule) -> Explained | None:
        """None when the item, or a component of the kit, was counted at none of them; where it was not, it adds
        nothing."""
        parts = self._components.get(item_id)
        if parts is None:
            levels = [(name, level) for site, name in sites if (level := self._levels.get((item_id, site)))]
            if len(sites) > 1:
                return group_quantity(levels, rule) if levels else None
            return listing_quantity(levels[0][1], rule) if levels else None
        kits = [(name, counted) for site, name in sites if (counted := self._counted(parts, site))]
        if len(sites) > 1:
            return group_kit_quantity(kits, rule) if kits else None
        return kit_quantity(kits[0][1], rule) if kits else None

    def _counted(self, parts: Sequence[tuple[int, str, int]], site_id: int) -> Components:
        """Every component with its level at the site; empty where one was never counted there."""
        known = [(code, self._levels.get((part, site_id)), needed) for part, code, needed in parts]
        counted = tuple((code, level, needed) for code, level, needed in known if level is not None)
        return counted if len(counted) == len(known) else ()


def _facts(listing: _Listing, products: Sequence[_Product], shop: _Shop) -> ListingFacts:
    channels = []
    for product in products:
        seller = shop.sellers.get((listing.account_id, product.marketplace_id))
        if seller is not None:
            channels.append(_selling(product, seller, shop))
    return ListingFacts(
        listing_id=listing.listing_id,
        sku=listing.sku,
        fulfilment=listing.fulfilment,
        gone=listing.gone_at is not None,
        product_type=listing.product_type,
        linked=bool(products),
        channels=tuple(channels),
        chosen_channel_id=listing.rule_channel_id,
        location_codes=listing.location_codes,
        handling=OwnHandling(listing.handling_days, listing.handling_before, listing.handling_ends),
    )


def _selling(product: _Product, seller: _Seller, shop: _Shop) -> SellingChannel:
    channel = seller.channel
    rule = shop.rules.of(product.item_id, channel.pk)
    own = stock_rule_of(channel)
    shares = max((shop.shares.get((product.item_id, site), 0) for site, _ in seller.sites), default=0)
    safe = shop.safe.get(product.item_id)
    applied = replace(rule.rule, shares=shares, safe=safe) if shares or safe else rule.rule
    return SellingChannel(
        name=channel.name,
        marketplace_id=product.marketplace_id,
        item_id=product.item_id,
        item_code=product.item_code,
        sites=seller.sites,
        site_name=seller.place,
        silent=_silent(product, seller, shop),
        explained=shop.levels.explained(product.item_id, seller.sites, applied),
        channel_id=channel.pk,
        rule=rule,
        applied=applied,
        leads=shop.as_if.leads.get(channel.pk, own is not None and own.leads),
        handling=days_in_force(shop.periods, channel.pk, shop.rules.profile_of(product.item_id, channel.pk))
        if shop.periods
        else None,
    )


def _silent(product: _Product, seller: _Seller, shop: _Shop) -> str:
    channel, own = seller.channel, stock_rule_of(seller.channel)
    silent = _why_silent(channel, channel.pk in shop.approved)
    only_specified = shop.as_if.only_specified.get(channel.pk, own is not None and own.only_specified)
    if not silent and only_specified and not product.specified:
        return f"{channel.name} uploads specified items only, and this one is not specified: see its Products tab."
    return silent


def _why_silent(channel: Channel, as_if_approved: bool) -> str:
    if not channel.enabled:
        return f"{channel.name} is not enabled."
    if not channel.activated:
        return f"{channel.name} is not activated in this demo system."
    if channel.link_state == LinkState.NOT_LINKED:
        return f"{channel.name} is not linked: see its checks."
    if channel.activated_for == ActivatedFor.SANDBOX:
        return f"{channel.name}: {ONLY_CHECKED}."
    if channel.amazon_deactivated_at is not None:
        return f"{channel.name}: Amazon has deactivated the account there. Sending continues automatically afterwards."
    if channel.dont_upload_stock_levels:
        return f"{channel.name}: Don't upload stock levels is on."
    if channel.stock_upload_approved_at is None and not as_if_approved:
        return f"{channel.name}: the first stock upload waits for approval."
    return ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One SKU of a first upload: what Amazon has, what would be sent, or why nothing would."""

    listing_id: int
    sku: str
    title: str
    item_code: str
    now_at_amazon: int | None
    seen_at: datetime | None
    would_be: int | None
    steps: tuple[tuple[str, int], ...]
    why_not: str

    @property
    def changes(self) -> bool:
        return self.would_be is not None and self.would_be != self.now_at_amazon


def stock_upload_plan(
    channel_id: int, *, whole_account: bool = False, at_most: int | None = None
) -> tuple[PlanRow, ...]:
    """What approving the channel's first stock upload would send to Amazon, by SKU; with `whole_account` that of every
    channel of the seller account that waits. Amazon holds one number for a SKU, so each SKU is one row. FBA listings
    are no part of it. `at_most`: of so many SKUs; of 50,000 it takes seconds."""
    channel = Channel.objects.get(pk=channel_id)
    channels = {channel_id: channel.marketplace_id}
    if whole_account:
        waiting = Channel.objects.filter(
            account=channel.account_id, kind=Fulfilment.FBM, archived=False, stock_upload_approved_at=None
        )
        channels |= dict(waiting.values_list("pk", "marketplace_id"))
    here = ChannelProduct.objects.filter(listing=OuterRef("pk"), marketplace__in=channels.values())
    listings = Listing.objects.filter(Exists(here), account=channel.account_id, fulfilment=Fulfilment.FBM, gone_at=None)
    found = {row["pk"]: row for row in listings.order_by("sku").values(*_PLANNED)[:at_most]}
    shown = _shown_products(found, channel.marketplace_id, channels.values())
    facts = listing_facts(found, approved=channels.keys())
    return tuple(_plan_row(row, shown[listing], decide(facts[listing])) for listing, row in found.items())


_PLANNED = ("pk", "sku", "read_back_quantity", "seen_at")


def _shown_products(
    listings: Collection[int], own: str, marketplaces: Collection[str]
) -> dict[int, tuple[str, str | None]]:
    """Title and stock code by listing: of its own marketplace where it is listed there."""
    products = ChannelProduct.objects.filter(any_of("listing", listings), marketplace__in=marketplaces)
    rows = products.order_by("-marketplace").values_list("listing", "marketplace", "title", "item__code")
    shown: dict[int, tuple[str, str | None]] = {}
    for listing, _, title, code in sorted(rows, key=lambda row: row[1] == own):
        shown[listing] = (title, code)
    return shown


def _plan_row(row: dict[str, Any], shown: tuple[str, str | None], decision: Tell | Silent | Conflict) -> PlanRow:
    explained = decision.explained if isinstance(decision, Tell) else None
    title, code = shown
    return PlanRow(
        listing_id=row["pk"],
        sku=row["sku"],
        title=title,
        item_code=code or "",
        now_at_amazon=row["read_back_quantity"],
        seen_at=row["seen_at"],
        would_be=explained.quantity if explained else None,
        steps=explained.steps if explained else (),
        why_not="" if isinstance(decision, Tell) else decision.reason,
    )


def with_those_that_share(listings: Mapping[int, int]) -> dict[int, int]:
    """These listings (listing → seller account), and where percents are shares of one stock every other one of their
    items: its share may change with theirs."""
    if not listings or not installation_rule().shares:
        return dict(listings)
    items = ChannelProduct.objects.filter(any_of("listing", listings), item__isnull=False)
    return listings_of_items(item for item in items.values_list("item", flat=True) if item) | dict(listings)


def listings_of_items(item_ids: Iterable[int]) -> dict[int, int]:
    """The listings whose quantity these items decide, kits of them included: listing → seller account."""
    items = set(item_ids)
    items.update(KitComponent.objects.filter(any_of("component", items)).values_list("kit", flat=True))
    rows = Listing.objects.filter(any_of("products__item", items), fulfilment=Fulfilment.FBM, gone_at=None)
    return dict(rows.order_by("pk").values_list("pk", "account_id").distinct())
