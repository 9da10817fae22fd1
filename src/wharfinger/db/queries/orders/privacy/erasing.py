"""Whose personal data is due to be erased, by the rules of `domain.orders.privacy.erasing`.

Every statement takes `now` in trade time, and starts with what still holds personal data: a partial index each, so that
years of erased orders cost nothing. A moment that only a clock which was ahead can have written is left out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from wharfinger.db.models import Installation, LegalHold
from wharfinger.domain.moments import CLOCKS_DIFFER
from wharfinger.domain.orders.privacy.erasing import IN_TRANSIT

_STARTS = """
CASE
    WHEN o.cancelled_at <= %(ahead)s AND sent.parcels = 0 THEN o.cancelled_at
    WHEN sent.parcels > 0 AND sent.parcels = sent.delivered AND o.state IN ('shipped', 'issued', 'cancelled')
        THEN sent.last_delivered
    WHEN o.deliver_by IS NOT NULL THEN GREATEST(o.deliver_by, sent.last_shipped)
    WHEN sent.last_shipped IS NOT NULL THEN sent.last_shipped + %(in_transit)s
    ELSE COALESCE(o.ship_by, o.placed_at) + %(in_transit)s
END
"""
"""When the clock of sales order `o` starts. NULLs count in no GREATEST."""
_SENT = """
CROSS JOIN LATERAL (
    SELECT count(*) AS parcels,
        count(*) FILTER (WHERE p.delivered_at <= %(ahead)s) AS delivered,
        max(p.delivered_at) FILTER (WHERE p.delivered_at <= %(ahead)s) AS last_delivered,
        GREATEST(
            max(p.shipped_at) FILTER (WHERE p.shipped_at <= %(ahead)s),
            CASE WHEN o.shipped_at <= %(ahead)s THEN o.shipped_at END
        ) AS last_shipped
    FROM wharfinger_shipment p WHERE p.order_id = o.id
) sent
"""
_HELD = "EXISTS (SELECT 1 FROM wharfinger_legalhold h WHERE h.order_id = o.id AND h.lifted_at IS NULL)"
DUE_ORDERS = f"""
FROM wharfinger_salesorder o {_SENT}
WHERE o.erased_at IS NULL AND o.placed_at < %(before)s AND {_STARTS} < %(before)s AND NOT {_HELD}
"""
"""No clock starts before its order was placed: younger ones are not looked at."""

DUE_MESSAGES = """
FROM wharfinger_rawmessage m
LEFT JOIN wharfinger_importedorder i ON i.account_id = m.account_id AND i.amazon_order_id = m.key
LEFT JOIN LATERAL (
    SELECT count(*) AS orders, count(o.erased_at) AS erased
    FROM wharfinger_salesorder o WHERE o.imported_id = i.id
) sold ON true
WHERE m.body IS NOT NULL AND m.state <> 'waiting' AND CASE
    WHEN i.id IS NULL THEN m.received_at < %(before)s
    WHEN sold.orders > 0 THEN sold.orders = sold.erased
    ELSE COALESCE(i.ship_by, i.placed_at) + %(in_transit)s < %(before)s
END
"""
"""Of an order that became no sales order, or that nobody could read; a message that still waits is read first."""

DUE_CUSTOMERS = """
FROM wharfinger_customer c
WHERE c.erased_at IS NULL AND NOT c.generic
    AND NOT EXISTS (
        SELECT 1 FROM wharfinger_salesorder o
        WHERE o.customer_id = COALESCE(c.merged_into_id, c.id) AND o.erased_at IS NULL
    )
    AND (c.made_at + %(in_transit)s < %(before)s OR EXISTS (
        SELECT 1 FROM wharfinger_salesorder o WHERE o.customer_id = COALESCE(c.merged_into_id, c.id)
    ))
"""
"""Whose orders are all erased; one without any order is kept as if it had one of the day it was made."""


def kept_days() -> int:
    return Installation.objects.values_list("personal_data_days", flat=True).filter(pk=1).first() or 30


def times(now: datetime) -> dict[str, Any]:
    """What the statements here take: what a clock reads that is as far ahead as clocks are, and before when a clock
    must have started for its data to be due."""
    return {"ahead": now + CLOCKS_DIFFER, "before": now - timedelta(days=kept_days()), "in_transit": IN_TRANSIT}


def due_now(now: datetime) -> tuple[int, int, int]:
    """How many orders, raw messages and customers are due: the next run of the clock erases them."""
    counts = []
    with connection.cursor() as cursor:
        for due in (DUE_ORDERS, DUE_MESSAGES, DUE_CUSTOMERS):
            cursor.execute(f"SELECT count(*) {due}", times(now))
            counts.append(int(cursor.fetchone()[0]))
    orders, messages, customers = counts
    return orders, messages, customers


@dataclass(frozen=True, slots=True)
class OrderPrivacy:
    """Of one sales order: `erased_at`, or when the clock is to erase it, unless it is under legal hold.

    `reason`: of the hold; a person's words, which may be about the buyer.
    """

    erased_at: datetime | None
    due_on: datetime
    held_at: datetime | None
    held_by: str
    reason: str


def order_privacy(order_id: int, now: datetime) -> OrderPrivacy:
    """The order is there. One statement, and one more while it is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.erased_at, {_STARTS}, {_HELD} FROM wharfinger_salesorder o {_SENT} WHERE o.id = %(order)s",
            times(now) | {"order": order_id},
        )
        erased_at, starts, is_held = cursor.fetchone()
    hold = None
    if is_held:
        hold = LegalHold.objects.filter(order=order_id, lifted_at=None).select_related("placed_by").first()
    return OrderPrivacy(
        erased_at=erased_at,
        due_on=starts + timedelta(days=kept_days()),
        held_at=hold.placed_at if hold else None,
        held_by=str(hold.placed_by) if hold else "",
        reason=hold.reason if hold else "",
    )
