"""Orders by the day on which they were placed: the one definition of “today”, for every page that counts them.

Every order that was found at Amazon counts, whatever became of it and whether or not a channel of ours sells there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from wharfinger.db.models import ImportedOrder


@dataclass(frozen=True, slots=True)
class OrdersOfToday:
    """`by_channel`: those of marketplaces where there is no channel stand under None."""

    by_channel: Mapping[int | None, int]

    @property
    def total(self) -> int:
        return sum(self.by_channel.values())


def orders_of_today(midnight: datetime) -> OrdersOfToday:
    """`midnight`: the beginning of the day that is meant."""
    rows = ImportedOrder.objects.filter(placed_at__gte=midnight).order_by()
    return OrdersOfToday(dict(rows.values_list("channel").annotate(n=Count("id"))))


def orders_by_day(midnight: datetime, days: int) -> list[tuple[date, int]]:
    """The last so many days, today last; days without an order count 0."""
    today = midnight.date()
    shown = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    since = datetime.combine(shown[0], time.min, tzinfo=midnight.tzinfo)
    rows = ImportedOrder.objects.filter(placed_at__gte=since).order_by()
    counted = dict(
        rows.annotate(day=TruncDate("placed_at", tzinfo=midnight.tzinfo)).values_list("day").annotate(n=Count("id"))
    )
    return [(day, counted.get(day, 0)) for day in shown]
