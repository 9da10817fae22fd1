"""Cancellations to Amazon: one feed at a time, its report message by message, then each order until it is cancelled.

A feed rather than a call: Orders 2026-01-01 has no operation that cancels. Amazon advises one feed of a type at a
time; what is requested meanwhile waits for the next.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    NotAnsweredAsPromised,
    NotFound,
    Refused,
    ServerFault,
    Verdict,
)
from wharfinger.amazon.messages.feeds import (
    ORDER_ACKNOWLEDGEMENT,
    XML,
    Feed,
    read_processing_report,
    write_cancellations,
)
from wharfinger.amazon.messages.orders import decode_order
from wharfinger.amazon.messages.reports import Processing, decompressed
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.domain.orders.cancelling import GIVEN_UP_AFTER, FeedState, look_again_after
from wharfinger.domain.orders.order import AmazonStatus
from wharfinger.operations.orders import inbox
from wharfinger.operations.orders.actions import cancellations
from wharfinger.operations.orders.actions.cancellations import FeedUnderWay, ToReadBack
from wharfinger.operations.orders.inbox import RawOrder
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore, run_parts
from wharfinger.sync.translate.cancellations import to_cancelled_order
from wharfinger.sync.translate.orders import status_of

SOONEST = timedelta(seconds=10)
FAULTS_IN_A_ROW = 3


@dataclass
class _Run:
    """What one run came to."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    cancelled: int = 0
    look_at: datetime | None = None
    """When the feed under way is looked at again."""

    def summary(self) -> str:
        return f"{self.sent} sent, {self.accepted} accepted, {self.refused} refused, {self.cancelled} cancelled"


def run(account_id: int, amazon: Calls, clock: Clock) -> FlowResult:
    """The feed one step on, then the orders whose cancellation was accepted or is in doubt."""
    done = _Run(cancelled=cancellations.settle_seen(account_id, now=clock.now()))
    wait = run_parts([partial(part, account_id, amazon, clock, done) for part in (_go_on, _read_back)])
    if wait is not None:
        return FlowResult(done.summary(), wait.at, f"the rate limit of {wait.operation}")
    due = [at for at in (cancellations.next_due(account_id), done.look_at) if at is not None]
    return FlowResult(done.summary(), max(min(due), clock.now() + SOONEST) if due else None)


def _go_on(account_id: int, amazon: Calls, clock: Clock, done: _Run) -> None:
    """The feed that is under way, or a new one of what waits."""
    feed = cancellations.feed_under_way(account_id)
    if feed is not None and feed.state is FeedState.PROCESSING:
        _look(account_id, feed, amazon, clock, done)
        feed = cancellations.feed_under_way(account_id)
    if feed is not None and feed.state is FeedState.SUBMITTING:
        _settle_lost(feed, amazon, clock, done)
        return
    if feed is None and cancellations.begin_feed(account_id, now=clock.now()):
        feed = cancellations.feed_under_way(account_id)
    if feed is not None and feed.state is FeedState.PREPARING:
        _send(account_id, feed, amazon, clock, done)


def _settle_lost(feed: FeedUnderWay, amazon: Calls, clock: Clock, done: _Run) -> None:
    """The process ended between attempt and outcome; once no request of ours can be under way, it is unknown."""
    over = clock.machine_now() - timedelta(seconds=amazon.whole_timeout)
    if feed.attempted_at_machine is None or feed.attempted_at_machine <= over:
        cancellations.note_unknown(feed.id, error="The program ended while the feed was created.", now=clock.now())
    else:
        done.look_at = clock.now() + timedelta(seconds=amazon.whole_timeout)


def _send(account_id: int, feed: FeedUnderWay, amazon: Calls, clock: Clock, done: _Run) -> None:
    """Up to createFeed nothing has happened at Amazon: whatever stops us, the next run begins with a new document."""
    if not feed.messages:
        cancellations.note_attempt(feed.id, now=clock.now(), machine_now=clock.machine_now())
        return
    messages = {message.number: to_cancelled_order(message) for message in feed.messages}
    try:
        document = amazon.create_feed_document(XML).value
        amazon.upload_feed(document, write_cancellations(amazon.account.seller_id, messages), XML)
    except Refused as error:
        done.refused += cancellations.refuse_feed(account_id, feed.id, error=error.summary(), now=clock.now())
        return
    if not cancellations.note_attempt(feed.id, now=clock.now(), machine_now=clock.machine_now()):
        return
    try:
        feed_id = amazon.create_feed(ORDER_ACKNOWLEDGEMENT, feed.marketplaces, document.feed_document_id).value
    except NotBefore as wait:
        cancellations.note_not_created(feed.id, error=f"Waiting for Amazon's rate limit of {wait.operation}.")
        raise
    except Refused as error:
        done.refused += cancellations.refuse_feed(account_id, feed.id, error=error.summary(), now=clock.now())
    except AmazonError as error:
        _settle_error(feed, error, clock)
    else:
        cancellations.note_submitted(feed.id, feed_id=feed_id, now=clock.now())
        done.sent += len(messages)
        done.look_at = clock.now() + look_again_after(timedelta())


def _settle_error(feed: FeedUnderWay, error: AmazonError, clock: Clock) -> None:
    if error.outcome_unknown:
        cancellations.note_unknown(feed.id, error=str(error), now=clock.now())
        if error.verdict is Verdict.LATER:
            return
    else:
        cancellations.note_not_created(feed.id, error=str(error))
    raise error


def _look(account_id: int, feed: FeedUnderWay, amazon: Calls, clock: Clock, done: _Run) -> None:
    """How far Amazon is with the feed. One of which nothing can be learned for a day keeps no other waiting: the orders
    themselves say what became of it."""
    age = clock.now() - (feed.attempted_at or clock.now())
    try:
        _follow(account_id, feed, age, amazon, clock, done)
    except NotFound:
        cancellations.note_unknown(feed.id, error="Amazon no longer knows the feed.", now=clock.now())
    except AmazonError as error:
        if age <= GIVEN_UP_AFTER or error.verdict is Verdict.REAUTHORISE:
            raise
        said = f"Amazon has not said in a day what became of the feed: {error.summary()}"
        cancellations.note_unknown(feed.id, error=said, now=clock.now())


def _follow(account_id: int, feed: FeedUnderWay, age: timedelta, amazon: Calls, clock: Clock, done: _Run) -> None:
    found = amazon.get_feed(feed.feed_id).value
    match found.status:
        case Processing.DONE:
            _take(account_id, feed, found, amazon, clock, done)
        case Processing.FATAL | Processing.CANCELLED:
            error = f"Amazon did not process the feed ({found.status.value})."
            done.refused += cancellations.note_not_processed(account_id, feed.id, error=error, now=clock.now())
        case _ if age > GIVEN_UP_AFTER:
            cancellations.note_unknown(feed.id, error="Amazon has not finished the feed in a day.", now=clock.now())
        case _:
            done.look_at = clock.now() + look_again_after(age)


def _take(account_id: int, feed: FeedUnderWay, found: Feed, amazon: Calls, clock: Clock, done: _Run) -> None:
    """The report; where it cannot be had or read, the orders themselves say what became of it."""
    if not found.result_feed_document_id:
        cancellations.note_unknown(feed.id, error="Amazon's feed is done and names no report.", now=clock.now())
        return
    document = amazon.get_feed_document(found.result_feed_document_id).value
    try:
        result = read_processing_report(decompressed(amazon.download_feed_report(document)))
    except Unreadable as fault:
        cancellations.note_unknown(feed.id, error=f"Amazon's report: {fault}.", now=clock.now())
        return
    accepted, refused = cancellations.keep_result(
        account_id, feed.id, refused=result.refused, processed=result.processed, now=clock.now()
    )
    done.accepted += accepted
    done.refused += refused


def _read_back(account_id: int, amazon: Calls, clock: Clock, done: _Run) -> None:
    """Each order as Amazon has it now, kept like any other: a cancelled one gives its units back when it is taken. One
    that Amazon does not return keeps none of the others waiting."""
    faults = 0
    machine_before = clock.machine_now() - timedelta(seconds=amazon.whole_timeout)
    for one in cancellations.due_to_read_back(account_id, now=clock.now(), machine_before=machine_before):
        try:
            body = amazon.get_order(one.amazon_order_id).value
            status = status_of(decode_order(body))
        except (NotFound, AccessDenied, Refused, Unreadable) as error:
            cancellations.postpone_read_back([one.id], error=str(error), now=clock.now())
            continue
        except (NotAnsweredAsPromised, ServerFault) as error:  # of this one order (behaviours O10, O24)
            cancellations.postpone_read_back([one.id], error=str(error), now=clock.now())
            faults += 1
            if faults >= FAULTS_IN_A_ROW:
                raise
            continue
        faults = 0
        inbox.keep_order(account_id, RawOrder(one.amazon_order_id, body), now=clock.now())
        _note(account_id, one, status, clock, done)


def _note(account_id: int, one: ToReadBack, status: AmazonStatus, clock: Clock, done: _Run) -> None:
    if status is AmazonStatus.CANCELLED:
        cancellations.postpone_read_back([one.id], error="", now=clock.now())
        return
    shipped = status in (AmazonStatus.SHIPPED, AmazonStatus.PARTIALLY_SHIPPED)
    cancellations.note_read_back(account_id, one.id, shipped=shipped, now=clock.now())
