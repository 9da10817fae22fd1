"""Orders out of the inbox: each by itself, so that one bad order never holds another."""

import logging

from wharfinger.amazon.messages.orders import decode_order
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.models import RawMessage
from wharfinger.db.queries.inbox import next_waiting
from wharfinger.db.queries.waiting_orders import servable_orders
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
    served = sum(orders.serve_order(order_id, now=clock.now()) for order_id in servable_orders())
    counts = [(taken, "taken"), (failed, "put off or set aside"), (served, "served with stock that was free")]
    return FlowResult(", ".join(f"{number} {what}" for number, what in counts if number) or "0 taken")


def _take(raw: RawMessage, clock: Clock) -> bool:
    """One order. A fault of our own in it (a bug, a value no column takes) must not stop the others, hence the
    one broad except of the house: it is logged, kept on the order's page, and tried again with growing pauses."""
    try:
        orders.take_order(raw.pk, translate_order(decode_order(raw.body or b"")), now=clock.now())
    except Unreadable as fault:
        inbox.quarantine(raw.pk, error=str(fault), now=clock.now())
        return False
    except Exception as fault:
        log.exception("Order %s could not be taken", raw.key)
        now = clock.now()
        error = f"Our own fault: {type(fault).__name__}. See the log."
        inbox.put_off(raw.pk, error=error, again_at=now + pause_after(raw.attempts + 1), now=now)
        return False
    return True
