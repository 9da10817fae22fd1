"""Everything whose time is over, erased: orders first, then what hangs on them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wharfinger.domain.counts import counted
from wharfinger.operations.installation import access_log
from wharfinger.operations.orders.privacy import erasure

_STEPS: tuple[Callable[..., int], ...] = (
    erasure.erase_due_orders,
    erasure.erase_due_messages,
    erasure.erase_due_customers,
)


@dataclass(frozen=True, slots=True)
class Done:
    orders: int = 0
    messages: int = 0
    customers: int = 0

    def __str__(self) -> str:
        counts = ((self.orders, "order"), (self.messages, "raw message"), (self.customers, "customer"))
        return ", ".join(counted(number, what) for number, what in counts)


def erase_some(now: datetime, *, at_most: int) -> tuple[Done, bool]:
    """At most so many transactions: what was done, and whether more is due now. `now`: trade time."""
    counts, left = [0, 0, 0], at_most
    for place, step in enumerate(_STEPS):
        while left:
            left -= 1
            some = step(now=now)
            counts[place] += some
            if not some:
                break
    erasure.erase_traces(now=now)
    access_log.erase_old(now=now)
    return Done(*counts), not left


def erase_all(now: datetime) -> Done:
    """Until nothing is due any more."""
    whole = Done()
    while True:
        some, more = erase_some(now, at_most=1000)
        whole = Done(whole.orders + some.orders, whole.messages + some.messages, whole.customers + some.customers)
        if not more:
            return whole
