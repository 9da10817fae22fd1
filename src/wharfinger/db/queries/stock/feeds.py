"""What the plan of quantities out is made of: what waits, what the rate limits allow, how fast Amazon is with feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from wharfinger.db.models import ListingFeed, RateBudget, StockNotice, StockPush
from wharfinger.db.queries.moments import is_due
from wharfinger.domain.access.budget import RESERVE, Bucket, tokens_at
from wharfinger.domain.retry import LONGEST_PAUSE_OF_A_REFUSAL
from wharfinger.domain.stock.plan import (
    FEEDS_AT_MOST,
    GIVEN_UP_AFTER,
    HOLDS,
    LOOKS_BACK,
    PATCHES_AFTER_A_FAULT,
    RECENT,
    WATCHED,
    WITHIN,
    Limits,
    ListingFeedState,
    Pace,
    Waiting,
    pace_of,
)


@dataclass(frozen=True, slots=True)
class UsagePlan:
    """An operation's published rate (calls a second) and burst: what holds before its first call."""

    operation: str
    rate: Decimal
    burst: Decimal


_FREE = {"feed": None, "passes": True, "held": False}
"""In no feed yet, and not held by the write guard: what that lets pass of held ones goes one by one."""


def how_many_wait(account_id: int, *, now: datetime, at_most: int) -> int:
    """Notices that may be claimed, counted up to `at_most`."""
    due = is_due("again_at", now, LONGEST_PAUSE_OF_A_REFUSAL)
    return StockNotice.objects.filter(due, account_id=account_id, **_FREE)[:at_most].count()


_WAITING = """
SELECT place, count(*), count(*) FILTER (WHERE urgency > 0) FROM (
    SELECT notice.listing_id, max(notice.urgency) AS urgency, min(product.marketplace_id) AS place
    FROM wharfinger_stocknotice AS notice
    JOIN wharfinger_channelproduct AS product ON product.listing_id = notice.listing_id
    JOIN wharfinger_channel AS channel
      ON channel.account_id = notice.account_id AND channel.marketplace_id = product.marketplace_id
    WHERE notice.account_id = %s AND notice.feed_id IS NULL AND notice.passes AND NOT notice.held
      AND notice.again_at <= %s AND product.item_id IS NOT NULL
      AND channel.kind = 'FBM' AND channel.enabled AND NOT channel.archived
      AND channel.stock_upload_approved_at IS NOT NULL AND NOT channel.dont_upload_stock_levels
    GROUP BY notice.listing_id
) AS every GROUP BY place
"""


def waiting_by_marketplace(account_id: int, *, now: datetime) -> Waiting:
    """By the first marketplace whose channel sends: a listings feed is of one marketplace. An estimate for the plan;
    what is sent through which is decided when it is claimed."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [account_id, now])
        rows = cursor.fetchall()
    return Waiting(sum(row[2] for row in rows), {row[0]: row[1] for row in rows})


def queue_of(account_id: int, *, now: datetime, after: int, at_most: int) -> list[int]:
    """Listings of the waiting notices in the order in which they go, without the first `after`."""
    rows = StockNotice.objects.filter(
        is_due("again_at", now, LONGEST_PAUSE_OF_A_REFUSAL), account_id=account_id, **_FREE
    )
    found = rows.order_by("-urgency", "raised_at", "pk").values_list("listing_id", flat=True)
    return list(found[after : after + at_most])


def limits_of(account_id: int, patches: UsagePlan, feeds: Sequence[UsagePlan], *, now: datetime) -> Limits:
    """As the shared budget has them; feeds: the least of what each of their operations allows."""
    rows = RateBudget.objects.filter(
        account_id=account_id, operation__in=[patches.operation, *(one.operation for one in feeds)]
    )
    found = {row.operation: row for row in rows}
    tokens, rate = _held(found.get(patches.operation), patches, now)
    allowed = min(int(_held(found.get(one.operation), one, now)[0]) for one in feeds)
    return Limits(float(tokens), float(rate), max(0, min(allowed, _feeds_left(account_id, now))))


def _held(row: RateBudget | None, published: UsagePlan, now: datetime) -> tuple[Decimal, Decimal]:
    """Tokens that may be spent now, and how many come a second."""
    if row is None:
        return published.burst - RESERVE, published.rate
    rate = row.rate * row.share
    if row.blocked_until is not None and row.blocked_until > now:
        return Decimal(0), rate
    return max(Decimal(0), tokens_at(Bucket(rate, row.burst, row.tokens, row.counted_at), now) - RESERVE), rate


def _feeds_left(account_id: int, now: datetime) -> int:
    """Of the feeds that Amazon takes within five minutes; none for an hour after one that it did not process."""
    rows = ListingFeed.objects.filter(account_id=account_id)
    if rows.filter(state=ListingFeedState.FAILED, ended_at__gt=now - PATCHES_AFTER_A_FAULT, ended_at__lte=now).exists():
        return 0
    under_way = rows.filter(state__in=HOLDS).count()
    lately = rows.filter(attempted_at__gt=now - WITHIN, attempted_at__lte=now).count()
    return FEEDS_AT_MOST - max(under_way, lately)


def pace_now(account_id: int, *, now: datetime) -> Pace:
    """By the feeds that ended lately; a late one took at least until it was given up."""
    rows = ListingFeed.objects.filter(
        account_id=account_id,
        state__in=[ListingFeedState.DONE, ListingFeedState.LATE],
        attempted_at__isnull=False,
        ended_at__gt=now - LOOKS_BACK,
        ended_at__lte=now,
    ).order_by("-pk")
    taken = rows.values_list("messages", "attempted_at", "ended_at")
    return pace_of(
        [(count, (ended - begun).total_seconds()) for count, begun, ended in taken[:RECENT] if begun and ended]
    )


@dataclass(frozen=True, slots=True)
class FeedUnderWay:
    """A feed of quantities that has not ended."""

    id: int
    state: ListingFeedState
    feed_id: str
    marketplace_id: str
    messages: int
    attempted_at: datetime | None
    attempted_at_machine: datetime | None
    look_at: datetime | None


def feeds_under_way(account_id: int) -> tuple[FeedUnderWay, ...]:
    """Oldest first."""
    rows = ListingFeed.objects.filter(account_id=account_id, state__in=WATCHED).order_by("pk")
    names = ("pk", "state", "feed_id", "marketplace_id", "messages", "attempted_at", "attempted_at_machine", "look_at")
    return tuple(FeedUnderWay(*row) for row in rows.values_list(*names))


def known_feeds(account_id: int, *, since: datetime) -> set[str]:
    """Amazon's ids of our feeds that were attempted since then."""
    rows = ListingFeed.objects.filter(account_id=account_id, attempted_at__gte=since).exclude(feed_id="")
    return set(rows.values_list("feed_id", flat=True))


@dataclass(frozen=True, slots=True)
class FeedMessage:
    number: int
    sku: str
    product_type: str
    quantity: int
    lead_time: int | None = None
    takes_lead_time: bool = False
    restock_date: str = ""


def messages_of(feed_pk: int) -> list[FeedMessage]:
    """What a feed carries, by number."""
    rows = StockPush.objects.filter(feed=feed_pk).order_by("number")
    return [
        FeedMessage(*row)
        for row in rows.values_list(
            "number", "listing__sku", "listing__product_type", "quantity", "lead_time", "takes_lead_time",
            "listing__restock_date",
        )
    ]  # fmt: skip


def watched_long_enough(feed: FeedUnderWay, now: datetime) -> bool:
    """Amazon ends no feed that is so old."""
    return feed.attempted_at is not None and now - feed.attempted_at > GIVEN_UP_AFTER
