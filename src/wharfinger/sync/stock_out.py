"""Quantities out: the waiting notices of a seller account become patches or feeds, and are read back.

Zeros and low numbers go first, one by one. The rest goes in whichever way is sooner (`domain.stock.plan`). Each number
is worked out when it is claimed, and claimed only a few calls ahead. Reading back comes after sending: 20 SKUs a call,
odd ones alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    ConnectionFailed,
    InvalidRequest,
    NotAnsweredAsPromised,
    NotFound,
    Refused,
    Verdict,
)
from wharfinger.amazon.messages.listings import LeadTimeToSet, Submission
from wharfinger.domain.stock.plan import FEW, plan
from wharfinger.operations.access import safe_mode
from wharfinger.operations.stock import guard, handling, outbox
from wharfinger.operations.stock.outbox import QuantityToSend, ReadBack, ToReadBack
from wharfinger.sync import stock_feeds
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore, run_parts
from wharfinger.sync.translate.listings import outcome_of, read_back_of

CLAIM = 4
SKUS_IN_A_CALL = 20
FAULTS_IN_A_ROW = 3
"""After so many of Amazon's own faults in a row the run ends and comes back later."""
READ_BACK = ("summaries", "attributes", "fulfillmentAvailability", "issues")
SOONEST = timedelta(seconds=5)


@dataclass
class _Run:
    """What one run came to."""

    sent: int = 0
    refused: int = 0
    delayed: int = 0
    read_back: int = 0
    differ: int = 0
    unread: int = 0
    held: int = 0
    feeds: stock_feeds.FeedsDone = field(default_factory=stock_feeds.FeedsDone)
    faults: int = field(default=0)
    proven: bool = False
    """After the last denial all access held: it was about one SKU."""

    def summary(self) -> str:
        unread = f", {self.unread} not shown" if self.unread else ""
        differ = "differs" if self.differ == 1 else "differ"
        feeds = self.feeds.summary()
        held = f", {self.held} held by the write guard" if self.held else ""
        return (
            f"{self.sent} sent, {self.refused} refused, {self.delayed} delayed, "
            f"{self.read_back} read back, {self.differ} {differ}{unread}{held}" + (f"; {feeds}" if feeds else "")
        )


def run(
    account_id: int, amazon: Calls, clock: Clock, *, choose: stock_feeds.Planner = plan, few: int = FEW
) -> FlowResult:
    """Tell Amazon what changed, then look whether it took effect. Each part has rate limits of its own, and what stops
    one of them, or a fault of Amazon's there, does not hold the others up; such a fault is raised in the end. Up to
    `few` waiting ones go by patches without a plan."""
    done = _Run()
    safe_mode.look(now=clock.now())
    handling.look(now=clock.now())
    done.held = guard.look(account_id, now=clock.now())
    parts: tuple[Callable[[], None], ...] = (
        lambda: _send_waiting(account_id, amazon, clock, done, urgent=True),
        lambda: stock_feeds.look(account_id, amazon, clock, done.feeds),
        lambda: stock_feeds.begin(account_id, amazon, clock, done.feeds, choose, few),
        lambda: _send_waiting(account_id, amazon, clock, done),
        lambda: _read_back(account_id, amazon, clock, done),
    )
    wait = run_parts(parts)
    look_at = stock_feeds.next_look(account_id, clock, amazon.whole_timeout)
    if wait is not None:
        at = wait.at if look_at is None else min(wait.at, max(look_at, clock.now() + SOONEST))
        return FlowResult(done.summary(), at, f"the rate limit of {wait.operation}")
    due = [at for at in (outbox.next_due(account_id), look_at) if at is not None]
    return FlowResult(done.summary(), max(min(due), clock.now() + SOONEST) if due else None)


def _send_waiting(account_id: int, amazon: Calls, clock: Clock, done: _Run, *, urgent: bool = False) -> None:
    while outbox.any_waiting(account_id, now=clock.now(), urgent=urgent):
        batch = outbox.claim_quantities(account_id, CLAIM, now=clock.now(), urgent=urgent)
        for place, message in enumerate(batch):
            try:
                _send(message, amazon, clock, done)
            except (NotBefore, AmazonError):
                for unsent in batch[place + 1 :]:
                    outbox.settle_quantity(unsent, outbox.NotSent(), now=clock.now())
                raise


def _send(message: QuantityToSend, amazon: Calls, clock: Clock, done: _Run) -> None:
    """One patch, with its outcome written; raises what ends the whole run."""
    try:
        answer = _set_quantity(message, amazon, done)
    except NotBefore:
        outbox.settle_quantity(message, outbox.NotSent(), now=clock.now())
        raise
    except AmazonError as error:
        outbox.settle_quantity(message, _outcome_of_error(error, done), now=clock.now())
        _go_on_after(error, done)
        return
    done.faults = 0
    outcome = outcome_of(answer)
    outbox.settle_quantity(message, outcome, now=clock.now())
    if isinstance(outcome, outbox.Accepted):
        done.sent += 1
    else:
        done.refused += 1


def _set_quantity(message: QuantityToSend, amazon: Calls, done: _Run) -> Answer[Submission]:
    """The patch; once more after a denial when all access holds now. A role may have been taken away since the last
    SKU went, and given back by the time we look: only a second denial is about this SKU (behaviour I02)."""

    def patch() -> Answer[Submission]:
        own = message.lead_time
        lead_time = None if own is None else LeadTimeToSet(own.days, message.restock_date)
        return amazon.set_quantity(
            message.sku,
            message.marketplace_id,
            product_type=message.product_type,
            quantity=message.quantity,
            lead_time=lead_time,
        )

    try:
        return patch()
    except AccessDenied:
        done.proven = _access_holds(message.marketplace_id, amazon)
        if not done.proven:
            raise
        return patch()


def _outcome_of_error(error: AmazonError, done: _Run) -> outbox.Outcome:
    match error:
        case NotFound():
            return outbox.Refused(str(error), gone=True)
        case Refused():
            return outbox.Refused(error.summary())
        case AccessDenied() if done.proven:
            said = f"Amazon denies access to this SKU: it is not a SKU of this account. {error.summary()}"
            return outbox.Refused(said)
        case _ if error.verdict is Verdict.LATER:
            return outbox.Later(str(error))
        case _:
            return outbox.NotSent()


def _access_holds(marketplace_id: str, amazon: Calls) -> bool:
    """Whether everything else passes with the same token."""
    try:
        amazon.search_listings_items(marketplace_id, page_size=1)
    except (AmazonError, NotBefore):
        return False
    return True


def _go_on_after(error: AmazonError, done: _Run) -> None:
    """Return when the next SKU may be tried; raise the error when it concerns them all."""
    if isinstance(error, Refused) or (isinstance(error, AccessDenied) and done.proven):
        done.refused += 1
        done.faults = 0
        return
    if error.verdict is not Verdict.LATER or isinstance(error, ConnectionFailed):
        raise error
    done.delayed += 1
    done.faults += 1
    if done.faults >= FAULTS_IN_A_ROW:
        raise error


def _read_back(account_id: int, amazon: Calls, clock: Clock, done: _Run) -> None:
    """Look at what was sent some minutes ago."""
    due = outbox.due_to_read_back(account_id, now=clock.now())
    for marketplace_id in sorted({one.marketplace_id for one in due}):
        here = [one for one in due if one.marketplace_id == marketplace_id]
        together = [one for one in here if "," not in one.sku]
        for some in _some_at_once(together):
            _look_at_some(some, marketplace_id, amazon, clock, done)
        _note_odd(_look_alone([one for one in here if "," in one.sku], amazon, clock, done), clock, done)


def _some_at_once(skus: Sequence[ToReadBack]) -> Iterator[list[ToReadBack]]:
    rest = iter(skus)
    while some := list(islice(rest, SKUS_IN_A_CALL)):
        yield some


def _look_at_some(some: Sequence[ToReadBack], marketplace_id: str, amazon: Calls, clock: Clock, done: _Run) -> None:
    """Twenty in a call; one by one where Amazon refuses them together: one odd SKU is enough for that."""
    requested_at = clock.now()
    try:
        answer = amazon.search_listings_items(
            marketplace_id, skus=[one.sku for one in some], included_data=READ_BACK, page_size=SKUS_IN_A_CALL
        )
    except (Refused, NotAnsweredAsPromised, InvalidRequest):
        odd = _look_alone(some, amazon, clock, done)
        if len(odd) == len(some) > 1:
            raise  # none of them is odd: Amazon refuses them all, and the flow's row says so
        _note_odd(odd, clock, done)
        return
    items = {item.sku: item for item in answer.value.items}
    seen = [read_back_of(one, items[one.sku]) for one in some if one.sku in items]
    _note(seen, requested_at, clock, done)
    _note_odd(_look_alone([one for one in some if one.sku not in items], amazon, clock, done), clock, done)


def _look_alone(
    ones: Sequence[ToReadBack], amazon: Calls, clock: Clock, done: _Run
) -> list[tuple[ToReadBack, AmazonError]]:
    """Each by itself; returns those that Amazon does not show, with its answer."""
    odd: list[tuple[ToReadBack, AmazonError]] = []
    for one in ones:
        requested_at = clock.now()
        try:
            answer = amazon.get_listings_item(one.sku, one.marketplace_id, included_data=READ_BACK)
        except NotFound:
            _note([ReadBack(one.listing_id, None, gone=True)], requested_at, clock, done)
        except (Refused, NotAnsweredAsPromised, InvalidRequest) as error:
            odd.append((one, error))
        except AccessDenied as error:
            if not _access_holds(one.marketplace_id, amazon):
                raise
            odd.append((one, error))  # a 403 of one SKU (behaviour I02)
        else:
            _note([read_back_of(one, answer.value)], requested_at, clock, done)
    return odd


def _note_odd(odd: Sequence[tuple[ToReadBack, AmazonError]], clock: Clock, done: _Run) -> None:
    for one, error in odd:
        outbox.note_not_shown(one.listing_id, error=error.summary(), now=clock.now())
        done.unread += 1


def _note(seen: Sequence[ReadBack], requested_at: datetime, clock: Clock, done: _Run) -> None:
    done.differ += outbox.note_read_back(seen, requested_at=requested_at, now=clock.now())
    done.read_back += len(seen)
