"""Notifications in: subscribe or unsubscribe, try the queue, and read it: “fetch this order” comes of what it says.

A notification only makes an order come sooner (behaviours N01, N05): the search and the order report find it too. A
message is deleted after what it wants is committed, so that a death in between brings it once more.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    InvalidClient,
    NotFound,
    Refused,
    TokenRefused,
    TokenRequestRefused,
)
from wharfinger.amazon.messages.notifications import (
    ACCOUNT_STATUS_CHANGED,
    ORDER_CHANGE,
    Notice,
    Subscription,
    TestMessage,
    read_message,
    write_test,
)
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.amazon.queues import Queue, QueueMessage, QueueTrouble
from wharfinger.db.queries.orders.notifications import QueueToRead, queue_to_read
from wharfinger.db.queries.orders.order_search import any_channel_on
from wharfinger.domain.access.queues import queue_arn
from wharfinger.domain.counts import counted
from wharfinger.domain.orders.notifications import NotificationState, OrderNotice, QueueTest
from wharfinger.operations.orders import notifications
from wharfinger.sync.calls import Calls, Clock, FlowResult

LOOK_AGAIN_AFTER = timedelta(seconds=4)
"""Trade time between two readings; each waits for messages for some seconds itself."""
LONG_POLL = 3
"""Seconds of machine time that a reading waits for a first message."""
RECEIVES_AT_MOST = 50
NAME = "Wharfinger orders"
CONFLICT = 409

log = logging.getLogger(__name__)

QueueOf = Callable[[QueueToRead], Queue]
Grantless = Callable[[int], Calls]
"""Calls with a token of the application itself, of the scope of notifications."""


class InTheWay(Exception):
    """The seller has another subscription of this application."""


def run(account_id: int, calls: Calls, clock: Clock, *, queue_of: QueueOf, grantless: Grantless) -> FlowResult:
    """What a person wants first, then whatever waits in the queue."""
    known = queue_to_read(account_id)
    if known is None:
        return FlowResult("not set up")
    if not any_channel_on(account_id):
        return FlowResult("no channel is enabled")
    _switch(account_id, known, calls, grantless, clock)
    known = queue_to_read(account_id) or known
    if not known.state.reads and known.test not in (QueueTest.WANTED, QueueTest.SENT):
        return FlowResult(known.state.label.lower())
    try:
        outcome = _read(account_id, known, queue_of(known), clock)
    except QueueTrouble as trouble:
        error = f"The queue cannot be read: {trouble}."
        notifications.note_queue_error(account_id, error=error)
        return FlowResult(error)
    return FlowResult(outcome, clock.now() + LOOK_AGAIN_AFTER)


# --- on and off


def _switch(account_id: int, known: QueueToRead, calls: Calls, grantless: Grantless, clock: Clock) -> None:
    """A refusal is Amazon's last word until a person presses again; what passes is tried again by the flow."""
    if known.state not in (NotificationState.SUBSCRIBING, NotificationState.UNSUBSCRIBING):
        return
    try:
        if known.state is NotificationState.SUBSCRIBING:
            _subscribe(account_id, known, calls, grantless(account_id), clock)
        else:
            _unsubscribe(account_id, known, calls, grantless(account_id))
    except InTheWay as other:
        notifications.note_not_switched(account_id, error=str(other))
    except (Refused, AccessDenied, TokenRefused, InvalidClient, TokenRequestRefused) as error:
        notifications.note_not_switched(account_id, error=_in_words(error))


def _in_words(error: AmazonError) -> str:
    said = error.summary()
    match error:
        case InvalidClient():
            return f"Amazon does not accept the application's client id and secret: {said}. Enter them under Settings."
        case TokenRequestRefused():
            return (
                f"Amazon gives this application no token for notifications: {said}. Sandbox applications get none; for "
                "others look at the application's registration in the Solution Provider Portal."
            )
        case AccessDenied() | TokenRefused():
            return (
                f"Amazon denies it: {said}. The application needs the role “Inventory and Order Tracking” or "
                "“Direct-to-Consumer Shipping”; add it in the Solution Provider Portal, then authorise again."
            )
        case _ if "does not support" in said:
            return f"Amazon delivers this kind of notification in another way than by SQS: {said}."
        case _:
            return f"Amazon refuses it: {said}."


def _subscribe(account_id: int, known: QueueToRead, calls: Calls, application: Calls, clock: Clock) -> None:
    """Each step may have been done by a run that died: what is there already is taken as ours."""
    destination = _destination(queue_arn(known.url, known.region), application)
    notifications.note_destination(account_id, destination)
    try:
        made = calls.create_subscription(ORDER_CHANGE, destination).value
    except Refused as refusal:
        if refusal.status != CONFLICT:
            raise
        made = _known_subscription(known, destination, calls, application)
    _subscribe_to_status(destination, calls)
    notifications.note_subscribed(account_id, made.subscription_id, now=clock.now())


def _subscribe_to_status(destination: str, calls: Calls) -> None:
    """What Amazon says of the account itself, into the same queue. Orders come without it: a refusal stops nothing, and
    another program's subscription stays."""
    try:
        calls.create_subscription(ACCOUNT_STATUS_CHANGED, destination)
    except (Refused, AccessDenied) as refusal:
        log.info("Amazon does not subscribe account %s to its status: %s", calls.account.id, refusal)


def _unsubscribe_from_status(destination: str, calls: Calls, application: Calls) -> None:
    try:
        there = calls.get_subscription(ACCOUNT_STATUS_CHANGED).value
    except (Refused, AccessDenied):
        return
    if there.destination_id == destination:
        _delete(ACCOUNT_STATUS_CHANGED, there.subscription_id, calls, application)


def _destination(arn: str, application: Calls) -> str:
    known = _found(arn, application)
    if known:
        return known
    try:
        return application.create_destination(NAME, arn).value.destination_id
    except Refused as refusal:
        known = _found(arn, application) if refusal.status == CONFLICT else ""
        if not known:
            raise
        return known


def _found(arn: str, application: Calls) -> str:
    return next((one.destination_id for one in application.get_destinations().value if one.arn == arn), "")


def _known_subscription(known: QueueToRead, destination: str, calls: Calls, application: Calls) -> Subscription:
    """The one that is there: ours, or replaced where a person said so."""
    there = calls.get_subscription(ORDER_CHANGE).value
    if there.destination_id == destination:
        return there
    if not known.replace_other and there.destination_id != known.destination_id:
        raise InTheWay(
            "Amazon has another subscription of this application for changed orders, into another queue: another "
            "program of yours may use it. If none does, press “Replace it”."
        )
    _delete(ORDER_CHANGE, there.subscription_id, calls, application)
    return calls.create_subscription(ORDER_CHANGE, destination).value


def _unsubscribe(account_id: int, known: QueueToRead, calls: Calls, application: Calls) -> None:
    _delete(ORDER_CHANGE, known.subscription_id, calls, application)
    if known.destination_id:
        _unsubscribe_from_status(known.destination_id, calls, application)
    try:
        if known.destination_id:
            application.delete_destination(known.destination_id)
    except (NotFound, Refused):
        pass  # gone already, or other sellers of the application are subscribed to it: it stays
    notifications.note_unsubscribed(account_id)


def _delete(kind: str, subscription_id: str, calls: Calls, application: Calls) -> None:
    """Grantless by the model, with the seller's token by experience: one after the other."""
    try:
        application.delete_subscription(kind, subscription_id)
    except NotFound:
        return
    except (AccessDenied, TokenRefused):
        try:
            calls.delete_subscription(kind, subscription_id)
        except NotFound:
            return


# --- the queue


def _read(account_id: int, known: QueueToRead, queue: Queue, clock: Clock) -> str:
    if known.test is QueueTest.WANTED:
        queue.send(write_test(known.test_id))
        notifications.note_test_sent(account_id, known.test_id, now=clock.now())
    taken = repeated = bad = 0
    for number in range(RECEIVES_AT_MOST):
        messages = queue.receive(LONG_POLL if number == 0 else 0)
        if not messages:
            break
        read = [(message, _understood(message)) for message in messages]
        bad += _set_aside(account_id, read, clock.now())
        for _, said in read:
            if isinstance(said, TestMessage):
                notifications.note_test_read(account_id, said.test_id, now=clock.now())
        notices = [_as_ours(said) for _, said in read if isinstance(said, Notice)]
        if notices:
            received = notifications.take_notices(account_id, notices, now=clock.now())
            taken, repeated = taken + received.taken, repeated + received.repeated
        for message, _ in read:
            queue.delete(message)
    notifications.give_up_test(account_id, now=clock.now())
    parts = [
        counted(taken, "notification"),
        f"{repeated} repeated" if repeated else "",
        f"{bad} not understood" if bad else "",
    ]
    return ", ".join(part for part in parts if part)


def _understood(message: QueueMessage) -> Notice | TestMessage | Unreadable:
    try:
        return read_message(message.body)
    except Unreadable as fault:
        return fault


def _set_aside(
    account_id: int, read: list[tuple[QueueMessage, Notice | TestMessage | Unreadable]], now: datetime
) -> int:
    faults = [(message, said) for message, said in read if isinstance(said, Unreadable)]
    for message, fault in faults:
        notifications.set_aside(account_id, message.body, error=str(fault), now=now)
    return len(faults)


def _as_ours(notice: Notice) -> OrderNotice:
    return OrderNotice(
        notification_id=notice.notification_id,
        kind=notice.kind,
        seller_id=notice.seller_id,
        number=notice.order_id,
        changed_at=notice.changed_at,
        published_at=notice.published_at,
        marketplace_id=notice.marketplace_id,
        account_status=notice.account_status,
        may_wait=notice.may_wait,
    )
