"""A seller account's notifications: for the flow that reads them, and for their page."""

from dataclasses import dataclass, field
from datetime import datetime

from wharfinger.db.models import NotificationQueue, SellerAccount, UnreadNotification
from wharfinger.domain.orders.notifications import NotificationState, QueueTest


@dataclass(frozen=True, slots=True)
class QueueToRead:
    """repr does not show the key."""

    url: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    state: NotificationState
    replace_other: bool
    destination_id: str
    subscription_id: str
    test: QueueTest
    test_id: str


@dataclass(frozen=True, slots=True)
class NotificationFacts:
    """What the page shows. `url` is empty while no queue is entered."""

    account_id: int
    account: str
    region: str
    url: str
    key_id: str
    last_four: str
    queue_region: str
    state: NotificationState
    error: str
    queue_error: str
    test: QueueTest
    test_at: datetime | None
    subscribed_at: datetime | None
    last_message_at: datetime | None
    last_delay_seconds: int | None
    today: int
    received: int
    repeated: int
    unread: int


def queue_to_read(account_id: int) -> QueueToRead | None:
    row = NotificationQueue.objects.filter(account_id=account_id).first()
    if row is None:
        return None
    return QueueToRead(
        url=row.url,
        region=row.region,
        key_id=row.key_id,
        secret=row.secret,
        state=row.state,
        replace_other=row.replace_other,
        destination_id=row.destination_id,
        subscription_id=row.subscription_id,
        test=row.test,
        test_id=row.test_id,
    )


def notification_facts(account_id: int, *, now: datetime) -> NotificationFacts | None:
    account = SellerAccount.objects.filter(pk=account_id).first()
    if account is None:
        return None
    row = NotificationQueue.objects.filter(account=account).first() or NotificationQueue(account=account)
    return NotificationFacts(
        account_id=account.pk,
        account=account.name,
        region=account.region,
        url=row.url,
        key_id=row.key_id,
        last_four=row.last_four,
        queue_region=row.region,
        state=row.state,
        error=row.error,
        queue_error=row.queue_error,
        test=row.test,
        test_at=row.test_at,
        subscribed_at=row.subscribed_at,
        last_message_at=row.last_message_at,
        last_delay_seconds=row.last_delay_seconds,
        today=row.today if row.counted_on == now.date() else 0,
        received=row.received,
        repeated=row.repeated,
        unread=UnreadNotification.objects.filter(account=account).count(),
    )
