"""Quantities out by feeds: what waits in thousands is collected, uploaded, and its report read message by message.

Each number is worked out when the feed is collected, moments before it is uploaded; a run that dies before Amazon has
the feed leaves nothing that a next one would not work out anew.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    ConnectionFailed,
    InvalidRequest,
    NotAnsweredAsPromised,
    NotFound,
    Refused,
    ServerFault,
    Verdict,
)
from wharfinger.amazon.messages.feeds import Feed
from wharfinger.amazon.messages.listing_feeds import (
    JSON,
    LISTINGS_FEED,
    QuantityMessage,
    read_quantities_report,
    write_quantities,
)
from wharfinger.amazon.messages.listings import LeadTimeToSet
from wharfinger.amazon.messages.reports import Processing, decompressed
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.amazon.operations import (
    CREATE_FEED,
    CREATE_FEED_DOCUMENT,
    PATCH_LISTINGS_ITEM,
    Operation,
)
from wharfinger.db.queries.stock.feeds import (
    FeedMessage,
    FeedUnderWay,
    UsagePlan,
    feeds_under_way,
    how_many_wait,
    known_feeds,
    limits_of,
    messages_of,
    pace_now,
    queue_of,
    waiting_by_marketplace,
    watched_long_enough,
)
from wharfinger.domain.counts import counted
from wharfinger.domain.stock.plan import (
    FEED_AT_MOST,
    FIRST_LOOK,
    RARELY,
    Limits,
    ListingFeedState,
    Pace,
    Plan,
    Waiting,
    deadline,
    look_again_after,
)
from wharfinger.operations.stock import listing_feeds
from wharfinger.sync.calls import Calls, Clock, NotBefore

AT_ONCE = 1_000
"""Collected in one transaction: what changes meanwhile waits for a fraction of a second."""
CLOCKS_APART = timedelta(minutes=2)
"""By so much may Amazon's clock differ from ours."""
FEEDS_LISTED = 100
"""Of so many newest Amazon's list holds no more: an older one may be missing there, and have been worked on."""
DOUBT = timedelta(minutes=2)
"""After an attempt of unknown outcome a feed that Amazon does not list by then was never created."""

log = logging.getLogger(__name__)

OF_FEEDS_ALONE = (Refused, AccessDenied, NotAnsweredAsPromised, ServerFault, ConnectionFailed)
"""Said of a feed, or of feeds, or of where documents lie: single quantities may pass all the same, and show whether all
access, or the line, is lost."""

Planner = Callable[[Waiting, Limits, Pace], Plan]


@dataclass
class FeedsDone:
    """What a run's feeds came to."""

    collected: int = 0
    accepted: int = 0
    refused: int = 0
    late: int = 0
    faults: list[str] = field(default_factory=list)
    not_taken: str = ""
    """Why Amazon takes no feed now."""

    def summary(self) -> str:
        said = []
        if self.collected:
            said.append(f"{self.collected} submitted by feed")
        if self.accepted or self.refused:
            said.append(f"{self.accepted} accepted and {self.refused} refused by feed")
        if self.late:
            said.append(f"{self.late} of a late feed sent again")
        if self.faults:
            said.append(f"Amazon says nothing of {counted(len(self.faults), 'feed')} ({self.faults[0]})")
        if self.not_taken:
            said.append(f"Amazon takes no feed now ({self.not_taken})")
        return ", ".join(said)


# --- feeds under way


def look(account_id: int, amazon: Calls, clock: Clock, done: FeedsDone) -> None:
    """Every feed that has not ended one step on, when it is due. A feed of which Amazon says nothing holds up neither
    the others nor the patches: after its deadline they take its SKUs over."""
    for feed in feeds_under_way(account_id):
        if feed.state is ListingFeedState.PREPARING:  # its process died: the numbers may be old by now
            listing_feeds.drop(feed.id)
            continue
        try:
            if feed.state is ListingFeedState.SUBMITTING or (_is_due(feed, clock) and not feed.feed_id):
                _settle_lost(account_id, feed, amazon, clock)
            elif _is_due(feed, clock):
                _look_at(account_id, feed, amazon, clock, done)
        except OF_FEEDS_ALONE as error:
            log.warning("Feed %s of account %s: %s", feed.feed_id, account_id, error)
            done.faults.append(error.summary())
            _wait(account_id, feed, amazon, clock, done)


def _is_due(feed: FeedUnderWay, clock: Clock) -> bool:
    return feed.look_at is None or feed.look_at <= clock.now() or feed.look_at > clock.now() + 2 * RARELY


def _settle_lost(account_id: int, feed: FeedUnderWay, amazon: Calls, clock: Clock) -> None:
    """No answer came to createFeed, or the process died. Amazon's list of feeds says whether it was created: it must
    not be created twice, for the first may be worked on after the second. One that is late is only watched."""
    if feed.attempted_at is None or feed.attempted_at_machine is None:
        listing_feeds.drop(feed.id)
        return
    if clock.machine_now() < feed.attempted_at_machine + timedelta(seconds=amazon.whole_timeout):
        return
    since = feed.attempted_at - CLOCKS_APART
    listed = amazon.get_feeds(LISTINGS_FEED, created_since=since).value
    known = known_feeds(account_id, since=since - CLOCKS_APART)
    fresh = [one for one in listed if one.feed_id not in known and (one.created_time or since) >= since]
    ours = [one for one in fresh if one.marketplace_ids in ((feed.marketplace_id,), ())]
    if ours:
        found = min(ours, key=lambda one: abs((one.created_time or since) - since - CLOCKS_APART))
        listing_feeds.note_submitted(feed.id, feed_id=found.feed_id, look_at=clock.now())
    elif feed.state is ListingFeedState.LATE:
        listing_feeds.end_late(account_id, feed.id, processed=len(listed) >= FEEDS_LISTED, now=clock.now())
    elif clock.now() - feed.attempted_at > DOUBT:
        listing_feeds.drop(feed.id)


def _look_at(account_id: int, feed: FeedUnderWay, amazon: Calls, clock: Clock, done: FeedsDone) -> None:
    try:
        found = amazon.get_feed(feed.feed_id).value
    except NotFound:
        _end(account_id, feed, "Amazon no longer knows the feed.", clock, done)
        return
    match found.status:
        case Processing.DONE if feed.state is ListingFeedState.LATE:
            done.late += listing_feeds.end_late(account_id, feed.id, processed=True, now=clock.now())
        case Processing.DONE:
            _take(account_id, feed, found, amazon, clock, done)
        case Processing.FATAL | Processing.CANCELLED:
            _end(account_id, feed, f"Amazon did not process the feed ({found.status.value}).", clock, done)
        case _:
            _wait(account_id, feed, amazon, clock, done)


def _end(account_id: int, feed: FeedUnderWay, error: str, clock: Clock, done: FeedsDone) -> None:
    if feed.state is ListingFeedState.LATE:
        listing_feeds.end_late(account_id, feed.id, processed=False, now=clock.now())
    else:
        log.warning("Feed %s of account %s: %s", feed.feed_id, account_id, error)
        listing_feeds.end_unprocessed(feed.id, error=error, now=clock.now())


def _wait(account_id: int, feed: FeedUnderWay, amazon: Calls, clock: Clock, done: FeedsDone) -> None:
    """Not done yet. After its deadline it is taken back where Amazon lets us, and its SKUs go one by one."""
    now = clock.now()
    age = now - (feed.attempted_at or now)
    if feed.state is ListingFeedState.LATE:
        if watched_long_enough(feed, now):
            done.late += listing_feeds.end_late(account_id, feed.id, processed=True, now=now)
        else:
            listing_feeds.look_later(feed.id, look_at=now + look_again_after(age))
    elif age <= deadline(feed.messages, pace_now(account_id, now=now)):
        listing_feeds.look_later(feed.id, look_at=now + look_again_after(age))
    elif not feed.feed_id:
        error = f"It is not known whether Amazon has the feed, after {_minutes(age)} minutes."
        listing_feeds.give_up(feed.id, error=error, look_at=now + look_again_after(age), now=now)
    elif _taken_back(feed, amazon):
        _end(account_id, feed, f"Amazon had not begun with the feed after {_minutes(age)} minutes.", clock, done)
    else:
        error = f"Amazon had not finished the feed after {_minutes(age)} minutes."
        listing_feeds.give_up(feed.id, error=error, look_at=now + look_again_after(age), now=now)


def _minutes(age: timedelta) -> int:
    return int(age.total_seconds() // 60)


def _taken_back(feed: FeedUnderWay, amazon: Calls) -> bool:
    try:
        amazon.cancel_feed(feed.feed_id)
    except OF_FEEDS_ALONE:  # it is being worked on, or may be
        return False
    return True


def _take(account_id: int, feed: FeedUnderWay, found: Feed, amazon: Calls, clock: Clock, done: FeedsDone) -> None:
    """The report; where it cannot be had or read, what the listings show says what became of each message."""
    refused: dict[int, str] = {}
    doubt = ""
    if not found.result_feed_document_id:
        doubt = "Amazon's feed is done and names no report."
    else:
        try:
            document = amazon.get_feed_document(found.result_feed_document_id).value
            result = read_quantities_report(decompressed(amazon.download_feed_report(document)))
        except Unreadable as fault:
            doubt = f"Amazon's report: {fault}."
        except OF_FEEDS_ALONE as error:
            doubt = f"Amazon does not give the feed's report: {error.summary()}."
        else:
            refused = result.refused
            if 0 not in refused and result.processed != feed.messages:
                doubt = f"Amazon counts {result.processed} of {feed.messages} messages."
    if 0 in refused:
        _end(account_id, feed, f"Amazon refused the whole feed: {refused[0]}", clock, done)
        return
    accepted, wrong = listing_feeds.keep_result(account_id, feed.id, refused=refused, doubt=doubt, now=clock.now())
    done.accepted += accepted
    done.refused += wrong


# --- new feeds


def begin(account_id: int, amazon: Calls, clock: Clock, done: FeedsDone, choose: Planner, few: int) -> None:
    """Put what waits into feeds where that is sooner than patches, and submit them."""
    now = clock.now()
    if how_many_wait(account_id, now=now, at_most=few + 1) <= few:
        return
    limits = limits_now(account_id, now=now)
    if limits.feeds <= 0:
        return
    chosen = choose(waiting_by_marketplace(account_id, now=now), limits, pace_now(account_id, now=now))
    if not chosen.marketplaces:
        return
    try:
        _collect(account_id, chosen, limits, clock)
        for feed in feeds_under_way(account_id):
            if feed.state is ListingFeedState.PREPARING and not done.not_taken:
                done.collected += _submit(account_id, feed, amazon, clock, done)
    finally:
        _drop_prepared(account_id)


def limits_now(account_id: int, *, now: datetime) -> Limits:
    """What the account's shared budget allows of patches and feeds."""
    return limits_of(account_id, _plan_of(PATCH_LISTINGS_ITEM), _FEED_PLANS, now=now)


def _plan_of(operation: Operation) -> UsagePlan:
    if operation.rate is None or operation.burst is None:
        raise ValueError(f"{operation.name} has no usage plan")
    return UsagePlan(operation.name, operation.rate, operation.burst)


_FEED_PLANS = (_plan_of(CREATE_FEED), _plan_of(CREATE_FEED_DOCUMENT))


def _collect(account_id: int, chosen: Plan, limits: Limits, clock: Clock) -> None:
    feeds = min(limits.feeds, chosen.feeds) if chosen.feeds else limits.feeds
    queue = queue_of(account_id, now=clock.now(), after=chosen.by_patch, at_most=feeds * FEED_AT_MOST)
    for some in _in_parts(queue):
        listing_feeds.collect(account_id, some, chosen.marketplaces, feeds=feeds, now=clock.now())


def _in_parts(queue: Sequence[int]) -> Sequence[Sequence[int]]:
    return [queue[start : start + AT_ONCE] for start in range(0, len(queue), AT_ONCE)]


def _drop_prepared(account_id: int) -> None:
    """What could not be submitted now is worked out anew when it can."""
    for feed in feeds_under_way(account_id):
        if feed.state is ListingFeedState.PREPARING:
            listing_feeds.drop(feed.id)


def _submit(account_id: int, feed: FeedUnderWay, amazon: Calls, clock: Clock, done: FeedsDone) -> int:
    """Document, upload, feed. Up to createFeed nothing has happened at Amazon. Returns how many messages went."""
    messages = messages_of(feed.id)
    if not messages:
        listing_feeds.drop(feed.id)
        return 0
    content = write_quantities(
        amazon.account.seller_id,
        (QuantityMessage(one.number, one.sku, one.product_type, one.quantity, _lead_time(one)) for one in messages),
    )
    try:
        document = amazon.create_feed_document(JSON).value
        amazon.upload_feed(document, content, JSON)
        if not listing_feeds.note_attempt(feed.id, now=clock.now(), machine_now=clock.machine_now()):
            return 0
        feed_id = amazon.create_feed(LISTINGS_FEED, (feed.marketplace_id,), document.feed_document_id).value
    except NotBefore:
        listing_feeds.drop(feed.id)
        raise
    except AmazonError as error:
        _settle_error(account_id, feed, error, clock, done)
        return 0
    listing_feeds.note_submitted(feed.id, feed_id=feed_id, look_at=clock.now() + FIRST_LOOK)
    return len(messages)


def _lead_time(message: FeedMessage) -> LeadTimeToSet | None:
    if message.lead_time is None and not message.takes_lead_time:
        return None
    return LeadTimeToSet(message.lead_time, message.restock_date)


def _settle_error(account_id: int, feed: FeedUnderWay, error: AmazonError, clock: Clock, done: FeedsDone) -> None:
    """Of unknown outcome: looked up before anything is repeated. Refused, denied or not as promised: patches for a
    while, and they show whether all access is lost. A fault of Amazon's or of the line: nothing has happened at Amazon;
    this run goes by patches, and the next one tries again. All else ends the run."""
    if error.outcome_unknown and _is_submitting(account_id, feed.id):
        return
    if isinstance(error, Refused | AccessDenied | InvalidRequest | NotAnsweredAsPromised):
        listing_feeds.end_unprocessed(feed.id, error=f"Amazon does not take feeds: {error.summary()}", now=clock.now())
        return
    listing_feeds.drop(feed.id)
    if error.verdict is not Verdict.LATER:
        raise error
    log.warning("Account %s: no feed could be submitted: %s", account_id, error)
    done.not_taken = error.summary()


def _is_submitting(account_id: int, feed_pk: int) -> bool:
    return any(one.id == feed_pk and one.state is ListingFeedState.SUBMITTING for one in feeds_under_way(account_id))


def next_look(account_id: int, clock: Clock, whole_timeout: float) -> datetime | None:
    """When a feed under way is to be looked at."""
    now = clock.now()
    times = []
    for feed in feeds_under_way(account_id):
        if feed.state is ListingFeedState.SUBMITTING:
            times.append(now + timedelta(seconds=max(30.0, whole_timeout / 2)))
        else:
            times.append(min(feed.look_at or now, now + 2 * RARELY))
    return min(times, default=None)
