"""Orders by the day on which they were placed: the one definition of “today”, for every page that counts them.

A day is that of the order's marketplace. Every order that was found at Amazon counts, whatever became of it and
whether or not a channel of ours sells there.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import (
    Count,
    DateField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from wharfinger.db.models import ImportedOrder, Marketplace

_UTC = "UTC"
_UNKNOWN = Value(_UTC)
"""The zone of an order whose marketplace nobody knows."""


@dataclass(frozen=True, slots=True)
class OrdersOfToday:
    """`by_channel`: those of marketplaces where there is no channel stand under None."""

    by_channel: Mapping[int | None, int]

    @property
    def total(self) -> int:
        return sum(self.by_channel.values())


def orders_of_today(now: datetime) -> OrdersOfToday:
    """Those of the day that it is now at each order's marketplace."""
    rows = _placed_within(now, 1).annotate(ago=_days_ago(now)).filter(ago=0)
    return OrdersOfToday(dict(rows.values_list("channel").annotate(n=Count("*"))))


def orders_by_day(now: datetime, today: date, days: int) -> tuple[OrdersOfToday, list[tuple[date, int]]]:
    """Today's, and the last so many days, today last; days without an order count 0. Two statements.

    `today`: the reader's, by which the days are named; a marketplace's own today counts under it.
    """
    zones: set[str] = {_UTC, *Marketplace.objects.values_list("time_zone", flat=True).distinct().order_by()}
    named = [(zone, _midnights(ZoneInfo(zone), now, days)) for zone in sorted(zones)]
    params = [value for pair in named for value in pair]
    counted: Counter[int] = Counter()
    by_channel: dict[int | None, int] = {}
    with connection.cursor() as cursor:
        sql = _BY_DAY.format(zones=", ".join(["(%s, %s::timestamptz[])"] * len(named)))
        cursor.execute(sql, [*params, _UTC, now - timedelta(days=days + 1)])
        for begun, channel, number in cursor.fetchall():
            counted[days - begun] += number
            if begun == days:
                by_channel[channel] = number
    last = [(today - timedelta(days=ago), counted[ago]) for ago in range(days - 1, -1, -1)]
    return OrdersOfToday(by_channel), last


def _midnights(zone: ZoneInfo, now: datetime, days: int) -> list[datetime]:
    """When each of the last so many days began there, the oldest first."""
    today = now.astimezone(zone).date()
    return [datetime.combine(today - timedelta(days=ago), time(), zone) for ago in range(days - 1, -1, -1)]


_BY_DAY = """
SELECT width_bucket(i.placed_at, zone.midnights), i.channel_id, count(*)
FROM wharfinger_importedorder i
LEFT JOIN wharfinger_marketplace m ON m.id = i.marketplace_id
JOIN (VALUES {zones}) AS zone (name, midnights) ON zone.name = COALESCE(m.time_zone, %s)
WHERE i.placed_at >= %s
GROUP BY 1, 2
"""
"""How many of the days had begun when an order was placed: at half the cost of each order's wall clock."""


def _placed_within(now: datetime, days: int) -> QuerySet[ImportedOrder]:
    """A day more, wherever it begins."""
    return ImportedOrder.objects.filter(placed_at__gte=now - timedelta(days=days + 1)).order_by()


def _days_ago(now: datetime) -> Greatest:
    """How many days ago an order was placed, as days are counted at its marketplace."""
    zone = Coalesce("marketplace__time_zone", _UNKNOWN)
    today, placed = (Cast(_local(zone, at), DateField()) for at in (Value(now), F("placed_at")))
    ago = Func(today, placed, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())
    return Greatest(ago, Value(0))


def _local(zone: F | Coalesce, moment: F | Value) -> Func:
    """The wall clock of the zone at the moment, a timestamp without zone."""
    return Func(zone, moment, function="timezone", output_field=DateTimeField())
