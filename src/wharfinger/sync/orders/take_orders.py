"""Orders out of the inbox, a batch at a time; one bad order never holds another."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection

from wharfinger.amazon.messages.orders import decode_order
from wharfinger.amazon.messages.rough_orders import read_rough_order
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.queries.orders.inbox import WaitingMessage, next_waiting
from wharfinger.db.queries.orders.waiting_orders import overdue_pendings, servable_imports, servable_orders
from wharfinger.domain.orders.order import IncomingOrder
from wharfinger.domain.retry import pause_after
from wharfinger.operations.orders import inbox, reservations, take_orders
from wharfinger.operations.orders.take_orders import Message
from wharfinger.sync.calls import Calls, Clock, FlowResult
from wharfinger.sync.translate.orders import translate_order, translate_rough

log = logging.getLogger(__name__)

BATCH = 100
"""Under 150 ms: nobody who wants one of its rows waits for longer."""
AGAIN_AFTER = timedelta(seconds=10)
ROWS_HELD = "rows that somebody else changes"


@dataclass(frozen=True, slots=True)
class _Read:
    """A message that could be read."""

    raw: WaitingMessage
    incoming: IncomingOrder


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Take every waiting message, oldest first; what fails is postponed or set aside, and the next are taken."""
    taken = failed = last = 0
    while waiting := next_waiting(account_id, after=last, now=clock.now(), limit=BATCH):
        last = waiting[-1].id
        try:
            done = _take_all(waiting, clock)
        except OperationalError:
            if not connection.is_usable():
                raise
            log.warning("A batch of orders of account %s is taken again later", account_id, exc_info=True)
            return FlowResult(_counts(taken, failed, 0), clock.now() + AGAIN_AFTER, ROWS_HELD)
        taken += done
        failed += len(waiting) - done
    served = sum(take_orders.serve_order(order_id, now=clock.now()) for order_id in servable_orders())
    served += sum(reservations.serve_import(imported_id, now=clock.now()) for imported_id in servable_imports())
    for imported_id in overdue_pendings(account_id, now=clock.now()):
        reservations.end_reservation(imported_id, now=clock.now())
    reservations.judge_channelless(account_id, now=clock.now())
    return FlowResult(_counts(taken, failed, served))


def _counts(taken: int, failed: int, served: int) -> str:
    counts = [(taken, "imported"), (failed, "delayed or set aside"), (served, "allocated from free stock")]
    return ", ".join(f"{number} {what}" for number, what in counts if number) or "0 imported"


def _take_all(waiting: Sequence[WaitingMessage], clock: Clock) -> int:
    """How many were taken. What failed before is taken by itself: it would only halve the others' batch."""
    read = [each for each in (_read(raw, clock) for raw in waiting) if each is not None]
    again = [each for each in read if each.raw.attempts]
    return _take([each for each in read if not each.raw.attempts], clock) + sum(_take([each], clock) for each in again)


def _read(raw: WaitingMessage, clock: Clock) -> _Read | None:
    """None: it is set aside, or put off for a fault of our own, and the others go on; hence the broad except."""
    incoming: IncomingOrder | None = None
    try:
        incoming = translate_order(decode_order(raw.body))
        if not raw.requested:
            _hold_units(raw, incoming, clock)
            inbox.set_aside_strange(raw.id, marketplace_id=incoming.marketplace_id, now=clock.now())
            return None
    except Unreadable as fault:
        _hold_units(raw, translate_rough(read_rough_order(raw.body), received_at=raw.received_at), clock)
        inbox.quarantine(raw.id, error=str(fault), now=clock.now())
        return None
    except OperationalError:
        raise
    except Exception as fault:
        log.exception("Order %s could not be read", raw.key)
        _put_off(raw, incoming, fault, clock)
        return None
    return _Read(raw, incoming)


def _take(batch: Sequence[_Read], clock: Clock) -> int:
    """Together; when that fails, by halves and at last each by itself, so that a fault of ours in one order (a bug, a
    value that no column takes) stops no other. What the database cannot do now (a deadlock, a lock that somebody
    holds, a full disk) is no order's fault: the whole batch comes again later."""
    if not batch:
        return 0
    try:
        messages = [Message(each.raw.id, each.incoming) for each in batch]
        return len(take_orders.take_batch(messages, now=clock.now()))
    except OperationalError:
        raise
    except Exception as fault:
        if len(batch) == 1:
            log.exception("Order %s could not be imported", batch[0].raw.key)
            _put_off(batch[0].raw, batch[0].incoming, fault, clock)
            return 0
        log.info("A batch of %s orders is taken by halves", len(batch), exc_info=True)
    middle = len(batch) // 2
    return _take(batch[:middle], clock) + _take(batch[middle:], clock)


def _put_off(raw: WaitingMessage, incoming: IncomingOrder | None, fault: Exception, clock: Clock) -> None:
    """It is kept on the order's page, and tried again with growing pauses."""
    _hold_units(raw, incoming, clock)
    now = clock.now()
    error = f"Internal error: {type(fault).__name__}. See the log."
    inbox.postpone(raw.id, error=error, again_at=now + pause_after(raw.attempts + 1), now=now)


def _hold_units(raw: WaitingMessage, incoming: IncomingOrder | None, clock: Clock) -> None:
    """What cannot be imported takes its units all the same. In a transaction of its own, before the message is
    settled: the fault that stopped the import may stop this too, and then the message is put off nevertheless."""
    if incoming is None:
        return
    try:
        reservations.hold_units(raw.id, incoming, now=clock.now())
    except Exception:
        log.exception("The units of order %s could not be allocated", raw.key)
