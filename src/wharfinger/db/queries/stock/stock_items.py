"""Stock for pages: items with their levels, one item with its ledger and its listings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    ChannelProduct,
    KitComponent,
    Movement,
    SalesOrderLine,
    Site,
    StockBarcode,
    StockItem,
    StockLevel,
)
from wharfinger.db.queries.installation.timelines import Happening, timeline
from wharfinger.db.queries.item_search import items_by_code
from wharfinger.db.queries.orders.unimported import UnimportedOrder, unimported_orders_of
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, batched, every_row, read_page, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, Sorting, Sorts, runs_of
from wharfinger.db.queries.stock.at_amazon import AT_AMAZON, AtAmazon, at_amazon
from wharfinger.db.queries.stock.listing_facts import LISTING_COLUMNS, ListingFacts, listing_facts
from wharfinger.db.queries.stock.oversells import Oversell, oversells
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.stock.bins import written
from wharfinger.domain.stock.ledger import UNSOLD_KINDS, Level, MovementReason, SiteKind, kit_available


@dataclass(frozen=True, slots=True)
class SiteLevel:
    """Units of one item at one site; `counted_at` None = never received, counted or loaded: unknown."""

    site_id: int
    site: str
    kind: SiteKind
    on_hand: int
    allocated: int
    counted_at: datetime | None
    at_amazon: AtAmazon = AtAmazon()
    bins: str = ""
    reorder_level: int | None = None

    @property
    def available(self) -> int:
        """Units in transit or in quarantine are nobody's to sell."""
        return 0 if self.kind in UNSOLD_KINDS else self.on_hand - self.allocated - self.at_amazon.ordered

    @property
    def oversold(self) -> bool:
        """A passing minus on an FBA site is no oversell: Amazon is its master."""
        return self.on_hand < 0 and self.kind is not SiteKind.FBA

    @property
    def short(self) -> bool:
        return self.available < 0 and not self.oversold


@dataclass(frozen=True, slots=True)
class StockFilter:
    """`show`: empty = all, or oversold, short, none (never counted), kits. Empty values filter nothing."""

    site_id: int | None = None
    search: str = ""
    show: str = ""


@dataclass(frozen=True, slots=True)
class StockRow:
    id: int
    code: str
    name: str
    archived: bool
    levels: tuple[SiteLevel, ...]
    is_kit: bool
    kits: int
    """For a kit: how many can be made of its components over all sites."""
    linked: int
    """Channel products that sell it."""
    reorder_level: int | None = None

    @property
    def on_hand(self) -> int:
        return sum(level.on_hand for level in self.levels)

    @property
    def allocated(self) -> int:
        return sum(level.allocated for level in self.levels)

    @property
    def available(self) -> int:
        return self.kits if self.is_kit else sum(level.available for level in self.levels)

    @property
    def oversold(self) -> bool:
        return any(level.oversold for level in self.levels)

    @property
    def by_site(self) -> str:
        """What is available at each site, in words."""
        return ", ".join(f"{level.site}: {level.available}" for level in self.levels)

    @property
    def bins(self) -> str:
        return ", ".join(f"{level.site}: {level.bins}" for level in self.levels if level.bins)

    @property
    def counted(self) -> bool:
        return self.is_kit or any(level.counted_at for level in self.levels)


STOCK_SORTS: Sorts = {"code": ByColumn("code")}
_BY_CODE = (Run(("code",)),)
_COLUMNS = ("id", "code", "name", "archived", "reorder_level")


def list_stock(
    wanted: StockFilter, *, cursor: str = "", sorting: Sorting = UNSORTED, size: int = ROWS_A_PAGE
) -> Page[StockRow]:
    """By stock code. With a site, levels are those of the site alone."""
    found = read_runs(_filtered(wanted).values(*_COLUMNS), runs_of(STOCK_SORTS, sorting, _BY_CODE), cursor, size)
    return Page(_rows(found.rows, wanted), found.earlier, found.later)


def every_stock_row(wanted: StockFilter, *, sorting: Sorting = UNSORTED) -> Iterator[StockRow]:
    """All that `list_stock` pages through, for files."""
    rows = every_row(_filtered(wanted).values(*_COLUMNS), runs_of(STOCK_SORTS, sorting, _BY_CODE))
    for some in batched(rows, 1000):
        yield from _rows(some, wanted)


def add_up_stock(wanted: StockFilter, *, everything: bool = False) -> Totals:
    return add_up(_filtered(wanted), money=False, everything=everything)


def _rows(found: Sequence[dict[str, Any]], wanted: StockFilter) -> tuple[StockRow, ...]:
    ids = [row["id"] for row in found]
    parts = _components(ids)
    needed = {component for lines in parts.values() for component, _, _, _ in lines}
    levels = _levels([*ids, *needed], wanted.site_id)
    linked: dict[int, int] = defaultdict(int)
    for item_id in ChannelProduct.objects.filter(item__in=ids).values_list("item_id", flat=True):
        linked[item_id or 0] += 1
    return tuple(
        StockRow(
            id=row["id"],
            code=row["code"],
            name=row["name"],
            archived=row["archived"],
            levels=tuple(levels.get(row["id"], ())),
            is_kit=row["id"] in parts,
            kits=_kits(parts.get(row["id"], ()), levels),
            linked=linked.get(row["id"], 0),
            reorder_level=row["reorder_level"],
        )
        for row in found
    )


def _filtered(wanted: StockFilter) -> QuerySet[StockItem]:
    rows = StockItem.objects.filter(archived=False)
    of_item = StockLevel.objects.filter(item=OuterRef("pk"))
    if wanted.site_id:
        of_item = of_item.filter(site=wanted.site_id)
        rows = rows.filter(Exists(of_item))
    if wanted.search:
        rows = rows.filter(pk__in=items_by_code(wanted.search))
    match wanted.show:
        case "oversold":
            rows = rows.filter(Exists(of_item.filter(on_hand__lt=0).exclude(site__kind=SiteKind.FBA)))
        case "short":
            waiting = SalesOrderLine.objects.filter(order__state=SalesOrderState.AWAITING_STOCK, item__isnull=False)
            rows = rows.filter(any_of("pk", set(waiting.values_list("item_id", flat=True))))
        case "uncounted":
            rows = rows.exclude(Exists(of_item.filter(counted_at__isnull=False)))
        case "kits":
            rows = rows.filter(Exists(KitComponent.objects.filter(kit=OuterRef("pk"))))
        case _:
            pass
    return rows


def _components(kit_ids: Iterable[int]) -> dict[int, list[tuple[int, int, str, str]]]:
    """kit → (component, units for one kit, code, name)."""
    found: dict[int, list[tuple[int, int, str, str]]] = defaultdict(list)
    rows = KitComponent.objects.filter(kit__in=list(kit_ids)).order_by("component__code")
    columns = ("kit", "component", "quantity", "component__code", "component__name")
    for kit_id, component, quantity, code, name in rows.values_list(*columns):
        found[kit_id].append((component, quantity, code, name))
    return found


def _levels(item_ids: Sequence[int], site_id: int | None = None) -> dict[int, list[SiteLevel]]:
    rows = StockLevel.objects.filter(item__in=item_ids)
    if site_id:
        rows = rows.filter(site=site_id)
    found: dict[int, list[SiteLevel]] = defaultdict(list)
    for row in rows.select_related("site").order_by("site__priority", "site__name"):
        found[row.item_id].append(
            SiteLevel(
                site_id=row.site_id,
                site=row.site.name,
                kind=row.site.kind,
                on_hand=row.on_hand,
                allocated=row.allocated,
                counted_at=row.counted_at,
                at_amazon=at_amazon({column: getattr(row, column) for column in AT_AMAZON}),
                bins=written(row.bin, row.other_bins),
                reorder_level=row.reorder_level,
            )
        )
    return found


def _kits(parts: Sequence[tuple[int, int, str, str]], levels: dict[int, list[SiteLevel]]) -> int:
    """A kit is packed at one site, so kits are counted site by site and then added."""
    sites = {level.site_id for component, *_ in parts for level in levels.get(component, ())}
    return sum(kit_available(tuple((_at(levels, part[0], site_id), part[1]) for part in parts)) for site_id in sites)


def _at(levels: dict[int, list[SiteLevel]], item_id: int, site_id: int) -> int:
    return sum(max(0, level.available) for level in levels.get(item_id, ()) if level.site_id == site_id)


@dataclass(frozen=True, slots=True)
class Component:
    id: int
    code: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemListing(ListingFacts):
    """A listing that sells the item."""

    product_id: int
    account: str


@dataclass(frozen=True, slots=True)
class OpenOrder:
    id: int
    number: str
    state: SalesOrderState
    ship_by: datetime | None
    zone: str
    """Of its marketplace, in which ship-by is shown."""
    units: int


@dataclass(frozen=True, slots=True)
class StockItemPage:
    id: int
    code: str
    name: str
    other_reference: str
    weight_grams: int | None
    commodity_code: str
    country_of_origin: str
    regulated: bool
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    case_size: int | None
    cost: Decimal | None
    cost_currency: str
    has_serials: bool
    has_batches: bool
    reorder_level: int | None
    picture: str
    archived: bool
    barcodes: tuple[tuple[str, str], ...]
    components: tuple[Component, ...]
    used_in: tuple[Component, ...]
    levels: tuple[SiteLevel, ...]
    kits: int
    listings: tuple[ItemListing, ...]
    orders: tuple[OpenOrder, ...]
    unimported: tuple[UnimportedOrder, ...]
    """Orders at Amazon that take units without being sales orders."""
    timeline: tuple[Happening, ...]
    oversells: tuple[tuple[str, Oversell], ...]
    """(site, how it fell below zero) of each level that is oversold now."""

    @property
    def measures(self) -> str:
        """Length, width and height, as far as they are known."""
        known = [one for one in (self.length_mm, self.width_mm, self.height_mm) if one is not None]
        return " × ".join(str(one) for one in known)

    @property
    def total(self) -> Level:
        return Level(
            on_hand=sum(level.on_hand for level in self.levels),
            allocated=sum(level.allocated for level in self.levels),
            ordered=sum(level.at_amazon.ordered for level in self.levels),
        )


def stock_item_page(item_id: int) -> StockItemPage | None:
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        return None
    parts = _components([item_id]).get(item_id, [])
    levels = _levels([item_id, *(part[0] for part in parts)])
    used_in = KitComponent.objects.filter(component=item_id).order_by("kit__code")
    return StockItemPage(
        id=item.pk,
        code=item.code,
        name=item.name,
        other_reference=item.other_reference,
        weight_grams=item.weight_grams,
        commodity_code=item.commodity_code,
        country_of_origin=item.country_of_origin,
        regulated=item.regulated,
        length_mm=item.length_mm,
        width_mm=item.width_mm,
        height_mm=item.height_mm,
        case_size=item.case_size,
        cost=item.cost,
        cost_currency=item.cost_currency,
        has_serials=item.has_serials,
        has_batches=item.has_batches,
        reorder_level=item.reorder_level,
        picture=item.picture,
        archived=item.archived,
        barcodes=tuple(StockBarcode.objects.filter(item=item_id).order_by("type", "code").values_list("type", "code")),
        components=tuple(Component(part[0], part[2], part[3], part[1]) for part in parts),
        used_in=tuple(Component(*kit) for kit in used_in.values_list("kit", "kit__code", "kit__name", "quantity")),
        levels=tuple(levels.get(item_id, ())),
        kits=_kits(parts, levels),
        listings=listings_of(Q(item=item_id)),
        orders=_open_orders(item_id),
        unimported=unimported_orders_of(item_id),
        timeline=timeline(Q(item=item_id), newest=30),
        oversells=_oversells(item_id, levels.get(item_id, ())),
    )


def _oversells(item_id: int, levels: Sequence[SiteLevel]) -> tuple[tuple[str, Oversell], ...]:
    found = oversells([(item_id, level.site_id) for level in levels if level.oversold])
    return tuple((level.site, found[(item_id, level.site_id)]) for level in levels if (item_id, level.site_id) in found)


def listings_of(wanted: Q) -> tuple[ItemListing, ...]:
    rows = ChannelProduct.objects.filter(wanted).order_by("listing__sku", "marketplace__name")
    found = rows.values(*LISTING_COLUMNS, "id", "listing__account__name")
    return tuple(
        ItemListing(**listing_facts(row), product_id=row["id"], account=row["listing__account__name"]) for row in found
    )


def _open_orders(item_id: int) -> tuple[OpenOrder, ...]:
    """The orders that wait for units of the item, most urgent first."""
    rows = (
        SalesOrderLine.objects.filter(
            item=item_id,
            order__state__in=[state for state in SalesOrderState if state.open],
        )
        .select_related("order__channel__marketplace")
        .order_by("order__ship_by", "id")[:20]
    )
    return tuple(
        OpenOrder(
            row.order_id,
            row.order.code,
            row.order.state,
            row.order.ship_by,
            row.order.channel.marketplace.time_zone,
            row.quantity_open,
        )
        for row in rows
        if row.quantity_open
    )


@dataclass(frozen=True, slots=True)
class LedgerLine:
    id: int
    moved_at: datetime
    site: str
    quantity: int
    on_hand_after: int
    reason: MovementReason
    note: str
    order_id: int | None
    order_code: str
    who: str


def ledger(item_id: int, *, site_id: int | None = None, cursor: str = "") -> Page[LedgerLine]:
    """The item's movements, newest first, each with what was on hand at its site afterwards."""
    rows = Movement.objects.filter(item=item_id)
    if site_id:
        rows = rows.filter(site=site_id)
    found = rows.values(
        "id",
        "moved_at",
        "site__name",
        "quantity",
        "on_hand_after",
        "reason",
        "note",
        "order_line__order_id",
        "order_line__order__code",
        "user__full_name",
        "user__username",
    )
    return read_page(found, ("-id",), cursor, size=25).made_of(
        lambda row: LedgerLine(
            id=row["id"],
            moved_at=row["moved_at"],
            site=row["site__name"],
            quantity=row["quantity"],
            on_hand_after=row["on_hand_after"],
            reason=row["reason"],
            note=row["note"],
            order_id=row["order_line__order_id"],
            order_code=row["order_line__order__code"] or "",
            who=row["user__full_name"] or row["user__username"] or "",
        )
    )


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """A stock item that may be picked."""

    id: int
    code: str
    name: str


def find_items(text: str, at_most: int = 20) -> tuple[ItemChoice, ...]:
    """Items by the beginning of their code, by a barcode, or by a word of the name; exact codes first."""
    wanted = text.strip()
    if not wanted:
        return ()
    rows = StockItem.objects.filter(archived=False, pk__in=items_by_code(wanted))
    found = [ItemChoice(*row) for row in rows.order_by("code").values_list("id", "code", "name")[:at_most]]
    return tuple(sorted(found, key=lambda item: item.code != wanted))


def items_by_codes(codes: Collection[str]) -> dict[str, int]:
    """Code → id of those that there are and that are not archived."""
    return dict(StockItem.objects.filter(code__in=codes, archived=False).values_list("code", "id"))


def item_by_code(code: str) -> ItemChoice | None:
    row = StockItem.objects.filter(code=code.strip(), archived=False).values_list("id", "code", "name").first()
    return ItemChoice(*row) if row else None


def item_choice(item_id: int) -> ItemChoice | None:
    row = StockItem.objects.filter(pk=item_id).values_list("id", "code", "name").first()
    return ItemChoice(*row) if row else None


@dataclass(frozen=True, slots=True)
class ExportLine:
    code: str
    name: str
    site: str
    on_hand: int
    allocated: int
    available: int
    counted: bool
    fba: bool
    bins: str = ""
    reorder_level: int | None = None


def export_lines() -> Iterable[ExportLine]:
    """Every item with every level, by code; items without a level once, with an empty site."""
    rows = StockLevel.objects.filter(item__archived=False).order_by("item__code", "site__name")
    item = ("item__code", "item__name", "site__name", "site__kind")
    level = ("on_hand", "allocated", "fba_ordered", "counted_at", "bin", "other_bins", "reorder_level")
    for code, name, site, kind, on_hand, allocated, ordered, counted, first, others, least in rows.values_list(
        *item, *level
    ).iterator(chunk_size=2000):
        available = Level(on_hand, allocated, ordered).available
        fba = kind == SiteKind.FBA
        bins = written(first, others)
        yield ExportLine(code, name, site, on_hand, allocated, available, counted is not None, fba, bins, least)
    bare = StockItem.objects.filter(archived=False).exclude(Exists(StockLevel.objects.filter(item=OuterRef("pk"))))
    for code, name in bare.order_by("code").values_list("code", "name").iterator(chunk_size=2000):
        yield ExportLine(code, name, "", 0, 0, 0, counted=False, fba=False)


def item_reorder_levels() -> Iterable[tuple[str, str, int]]:
    """(code, name, reorder level of all sites) of each item that has one."""
    rows = StockItem.objects.filter(archived=False, reorder_level__isnull=False).order_by("code")
    for code, name, least in rows.values_list("code", "name", "reorder_level").iterator(chunk_size=2000):
        yield code, name, least or 0


def site_choices(*, fba: bool = True) -> tuple[tuple[int, str], ...]:
    """Sites for a picker; `fba` False: those alone whose levels a person may change."""
    rows = Site.objects.order_by("priority", "name")
    if not fba:
        rows = rows.exclude(kind=SiteKind.FBA).exclude(for_transfers=True)
    return tuple(rows.values_list("id", "name"))
