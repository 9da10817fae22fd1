"""Which two orders met at a level that is below zero, read from its ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wharfinger.db.any_of import number_array

# The newest movement that brought the level below zero, and the newest sale of another order before it.
_MET = """
SELECT wanted.item, wanted.site, fall.on_hand_after - fall.quantity, fall.moved_at,
    fall_order.id, fall_order.code, -fall.quantity, fall.on_hand_after,
    earlier.order_id, earlier.code, earlier.units, earlier.on_hand_after
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(item, site)
JOIN LATERAL (
    SELECT * FROM wharfinger_movement movement
    WHERE movement.item_id = wanted.item AND movement.site_id = wanted.site
        AND movement.on_hand_after < 0 AND movement.on_hand_after - movement.quantity >= 0
    ORDER BY movement.id DESC LIMIT 1
) fall ON true
LEFT JOIN wharfinger_salesorderline fall_line ON fall_line.id = fall.order_line_id
LEFT JOIN wharfinger_salesorder fall_order ON fall_order.id = fall_line.order_id
LEFT JOIN LATERAL (
    SELECT line.order_id, sales_order.code, -sold.quantity AS units, sold.on_hand_after
    FROM wharfinger_movement sold
    JOIN wharfinger_salesorderline line ON line.id = sold.order_line_id
    JOIN wharfinger_salesorder sales_order ON sales_order.id = line.order_id
    WHERE sold.item_id = wanted.item AND sold.site_id = wanted.site AND sold.id < fall.id
        AND line.order_id IS DISTINCT FROM fall_line.order_id AND sold.quantity < 0
    ORDER BY sold.id DESC LIMIT 1
) earlier ON true
"""


@dataclass(frozen=True, slots=True)
class Taker:
    """An order that took units of a level, and the level after it."""

    order_id: int
    code: str
    units: int
    left: int


@dataclass(frozen=True, slots=True)
class Oversell:
    """How a level fell below zero: `second` took more than the `before` that were there; `first` had taken units last.

    None where the movement was not an order's. What `first` left is not `before` where something moved between them.
    """

    before: int
    at: datetime
    first: Taker | None
    second: Taker | None


def oversells(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Oversell]:
    """By (item, site); of levels that never fell below zero there is none. One statement."""
    if not keys:
        return {}
    ordered = sorted(keys)
    arrays = [number_array(item for item, _ in ordered), number_array(site for _, site in ordered)]
    with connection.cursor() as cursor:
        cursor.execute(_MET, arrays)
        return {
            (item, site): Oversell(before, at, _taker(*first), _taker(*second))
            for item, site, before, at, *orders in cursor.fetchall()
            for second, first in [(orders[:4], orders[4:])]
        }


def _taker(order_id: int | None, code: str | None, units: int | None, left: int | None) -> Taker | None:
    return None if order_id is None else Taker(order_id, code or "", units or 0, left or 0)
