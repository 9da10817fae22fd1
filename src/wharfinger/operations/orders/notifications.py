"""Notifications of a seller account: its queue, the subscription, and what came through it. Trade time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import F

from wharfinger.db.models import (
    NotificationQueue,
    SeenNotification,
    SellerAccount,
    UnreadNotification,
    User,
)
from wharfinger.domain.access.queues import check_queue, queue_region
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutNotifications
from wharfinger.domain.orders.completeness.order_report import WantedBy
from wharfinger.domain.orders.notifications import (
    READ_BACK_WITHIN,
    REMEMBERED_FOR,
    NotificationState,
    OrderNotice,
    QueueTest,
    newest_changes,
)
from wharfinger.operations.installation._flow_steps import bring_flow_forward
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.orders._status_steps import follow_status
from wharfinger.operations.orders.completeness._gap_steps import want_orders
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

FLOW = "notifications_in"
NOUN = "notifications"
UNREAD_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """What a person types. Empty `secret` = keep the one that is stored."""

    url: str
    key_id: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken from one reading of the queue."""

    taken: int
    repeated: int


# --- set up by a person


@operation
def save_queue(account_id: int, entry: QueueEntry, *, simulator: str | None, user: User, now: datetime) -> None:
    """Enter or change the queue. Refused names the field; another queue is subscribed anew."""
    account = SellerAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    url, key_id, secret = entry.url.strip(), entry.key_id.strip(), entry.secret.strip()
    for name, fault in check_queue(url, key_id, secret, simulator):
        raise Refused(fault, name)
    row = NotificationQueue.objects.filter(account=account).first()
    if row is None and not secret:
        raise Refused("Give the secret access key too.", "secret")
    if row is not None and (row.url, row.key_id) != (url, key_id) and not secret:
        raise Refused("The queue or its key was changed: enter the secret access key again.", "secret")
    if row is not None and row.url != url and row.state is not NotificationState.OFF:
        raise Refused("Switch the notifications off first; then another queue can be entered.", "url")
    before = None if row is None else {"queue": row.url, "key": row.key_id}
    row = row or NotificationQueue(account=account)
    row.url, row.key_id, row.region = url, key_id, queue_region(url, simulator)
    if secret:
        row.secret, row.last_four = secret, secret[-4:]
    row.test, row.queue_error = QueueTest.NONE, ""
    row.save()
    after = {"queue": url, "key": key_id, **({"secret": "changed"} if secret else {})}
    record_audit("saved", NOUN, account_id, before=before, after=after, now=now, user=user)
    _wake(account_id, now)


def _wake(account_id: int, now: datetime) -> None:
    bring_flow_forward(account_id, FLOW, now=now)


@operation
def remove_queue(account_id: int, *, user: User, now: datetime) -> None:
    """Its key is forgotten. Refused while Amazon is subscribed to it."""
    row = _queue(account_id)
    if row.state not in (NotificationState.OFF, NotificationState.REFUSED):
        raise Refused("Switch the notifications off first.")
    record_audit("removed", NOUN, account_id, before={"queue": row.url}, after=None, now=now, user=user)
    row.delete()


@operation
def send_test(account_id: int, *, user: User, now: datetime) -> None:
    """Send a test message: through the user's queue and back."""
    row = _queue(account_id)
    row.test, row.test_id, row.test_at = QueueTest.WANTED, uuid4().hex, now
    row.save(update_fields=["test", "test_id", "test_at"])
    record_audit("tested", NOUN, account_id, before=None, after=None, now=now, user=user)
    _wake(account_id, now)


@operation
def switch_on(account_id: int, *, replace_other: bool = False, user: User, now: datetime) -> None:
    """Have Amazon subscribed to the queue. `replace_other`: even where another subscription is in the way."""
    row = _queue(account_id)
    if row.state.reads or row.state is NotificationState.SUBSCRIBING:
        raise Refused("The notifications are switched on already.")
    row.state, row.replace_other, row.error = NotificationState.SUBSCRIBING, replace_other, ""
    row.save(update_fields=["state", "replace_other", "error"])
    record_audit("switched on", NOUN, account_id, before=None, after=None, now=now, user=user)
    _wake(account_id, now)


@operation
def switch_off(account_id: int, *, user: User, now: datetime) -> None:
    row = _queue(account_id)
    if row.state is NotificationState.OFF:
        raise Refused("The notifications are switched off already.")
    row.state = NotificationState.UNSUBSCRIBING if row.subscription_id else NotificationState.OFF
    row.error = ""
    row.save(update_fields=["state", "error"])
    record_audit("switched off", NOUN, account_id, before=None, after=None, now=now, user=user)
    _wake(account_id, now)


def _queue(account_id: int) -> NotificationQueue:
    row = NotificationQueue.objects.select_for_update().filter(account_id=account_id).first()
    if row is None:
        raise Refused("Enter the queue first.")
    return row


# --- what Amazon answered


@operation
def note_destination(account_id: int, destination_id: str) -> None:
    NotificationQueue.objects.filter(account_id=account_id).update(destination_id=destination_id[:100])


@operation
def note_subscribed(account_id: int, subscription_id: str, *, now: datetime) -> None:
    rows = NotificationQueue.objects.filter(account_id=account_id, state=NotificationState.SUBSCRIBING)
    rows.update(
        state=NotificationState.WAITING,
        subscription_id=subscription_id[:100],
        subscribed_at=now,
        replace_other=False,
        error="",
    )


@operation
def note_unsubscribed(account_id: int) -> None:
    rows = NotificationQueue.objects.filter(account_id=account_id, state=NotificationState.UNSUBSCRIBING)
    rows.update(state=NotificationState.OFF, subscription_id="", destination_id="", subscribed_at=None, error="")


@operation
def note_not_switched(account_id: int, *, error: str) -> None:
    """Amazon refuses to subscribe: the orders come in by searching as before."""
    rows = NotificationQueue.objects.filter(account_id=account_id)
    rows.filter(state=NotificationState.SUBSCRIBING).update(state=NotificationState.REFUSED, error=error)
    rows.filter(state=NotificationState.UNSUBSCRIBING).update(error=error)


# --- the queue


@operation
def note_test_sent(account_id: int, test_id: str, *, now: datetime) -> None:
    rows = NotificationQueue.objects.filter(account_id=account_id, test=QueueTest.WANTED, test_id=test_id)
    rows.update(test=QueueTest.SENT, test_at=now)


@operation
def note_test_read(account_id: int, test_id: str, *, now: datetime) -> None:
    rows = NotificationQueue.objects.filter(account_id=account_id, test_id=test_id)
    rows.exclude(test=QueueTest.PASSED).update(test=QueueTest.PASSED, test_at=now)


@operation
def give_up_test(account_id: int, *, now: datetime) -> None:
    """A test that was sent and has not come back in time."""
    rows = NotificationQueue.objects.filter(account_id=account_id, test=QueueTest.SENT)
    rows.filter(test_at__lt=now - READ_BACK_WITHIN).update(test=QueueTest.FAILED)


@operation
def note_queue_error(account_id: int, *, error: str) -> None:
    rows = NotificationQueue.objects.filter(account_id=account_id)
    rows.update(queue_error=error)
    rows.filter(test__in=[QueueTest.WANTED, QueueTest.SENT]).update(test=QueueTest.FAILED)


@operation
def take_notices(account_id: int, notices: Sequence[OrderNotice], *, now: datetime) -> Received:
    """What notices say is wanted, in one transaction: their messages may be deleted after it.

    A notice whose id was seen is counted and otherwise nothing. One of another account's seller goes to that account.
    """
    ids = [notice.notification_id for notice in notices if notice.notification_id]
    seen = SeenNotification.objects.filter(account_id=account_id, notification_id__in=ids)
    known = set(seen.values_list("notification_id", flat=True))
    new: dict[str, OrderNotice] = {}
    for place, notice in enumerate(notices):
        if notice.notification_id not in known:
            new.setdefault(notice.notification_id or f"without an id {place}", notice)
    SeenNotification.objects.bulk_create(
        [
            SeenNotification(account_id=account_id, notification_id=notice.notification_id, taken_at=now)
            for notice in new.values()
            if notice.notification_id
        ],
        ignore_conflicts=True,
    )
    for owner, its in _by_account(account_id, list(new.values())).items():
        for notice in its:
            if notice.account_status:
                follow_status(owner, notice, now=now)
        want_orders(owner, newest_changes(its), source=WantedBy.NOTIFICATION, now=now)
    repeated = len(notices) - len(new)
    _count(account_id, list(new.values()), repeated, now)
    return Received(len(new), repeated)


def _by_account(account_id: int, notices: Sequence[OrderNotice]) -> dict[int, list[OrderNotice]]:
    sellers = {notice.seller_id for notice in notices if notice.seller_id}
    accounts = SellerAccount.objects.filter(seller_id__in=sellers).order_by("pk").values_list("seller_id", "pk")
    owner: dict[str, int] = {}
    for seller, pk in accounts:
        if pk == account_id or seller not in owner:
            owner[seller] = pk
    found: dict[int, list[OrderNotice]] = {}
    for notice in notices:
        found.setdefault(owner.get(notice.seller_id, account_id), []).append(notice)
    return found


def _count(account_id: int, new: Sequence[OrderNotice], repeated: int, now: datetime) -> None:
    rows = NotificationQueue.objects.filter(account_id=account_id)
    rows.exclude(counted_on=now.date()).update(counted_on=now.date(), today=0)
    rows.update(repeated=F("repeated") + repeated, queue_error="")
    if not new:
        return
    happened = [notice.changed_at or notice.published_at for notice in new]
    newest = max((at for at in happened if at is not None), default=None)
    delay = None if newest is None else max(0, round((now - newest).total_seconds()))
    rows.update(
        received=F("received") + len(new), today=F("today") + len(new), last_message_at=now, last_delay_seconds=delay
    )
    rows.filter(state=NotificationState.WAITING).update(state=NotificationState.RECEIVING)


@operation
def set_aside(account_id: int, body: bytes, *, error: str, now: datetime) -> None:
    """A message that cannot be understood is kept, with a problem: nothing is lost, the others go on."""
    kept, made = UnreadNotification.objects.get_or_create(
        account_id=account_id,
        body_hash=hashlib.sha256(body).hexdigest(),
        defaults={"body": body, "error": error, "received_at": now},
    )
    if not made:
        return
    account = SellerAccount.objects.get(pk=account_id)
    open_problem(
        ProblemKind.NOTIFICATION_UNREAD,
        AboutNotifications(account_id),
        cause=f"{account.name}: a message in its queue of notifications could not be understood: {kept.error}.",
        remedy="It is kept, and orders come in by searching as before. If another program writes into this queue, give "
        "Wharfinger one of its own; then press “Mark as done”.",
        account_id=account_id,
        now=now,
    )


@operation
def remove_old_notifications(*, now: datetime) -> int:
    """Ids that cannot come again, and messages that were set aside long ago."""
    seen = SeenNotification.objects.filter(taken_at__lt=now - REMEMBERED_FOR).delete()[0]
    return seen + UnreadNotification.objects.filter(received_at__lt=now - UNREAD_KEPT).delete()[0]
