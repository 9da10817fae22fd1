"""Amazon's notifications of changed orders: how far they are set up, and what one says. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wharfinger.domain.labels import Labelled

FIRST_COMES_WITHIN = timedelta(hours=1)
"""After subscribing; until then nothing is wrong (docs#380)."""
READ_BACK_WITHIN = timedelta(minutes=2)
"""Our own test message: SQS shows it within seconds."""
REMEMBERED_FOR = timedelta(days=15)
"""A queue keeps messages 14 days at most: no older one can come twice."""


class NotificationState(Labelled):
    OFF = "off", "Off"
    SUBSCRIBING = "subscribing", "Being switched on"
    WAITING = "waiting", "Waiting for the first one"
    RECEIVING = "receiving", "Receiving"
    UNSUBSCRIBING = "unsubscribing", "Being switched off"
    REFUSED = "refused", "Refused by Amazon"

    @property
    def reads(self) -> bool:
        """Whether the queue is read."""
        return self in (NotificationState.WAITING, NotificationState.RECEIVING)


class QueueTest(Labelled):
    NONE = "none", "Not tested"
    WANTED = "wanted", "To be sent"
    SENT = "sent", "Sent, to be read back"
    PASSED = "passed", "Sent and read back"
    FAILED = "failed", "Failed"


@dataclass(frozen=True, slots=True)
class OrderNotice:
    """One notification. `number` is empty for one that speaks of no order: it is counted and otherwise left alone.

    `changed_at`: when the order changed, by Amazon's clock; `published_at`: when the message was sent.
    """

    notification_id: str
    kind: str
    seller_id: str
    number: str
    changed_at: datetime | None
    published_at: datetime | None
    marketplace_id: str = ""
    account_status: str = ""
    """Of a notification about the account's own status there."""
    may_wait: bool = False
    """Its summary speaks of an FBA order that Amazon has not shipped: a download would change nothing, and the search
    brings it within minutes. No other word of a summary is believed."""


def newest_changes(notices: Iterable[OrderNotice]) -> dict[str, datetime | None]:
    """Order number → its newest change, in the order in which they happened: queues promise none, and bring some twice.
    An order of which a notice says no moment is wanted whatever is here already (None); one that may wait is not."""
    changes: dict[str, datetime | None] = {}
    of_orders = [notice for notice in notices if notice.number and not notice.may_wait]
    dated = [notice for notice in of_orders if notice.changed_at is not None]
    for notice in sorted(dated, key=lambda one: one.changed_at or _NEVER):
        changes.pop(notice.number, None)
        changes[notice.number] = notice.changed_at
    return changes | {notice.number: None for notice in of_orders if notice.changed_at is None}


_NEVER = datetime.min.replace(tzinfo=UTC)
