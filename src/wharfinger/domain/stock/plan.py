"""By patches or by feeds: how what waits reaches Amazon soonest, within the account's rate limits. Pure.

`docs/algorithms/stock-out.md` has the sums and an example.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from wharfinger.domain.labels import Labelled
from wharfinger.domain.stock.listing_quantity import LOW


class ListingFeedState(Labelled):
    """The life of one feed of quantities at Amazon.

    PREPARING (its messages are collected; Amazon has nothing) → SUBMITTING (written before the call; unknown until
    settled) → PROCESSING (Amazon has it) → DONE, or FAILED (Amazon did not work on it). LATE: it was not done by its
    deadline, and patches took over; it is watched until it ends, because it may still write old numbers.
    """

    PREPARING = "preparing", "Being prepared"
    SUBMITTING = "submitting", "Being submitted"
    PROCESSING = "processing", "Amazon is working on it"
    LATE = "late", "Late: sent one by one instead"
    DONE = "done", "Processed"
    FAILED = "failed", "Not processed"


HOLDS = (ListingFeedState.PREPARING, ListingFeedState.SUBMITTING, ListingFeedState.PROCESSING)
"""While a feed is in one of these, its SKUs are in no other feed, and by patch goes only what overtakes it."""
WATCHED = (*HOLDS, ListingFeedState.LATE)

FEW = 200
"""So many go by patches in 40 seconds: sooner than any feed is done, and counted in one cheap statement."""
FEED_AT_MOST = 25_000
FEEDS_AT_MOST, WITHIN = 5, timedelta(minutes=5)
"""Amazon's limit on listings feeds of a region, behind the usage plan of createFeed."""
USUAL_START = 120.0
"""Seconds until a feed is done beside what its messages take, as long as nothing is known of this account's feeds."""
MESSAGES_A_SECOND = 150.0
SLOWEST_START = 12 * 3600.0
LOOKS_BACK = timedelta(hours=24)
RECENT = 5
"""An account's last feeds say how fast Amazon is with them now."""
FIRST_LOOK, RARELY = timedelta(seconds=60), timedelta(minutes=5)
LEAST_DEADLINE, LONGEST_DEADLINE = timedelta(minutes=30), timedelta(hours=2)
GIVEN_UP_AFTER = timedelta(days=3)
"""Amazon ends no feed later than that: a late one is no longer watched."""
PATCHES_AFTER_A_FAULT = timedelta(hours=1)
"""A feed that Amazon refused or did not process: until then everything goes one by one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a feed takes: `start` seconds, and its messages at so many a second."""

    start: float = USUAL_START
    messages_a_second: float = MESSAGES_A_SECOND

    def seconds(self, feeds: int, messages: int) -> float:
        """Amazon works on one feed of a kind after the other."""
        return feeds * self.start + messages / self.messages_a_second if feeds else 0.0


def pace_of(ended: Sequence[tuple[int, float]]) -> Pace:
    """From (messages, seconds) of the account's last feeds, newest first; a late one counts until it was given up."""
    starts = [seconds - messages / MESSAGES_A_SECOND for messages, seconds in ended[:RECENT]]
    if not starts:
        return Pace()
    return Pace(min(max(median(starts), FIRST_LOOK.total_seconds() / 2), SLOWEST_START))


@dataclass(frozen=True, slots=True)
class Limits:
    """What the account's rate limits allow: patches now and a second, and feeds now."""

    patches: float
    patches_a_second: float
    feeds: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for Amazon, by marketplace; `urgent` of them (zeros and low numbers) are at the head of the queue."""

    urgent: int
    by_marketplace: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_marketplace.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """The first `by_patch` of the queue, and every marketplace that is not named, go by patches; the rest of
    `marketplaces` by feeds. `seconds`: when everything should be at Amazon."""

    by_patch: int
    marketplaces: tuple[str, ...] = ()
    seconds: float = 0.0
    feeds: int = field(default=0)


def plan(waiting: Waiting, limits: Limits, pace: Pace) -> Plan:
    """The plan that is done soonest; of two that are done at the same time that with fewer feeds.

    Patches carry zeros and low numbers at once, as many as they can while a feed is under way: what lies beyond would
    be sooner at Amazon by the feed, and rides in it.
    """
    best = Plan(waiting.total, seconds=_patching(waiting.total, limits))
    if waiting.total <= FEW or limits.feeds <= 0 or limits.patches_a_second <= 0:
        return best
    largest = sorted(waiting.by_marketplace, key=lambda one: (-waiting.by_marketplace[one], one))
    for count in range(1, len(largest) + 1):
        for feeds in range(1, limits.feeds + 1):
            found = _with_feeds(waiting, largest[:count], feeds, limits, pace)
            if found is not None and found.seconds < best.seconds:
                best = found
    return best


def _with_feeds(waiting: Waiting, marketplaces: Sequence[str], feeds: int, limits: Limits, pace: Pace) -> Plan | None:
    """At most so many feeds of these marketplaces; None where all of them fit into fewer, or not each has one."""
    riding = min(sum(waiting.by_marketplace[one] for one in marketplaces), feeds * FEED_AT_MOST)
    by_patch = min(waiting.urgent, int(limits.patches + limits.patches_a_second * pace.seconds(feeds, riding)))
    counts = [waiting.by_marketplace[one] for one in marketplaces]
    counts[0] = max(0, counts[0] - by_patch)  # the head of the queue: counted off the largest, which is good enough
    carried, left = [], feeds
    for count in counts:
        carried.append(min(count, left * FEED_AT_MOST))
        left -= -(-carried[-1] // FEED_AT_MOST)
    if left or not all(carried):
        return None
    messages = sum(carried)
    seconds = max(pace.seconds(feeds, messages), _patching(waiting.total - messages, limits))
    return Plan(by_patch, tuple(marketplaces), seconds, feeds)


def _patching(count: int, limits: Limits) -> float:
    if count <= 0:
        return 0.0
    return max(0.0, count - limits.patches) / limits.patches_a_second if limits.patches_a_second > 0 else float("inf")


def best_seconds(waiting: Waiting, limits: Limits, pace: Pace) -> float:
    """The soonest that anybody could have everything there: feeds as large as Amazon takes them, and patches that carry
    as many as they can while the feeds are under way. Patches that do so leave nothing for what becomes urgent
    meanwhile, which is why `plan` does not."""
    best = _patching(waiting.total, limits)
    for feeds in range(1, limits.feeds + 1):
        most = min(waiting.total, feeds * FEED_AT_MOST)
        low, high = 0, most
        while low < high:  # the more ride in feeds, the longer these take and the sooner the patches are done
            middle = (low + high) // 2
            if pace.seconds(feeds, middle) < _patching(waiting.total - middle, limits):
                low = middle + 1
            else:
                high = middle
        for riding in (max(0, low - 1), low):
            best = min(best, max(pace.seconds(feeds, riding), _patching(waiting.total - riding, limits)))
    return best


def overtakes(quantity: int, in_feed: int) -> bool:
    """Whether a SKU's number goes by patch at once though an older one of it is in a feed under way.

    Fewer units must not wait for a feed that may take hours, and neither must the last ones. The feed may still write
    its number afterwards: the SKU is sent once more when that has ended. More units wait: at worst a sale comes later.
    """
    return quantity < in_feed or (quantity <= LOW and quantity != in_feed)


def deadline(messages: int, pace: Pace) -> timedelta:
    """After that a feed is stuck."""
    usual = timedelta(seconds=min(3 * pace.seconds(1, messages), LONGEST_DEADLINE.total_seconds()))
    return max(LEAST_DEADLINE, usual)


def look_again_after(age: timedelta) -> timedelta:
    """How long to wait until the next look at a feed that was submitted so long ago."""
    return max(timedelta(seconds=20), min(age / 5, RARELY))
