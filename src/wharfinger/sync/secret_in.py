"""A new client secret: requested from Amazon, and its message looked for in the application's queue."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from wharfinger.amazon.auth import Credentials
from wharfinger.amazon.errors import AmazonError, InvalidClient, Throttled, Verdict
from wharfinger.amazon.messages.secrets import ClientSecretExpiry, NewClientSecret, read_secret_notice
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.amazon.operations import ROTATE_CLIENT_SECRET
from wharfinger.amazon.queues import Queue, QueueMessage, QueueTrouble
from wharfinger.domain.counts import counted
from wharfinger.operations.access import rotation
from wharfinger.operations.access.rotation import NewSecret, QueueFacts, RotationToAsk, Took
from wharfinger.sync.calls import Clock, FlowResult

log = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(seconds=60)
"""Trade time: the rate is one call a minute."""
LOOK_AGAIN_AFTER = timedelta(seconds=30)
"""Trade time, while a new secret is waited for."""
RECEIVES_AT_MOST = 20
UNREADABLE_QUEUE = "The queue cannot be read: "
NEW = ("new secret", "new secrets")
DEALT_WITH = ("processed", "processed")
LEFT = ("ignored, as it is for another application", "ignored, as they are for another application")
"""What became of a message: of one, of several."""


class SecretRotator(Protocol):
    """Amazon as an application meets it without a seller."""

    def rotate(self, credentials: Credentials, region: str, *, now: datetime) -> None: ...


def ask_for_secret(application_pk: int, rotator: SecretRotator, clock: Clock) -> datetime | None:
    """Request it once for each press of the button. Returns when to try again (trade time) if the rate allowed none."""
    request = rotation.start_rotation(application_pk, now=clock.now())
    if request is None:
        return None
    try:
        rotator.rotate(Credentials(request.client_id, request.client_secret), request.region, now=clock.now())
    except Throttled:
        rotation.postpone_rotation(application_pk)
        return clock.now() + ASK_AGAIN_AFTER
    except AmazonError as error:
        _settle(request, error, clock.now())
    else:
        rotation.wait_for_secret(application_pk)
    return None


def _settle(request: RotationToAsk, error: AmazonError, now: datetime) -> None:
    log.warning("Rotation of application %s: %s", request.application_pk, error)
    if error.outcome_unknown and error.operation == ROTATE_CLIENT_SECRET.name:
        rotation.wait_for_secret(request.application_pk)  # it may have made one all the same
        return
    said, remedy = str(error), "See the message, then press Rotate the secret again."
    if isinstance(error, InvalidClient):
        said = f"Amazon does not accept the current client id and secret: {error.summary()}."
        remedy = "Create a new secret in the Solution Provider Portal and enter it."
    elif "not enrolled for rotation" in error.message:
        said = f"The application is not enrolled for rotation notifications at Amazon: {error.summary()}."
        remedy = (
            "In the Solution Provider Portal, open the application's notification preferences and register your SQS "
            "queue there; then press Rotate the secret again."
        )
    elif error.verdict is Verdict.REAUTHORISE:
        said = f"Amazon does not let the application request a new secret: {error.summary()}."
        remedy = (
            "Rotate it in the Solution Provider Portal and enter the new one; sandbox applications cannot request one."
        )
    elif error.verdict is Verdict.LATER:
        said, remedy = f"Amazon gave no answer: {error}", "Press Rotate the secret again later."
    rotation.refuse_rotation(request.application_pk, error=said, remedy=remedy, now=now)


def run(queue_of: Callable[[QueueFacts], Queue], clock: Clock) -> FlowResult:
    """Read the queue of each application to its end; sooner again while a new secret is waited for."""
    outcomes = [_read(facts, queue_of, clock) for facts in rotation.queues_to_read()]
    awaited = False
    for facts in rotation.queues_to_read():
        rotation.note_overdue(facts.application_pk, now=clock.now())
        awaited = awaited or facts.awaited
    outcome = "; ".join(text for text in outcomes if text) or "no message"
    return FlowResult(outcome, clock.now() + LOOK_AGAIN_AFTER if awaited else None)


def _read(facts: QueueFacts, queue_of: Callable[[QueueFacts], Queue], clock: Clock) -> str:
    counts = dict.fromkeys((NEW, DEALT_WITH, LEFT), 0)
    try:
        queue = queue_of(facts)
        for _ in range(RECEIVES_AT_MOST):
            messages = queue.receive()
            if not messages:
                break
            for message in messages:
                counts[_take(message, queue, clock)] += 1
    except QueueTrouble as trouble:
        rotation.note_queue_trouble(facts.application_pk, error=f"{UNREADABLE_QUEUE}{trouble}.", now=clock.now())
        return f"{UNREADABLE_QUEUE}{trouble}"
    rotation.clear_queue_trouble(facts.application_pk, error_begins=UNREADABLE_QUEUE)
    return ", ".join(counted(count, *what) for what, count in counts.items() if count)


def _take(message: QueueMessage, queue: Queue, clock: Clock) -> tuple[str, str]:
    """Kept first, deleted after. What is not ours stays for whoever it is for."""
    try:
        notice = read_secret_notice(message.body)
    except Unreadable:
        notice = None
    match notice:
        case NewClientSecret():
            made_at = notice.made_at or clock.now()
            took = rotation.take_new_secret(
                NewSecret(notice.client_id, notice.secret, made_at, notice.expires_at, notice.old_works_until),
                now=clock.now(),
            )
            if took is Took.STRANGER:
                return LEFT
            queue.delete(message)
            return NEW if took is Took.NEW else DEALT_WITH
        case ClientSecretExpiry():
            if not rotation.take_secret_expiry(notice.client_id, expires_at=notice.expires_at):
                return LEFT
            queue.delete(message)
            return DEALT_WITH
        case None:
            return LEFT
