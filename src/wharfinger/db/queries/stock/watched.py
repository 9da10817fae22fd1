"""Levels to watch: at or below their reorder level, or soon sold out at the speed of the last four weeks."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Movement, Site, StockItem, StockLevel
from wharfinger.db.queries.item_search import items_by_code
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, every_row, read_runs
from wharfinger.db.queries.stock.warehouse.transfers import units_in_transit
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.stock.cover import SOLD_OVER, days_of_cover
from wharfinger.domain.stock.ledger import SENDING_KINDS, MovementReason

SOONEST_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """`site` empty = all sites together from which parcels are sent. `coming`: in transit to them. `sold`: units over
    the last four weeks; `cover` None = it did not sell."""

    item_id: int
    code: str
    name: str
    site: str
    available: int
    reorder_level: int | None
    coming: int
    sold: int

    @property
    def cover(self) -> int | None:
        return days_of_cover(self.available, self.sold)


_BY_CODE = (Run(("code",)),)
_ITEM = ("id", "code", "name", "reorder_level")


def to_reorder(*, search: str = "", cursor: str = "", size: int = ROWS_A_PAGE, now: datetime) -> Page[WatchedRow]:
    """Items with a level at or below its reorder level, by code; a row for each such level. `size`: of items."""
    found = read_runs(_low(search).values(*_ITEM), _BY_CODE, cursor, size)
    return Page(_rows(found.rows, now), found.earlier, found.later)


def every_one_to_reorder(*, search: str = "", now: datetime) -> Iterator[WatchedRow]:
    """All that `to_reorder` pages through, for files."""
    some: list[dict[str, object]] = []
    for row in every_row(_low(search).values(*_ITEM), _BY_CODE):
        some.append(row)
        if len(some) == 500:
            yield from _rows(some, now)
            some = []
    yield from _rows(some, now)


def add_up_to_reorder(*, search: str = "", everything: bool = False) -> Totals:
    return add_up(_low(search), money=False, everything=everything)


def _low(search: str) -> QuerySet[StockItem]:
    """Found from the levels that somebody watches, each kind by an index of its own; they are few among all."""
    levels = StockLevel.objects.filter(item=OuterRef("pk"), site__kind__in=SENDING_KINDS).values("item").order_by()
    available = levels.annotate(units=Sum(F("on_hand") - F("allocated"))).values("units")
    everywhere = (
        StockItem.objects.filter(reorder_level__isnull=False)
        .annotate(available=Coalesce(Subquery(available, output_field=IntegerField()), 0))
        .filter(reorder_level__gte=F("available"))
    )
    somewhere = StockLevel.objects.filter(reorder_level__isnull=False, reorder_level__gte=F("on_hand") - F("allocated"))
    items = StockItem.objects.filter(archived=False)
    if search:
        items = items.filter(pk__in=items_by_code(search))
    return items.filter(Q(pk__in=everywhere.values("pk")) | Q(pk__in=somewhere.values("item")))


def _rows(found: Sequence[dict[str, object]], now: datetime) -> tuple[WatchedRow, ...]:
    """Statements do not depend on how many."""
    ids = [int(str(row["id"])) for row in found]
    levels: dict[int, list[StockLevel]] = defaultdict(list)
    rows = StockLevel.objects.filter(any_of("item", ids), site__kind__in=SENDING_KINDS).select_related("site")
    for level in rows.order_by("site__priority", "site__name"):
        levels[level.item_id].append(level)
    sold, coming = _sold(ids, now), units_in_transit(ids)
    made = []
    for row, item in zip(found, ids, strict=True):
        own = levels[item]
        every, least = sum(level.on_hand - level.allocated for level in own), row["reorder_level"]
        head = {"item_id": item, "code": str(row["code"]), "name": str(row["name"])}
        if isinstance(least, int) and every <= least:
            made.append(
                WatchedRow(
                    **head,  # type: ignore[arg-type]
                    site="",
                    available=every,
                    reorder_level=least,
                    coming=sum(units for (of, _), units in coming.items() if of == item),
                    sold=sum(units for (of, _), units in sold.items() if of == item),
                )
            )
        made.extend(
            WatchedRow(
                **head,  # type: ignore[arg-type]
                site=level.site.name,
                available=level.on_hand - level.allocated,
                reorder_level=level.reorder_level,
                coming=coming.get((item, level.site_id), 0),
                sold=sold.get((item, level.site_id), 0),
            )
            for level in own
            if level.reorder_level is not None and level.on_hand - level.allocated <= level.reorder_level
        )
    return tuple(made)


def _sold(item_ids: Collection[int], now: datetime) -> dict[tuple[int, int], int]:
    """Units by (item, site) over the last four weeks, of sites that send parcels."""
    rows = Movement.objects.filter(
        any_of("item", item_ids),
        reason=MovementReason.SOLD,
        moved_at__gt=now - SOLD_OVER,
        site__kind__in=SENDING_KINDS,
    )
    sums = rows.values("item_id", "site_id").annotate(units=Sum("quantity")).order_by()
    return {(row["item_id"], row["site_id"]): -row["units"] for row in sums}


_SOONEST = """
WITH sending AS (SELECT id FROM wharfinger_site WHERE kind = ANY(%s)),
sold AS (
    SELECT item_id, -sum(quantity) AS units FROM wharfinger_movement
    WHERE reason = 'sold' AND moved_at > %s AND site_id IN (SELECT id FROM sending) GROUP BY item_id
),
available AS (
    SELECT level.item_id, sum(level.on_hand - level.allocated) AS units FROM wharfinger_stocklevel level
    JOIN sold ON sold.item_id = level.item_id
    WHERE level.site_id IN (SELECT id FROM sending) GROUP BY level.item_id
)
SELECT item.id, item.code, item.name, available.units, item.reorder_level, sold.units
FROM sold JOIN available ON available.item_id = sold.item_id JOIN wharfinger_stockitem item ON item.id = sold.item_id
WHERE sold.units > 0 AND NOT item.archived AND GREATEST(available.units, 0) * %s < sold.units * %s
ORDER BY GREATEST(available.units, 0)::numeric / sold.units, item.code
LIMIT %s
"""


def soonest_sold_out(*, days: int, now: datetime) -> tuple[WatchedRow, ...]:
    """Items that last for fewer days over all sites that send, the shortest first; at most `SOONEST_AT_MOST`."""
    values: list[Any] = [[str(kind) for kind in SENDING_KINDS], now - SOLD_OVER, SOLD_OVER.days, days, SOONEST_AT_MOST]
    with connection.cursor() as cursor:
        cursor.execute(_SOONEST, values)
        found = cursor.fetchall()
    coming: dict[int, int] = defaultdict(int)
    for (item, _), units in units_in_transit([row[0] for row in found]).items():
        coming[item] += units
    return tuple(
        WatchedRow(item, code, name, "", int(available), least, coming[item], int(sold))
        for item, code, name, available, least, sold in found
    )


@dataclass(frozen=True, slots=True)
class SiteReorder:
    site_id: int
    site: str
    reorder_level: int | None


def reorder_levels(item_id: int) -> tuple[int | None, tuple[SiteReorder, ...]]:
    """The item's own, over all sites that send parcels, and each of these sites' own."""
    own = StockItem.objects.filter(pk=item_id).values_list("reorder_level", flat=True).first()
    held = dict(StockLevel.objects.filter(item=item_id).values_list("site_id", "reorder_level"))
    sites = Site.objects.filter(kind__in=SENDING_KINDS).order_by("priority", "name")
    return own, tuple(SiteReorder(pk, name, held.get(pk)) for pk, name in sites.values_list("pk", "name"))
