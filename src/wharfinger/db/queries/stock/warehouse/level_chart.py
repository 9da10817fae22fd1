"""What the chart of an item's level is drawn from: its ledger, and the numbers that were sent."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import TruncDate

from wharfinger.db.models import Movement, Site, StockItem, StockPush
from wharfinger.db.queries.stock.then import levels_at
from wharfinger.domain.days import begins, day_of
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.stock.level_chart import DAYS, LevelChart, carried_on, daily_levels, level_chart

_AVAILABLE = ("Available", "Kits that can be assembled")


def item_chart(item_id: int, *, zone: str, now: datetime) -> LevelChart | None:
    """On hand at the shop's own sites at the end of each day of the zone, and what was available in the sums of the
    numbers sent last. A fixed number of statements, however
    many movements there are. None = there is no such item."""
    code = StockItem.objects.filter(pk=item_id).values_list("code", flat=True).first()
    if code is None:
        return None
    first = day_of(now, zone) - timedelta(days=DAYS - 1)
    begin = begins(first, zone)
    own = set(Site.objects.exclude(kind=SiteKind.FBA).exclude(for_transfers=True).values_list("pk", flat=True))
    before = levels_at([item_id], begin - timedelta(microseconds=1)).get(item_id, [])
    opening = {one.site_id: one.on_hand for one in before if one.site_id in own}
    rows = Movement.objects.filter(item=item_id, site__in=own, moved_at__gte=begin, moved_at__lte=now)
    days = rows.annotate(day=TruncDate("moved_at", tzinfo=ZoneInfo(zone))).order_by("site", "day", "-id")
    closings = days.distinct("site", "day").values_list("site", "day", "on_hand_after")
    on_hand = daily_levels(first, DAYS, opening, closings)
    return level_chart(first, on_hand, carried_on(first, DAYS, _available(item_id, code, begin, now, zone)))


def _available(item_id: int, code: str, begin: datetime, now: datetime, zone: str) -> list[Any]:
    pushes = StockPush.objects.filter(
        listing__products__item=item_id, attempted_at__gte=begin, attempted_at__lte=now, why__item=code
    ).annotate(day=TruncDate("attempted_at", tzinfo=ZoneInfo(zone)))
    newest = pushes.order_by("day", "-id").distinct("day").values_list("day", "why")
    found = []
    for day, why in newest:
        steps = dict(map(tuple, why.get("steps", [])))
        number = next((steps[label] for label in _AVAILABLE if label in steps), None)
        if number is not None:
            found.append((day, int(number)))
    return found
