"""Orders by the day on which they were placed: the one definition of “today”, for every page that counts them.

A day is that of the order's marketplace. Every order that was found at Amazon counts, whatever became of it and
whether or not a channel of ours sells there.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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

from wharfinger.db.models import ImportedOrder

_UNKNOWN = Value("UTC")
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
    """Today's, and the last so many days, today last; days without an order count 0. One statement.

    `today`: the reader's, by which the days are named; a marketplace's own today counts under it.
    """
    rows = _placed_within(now, days).annotate(ago=_days_ago(now))
    counted: Counter[int] = Counter()
    by_channel: dict[int | None, int] = {}
    for ago, channel, number in rows.values_list("ago", "channel").annotate(n=Count("*")):
        counted[ago] += number
        if ago == 0:
            by_channel[channel] = number
    last = [(today - timedelta(days=ago), counted[ago]) for ago in range(days - 1, -1, -1)]
    return OrdersOfToday(by_channel), last


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
