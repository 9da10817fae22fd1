"""Whether levels are what their ledgers and allocations say: every item, some thousands at a time.

Each look is one statement, which sees what was committed before it began: a shop that trades meanwhile does not differ.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from wharfinger.db.any_of import number_array
from wharfinger.db.models import StockItem

ITEMS_AT_ONCE = 10_000

_DIFFERENCES = """
WITH steps AS (
    SELECT item_id, site_id, quantity, on_hand_after,
        COALESCE(lag(on_hand_after) OVER (PARTITION BY item_id, site_id ORDER BY id), 0) AS before
    FROM wharfinger_movement WHERE {items}
), moved AS (
    SELECT item_id, site_id, sum(quantity) AS units,
        count(*) FILTER (WHERE on_hand_after <> before + quantity) AS breaks
    FROM steps GROUP BY item_id, site_id
), held AS (
    SELECT item_id, site_id, sum(quantity) AS units FROM wharfinger_allocation
    WHERE {items} GROUP BY item_id, site_id
), levels AS (
    SELECT item_id, site_id, on_hand, allocated FROM wharfinger_stocklevel
    WHERE {items}
)
SELECT item.id, item.code, site.id, site.name, COALESCE(levels.on_hand, 0), COALESCE(moved.units, 0),
    COALESCE(levels.allocated, 0), COALESCE(held.units, 0), COALESCE(moved.breaks, 0)
FROM levels
FULL JOIN moved USING (item_id, site_id)
FULL JOIN held USING (item_id, site_id)
JOIN wharfinger_stockitem item ON item.id = item_id
JOIN wharfinger_site site ON site.id = site_id
WHERE COALESCE(levels.on_hand, 0) <> COALESCE(moved.units, 0)
    OR COALESCE(levels.allocated, 0) <> COALESCE(held.units, 0)
    OR COALESCE(moved.breaks, 0) <> 0
ORDER BY item.code, site.name
"""
_OF_A_PART = _DIFFERENCES.format(items="item_id > %(after)s AND item_id <= %(upto)s")
_OF_ITEMS = _DIFFERENCES.format(items="item_id = ANY(%(items)s::bigint[])")


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """A level that its movements or allocations do not explain. `breaks`: movements that do not go on from the one
    before them."""

    item_id: int
    item: str
    site_id: int
    site: str
    on_hand: int
    moved: int
    allocated: int
    held: int
    breaks: int


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """What a look at some thousands of items found; `last`: nothing is left to look at."""

    items: int
    levels: int
    differences: tuple[LedgerDifference, ...]
    last: bool


def check_ledger() -> Iterator[LedgerPart]:
    """All levels, in parts: memory stays the same however many there are."""
    highest = StockItem.objects.aggregate(highest=Max("pk"))["highest"] or 0
    after = 0
    while True:
        part = StockItem.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:ITEMS_AT_ONCE]
        ids = list(part)
        upto = ids[-1] if ids else highest
        yield _look(after, upto, len(ids), last=upto >= highest)
        if upto >= highest:
            return
        after = upto


def differences_of(item_ids: Collection[int]) -> tuple[LedgerDifference, ...]:
    """The same look at these items alone, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ITEMS, {"items": number_array(item_ids)})
        return tuple(LedgerDifference(*row) for row in cursor.fetchall())


def _look(after: int, upto: int, items: int, *, last: bool) -> LedgerPart:
    with connection.cursor() as cursor:
        cursor.execute(_OF_A_PART, {"after": after, "upto": upto})
        differences = tuple(LedgerDifference(*row) for row in cursor.fetchall())
        cursor.execute("SELECT count(*) FROM wharfinger_stocklevel WHERE item_id > %s AND item_id <= %s", [after, upto])
        (levels,) = cursor.fetchone() or (0,)
    return LedgerPart(items, levels, differences, last)
