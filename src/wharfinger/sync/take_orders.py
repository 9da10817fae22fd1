"""Orders out of the inbox: each by itself, so that one bad order never holds another."""

import logging

from wharfinger.amazon.messages.orders import decode_order
from wharfinger.amazon.messages.rough_orders import read_rough_order
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.queries.orders.inbox import WaitingMessage, next_waiting
from wharfinger.db.queries.orders.waiting_orders import overdue_pendings, servable_imports, servable_orders
from wharfinger.domain.orders.order import IncomingOrder
from wharfinger.domain.retry import pause_after
from wharfinger.operations.orders import inbox, reservations, take_orders
from wharfinger.sync.calls import Calls, Clock, FlowResult
from wharfinger.sync.translate.orders import translate_order, translate_rough

log = logging.getLogger(__name__)

BATCH = 100


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Take every waiting message, oldest first; what fails is postponed or set aside, and the next is taken."""
    taken = failed = 0
    last = 0
    while batch := next_waiting(account_id, after=last, now=clock.now(), limit=BATCH):
        for raw in batch:
            last = raw.id
            if _take(raw, clock):
                taken += 1
            else:
                failed += 1
    served = sum(take_orders.serve_order(order_id, now=clock.now()) for order_id in servable_orders())
    served += sum(reservations.serve_import(imported_id, now=clock.now()) for imported_id in servable_imports())
    for imported_id in overdue_pendings(account_id, now=clock.now()):
        reservations.end_reservation(imported_id, now=clock.now())
    reservations.judge_channelless(account_id, now=clock.now())
    counts = [(taken, "imported"), (failed, "delayed or set aside"), (served, "allocated from free stock")]
    return FlowResult(", ".join(f"{number} {what}" for number, what in counts if number) or "0 imported")


def _take(raw: WaitingMessage, clock: Clock) -> bool:
    """One order. A fault of our own in it (a bug, a value no column takes) must not stop the others, hence the
    one broad except of ours: it is logged, kept on the order's page, and tried again with growing pauses."""
    incoming: IncomingOrder | None = None
    try:
        incoming = translate_order(decode_order(raw.body))
        if not raw.requested:
            _hold_units(raw, incoming, clock)
            inbox.set_aside_strange(raw.id, marketplace_id=incoming.marketplace_id, now=clock.now())
            return False
        take_orders.take_order(raw.id, incoming, now=clock.now())
    except Unreadable as fault:
        _hold_units(raw, translate_rough(read_rough_order(raw.body), received_at=raw.received_at), clock)
        inbox.quarantine(raw.id, error=str(fault), now=clock.now())
        return False
    except Exception as fault:
        log.exception("Order %s could not be imported", raw.key)
        _hold_units(raw, incoming, clock)
        now = clock.now()
        error = f"Internal error: {type(fault).__name__}. See the log."
        inbox.postpone(raw.id, error=error, again_at=now + pause_after(raw.attempts + 1), now=now)
        return False
    return True


def _hold_units(raw: WaitingMessage, incoming: IncomingOrder | None, clock: Clock) -> None:
    """What cannot be imported takes its units all the same. In a transaction of its own, before the message is
    settled: the fault that stopped the import may stop this too, and then the message is put off nevertheless."""
    if incoming is None:
        return
    try:
        reservations.hold_units(raw.id, incoming, now=clock.now())
    except Exception:
        log.exception("The units of order %s could not be allocated", raw.key)
