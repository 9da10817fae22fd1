"""Orders out of the inbox: each by itself, so that one bad order never holds another."""

import logging

from wharfinger.amazon.messages.orders import decode_order
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.models import RawMessage
from wharfinger.db.queries.inbox import next_waiting
from wharfinger.domain.retry import pause_after
from wharfinger.operations import inbox, orders
from wharfinger.sync.calls import Calls, Clock, FlowResult
from wharfinger.sync.translate import translate_order

log = logging.getLogger(__name__)

BATCH = 100


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Take every waiting message, oldest first; what fails is put off or set aside, and the next is taken."""
    taken = failed = 0
    last = 0
    while batch := next_waiting(account_id, after=last, now=clock.now(), limit=BATCH):
        for raw in batch:
            last = raw.pk
            if _take(raw, clock):
                taken += 1
            else:
                failed += 1
    return FlowResult(f"{taken} taken, {failed} put off or set aside" if failed else f"{taken} taken")


def _take(raw: RawMessage, clock: Clock) -> bool:
    try:
        incoming = translate_order(decode_order(raw.body or b""))
    except Unreadable as fault:
        inbox.quarantine(raw.pk, error=str(fault), now=clock.now())
        return False
    try:
        orders.take_order(raw.pk, incoming, now=clock.now())
    except Exception as fault:
        log.exception("Order %s could not be taken", raw.key)
        error = f"Our own fault: {type(fault).__name__}. See the log."
        inbox.put_off(raw.pk, error=error, again_at=clock.now() + pause_after(raw.attempts + 1))
        orders.record_system_error(raw.pk, raw.key, error=error, now=clock.now())
        return False
    return True
