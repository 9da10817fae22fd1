"""Destinations, subscriptions, and the delivery of what happened; faults lose, double and delay it.

Source: model notifications.json. A queue that does not let Amazon in gets nothing, without any error (behaviour N01):
the reason stands in GET /_simulator/notifications.
"""

import json
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from amazon_simulator.access.application import Application
from amazon_simulator.core.clock import iso
from amazon_simulator.core.numbering import Numbering
from amazon_simulator.core.store import Entity
from amazon_simulator.events.envelope import OLD_ORDERS, ORDERS, News, wrapped
from amazon_simulator.events.payloads import STATUS_CHANGE, old_status_change
from amazon_simulator.events.policy import objection
from amazon_simulator.faults.faults import Faults
from amazon_simulator.sqs.queues import Queues

SENDER = "AIDAAMAZONNOTIFICATIONS"
BUS_KEEPS = 100


class Destination(Entity, tag="destination"):
    """A queue (`arn`), or the event bus of an AWS account in a region (`source`: its partner event source)."""

    id: str
    name: str
    made: float
    arn: str = ""
    account: str = ""
    region: str = ""
    source: str = ""
    gone: bool = False


class Subscription(Entity, tag="subscription"):
    """`changes`: the order change types that are wanted, empty = all. `failure`: why the last one was not delivered."""

    id: str
    seller: str
    kind: str
    version: str
    destination: str
    made: float
    directive: dict[str, Any] = {}
    changes: list[str] = []
    sent: int = 0
    lost: int = 0
    undelivered: int = 0
    failure: str = msgspec.field(default="", name="trouble")  # the name it has in journals
    last: float = 0.0
    gone: bool = False


class Late(Entity, tag="late notification"):
    """One that a fault holds back until `due`."""

    id: str
    due: float
    subscription: str
    body: str
    gone: bool = False


class BusEvent(Entity, tag="bus event"):
    """What went to an event bus; the last hundred of each destination are kept."""

    number: int
    destination: str
    event: dict[str, Any]


class Delivery:
    """A store; `publish` is how anything gets out."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Destination, Subscription, Late, BusEvent)

    def __init__(self, application: Application, faults: Faults, queues: Queues, numbering: Numbering) -> None:
        self.numbering = numbering
        self._application = application
        self._faults = faults
        self._queues = queues
        self.changed: list[Entity] = []
        self.destinations: dict[str, Destination] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.bus: dict[str, list[BusEvent]] = {}
        self.developer_failure = ""
        self._late: dict[str, Late] = {}
        application.announce = self.notify_developer

    def put(self, entity: Entity) -> None:
        match entity:
            case Destination(gone=True):
                self.destinations.pop(entity.id, None)
            case Destination():
                self.destinations[entity.id] = entity
            case Subscription(gone=True):
                self.subscriptions.pop(entity.id, None)
            case Subscription():
                self.subscriptions[entity.id] = entity
            case Late(gone=True):
                self._late.pop(entity.id, None)
            case Late():
                self._late[entity.id] = entity
            case BusEvent():
                held = self.bus.setdefault(entity.destination, [])
                held.append(entity)
                del held[:-BUS_KEEPS]
            case _:
                pass

    def everything(self) -> Iterator[Entity]:
        yield from self.destinations.values()
        yield from self.subscriptions.values()
        yield from self._late.values()
        for held in self.bus.values():
            yield from held

    def make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    def due(self) -> float | None:
        return min((late.due for late in self._late.values()), default=None)

    def turn(self, now: float) -> None:
        """Deliver what faults have held back long enough."""
        for late in sorted((late for late in self._late.values() if late.due <= now), key=lambda late: late.due):
            late.gone = True
            self.make(late)
            subscription = self.subscriptions.get(late.subscription)
            if subscription is not None:
                self._deliver(subscription, late.body, now)

    def wanted(self) -> set[str]:
        """The types that anybody has subscribed to."""
        return {subscription.kind for subscription in self.subscriptions.values()}

    # --- to sellers' subscriptions

    def publish(self, news: News, now: float) -> None:
        for subscription in list(self.subscriptions.values()):
            if (subscription.seller, subscription.kind) != (news.seller, news.kind):
                continue
            if subscription.changes and news.change not in subscription.changes:
                continue
            kind, payload = self._payload_of(news, now)
            body = wrapped(
                kind,
                payload,
                at=news.at,
                now=now,
                subscription_id=subscription.id,
                notification_id=self.numbering.uuid("notification", now),
            )
            self._send(subscription, body, now)

    def _payload_of(self, news: News, now: float) -> tuple[str, dict[str, Any]]:
        """Type and payload; a fault has a change of status come in the old type, as old queues hold it (N03)."""
        if (news.kind, news.change) != (ORDERS, STATUS_CHANGE):
            return news.kind, news.payload
        if self._faults.happens("notification_old", news.seller, now) is None:
            return news.kind, news.payload
        return OLD_ORDERS, old_status_change(news.payload)

    def _send(self, subscription: Subscription, body: str, now: float) -> None:
        seller = subscription.seller
        if self._faults.happens("notification_lost", seller, now) is not None:
            subscription.lost += 1
            self.changed.append(subscription)
            return
        late = self._faults.happens("notification_late", seller, now)
        for _ in range(1 if self._faults.happens("notification_doubled", seller, now) is None else 2):
            if late is None:
                self._deliver(subscription, body, now)
            else:
                self.make(
                    Late(self.numbering.uuid("late notification", now), now + late.seconds, subscription.id, body)
                )

    def _deliver(self, subscription: Subscription, body: str, now: float) -> None:
        subscription.failure = self.deliver(subscription.destination, body, now)
        subscription.undelivered += bool(subscription.failure)
        subscription.sent += not subscription.failure
        subscription.last = subscription.last if subscription.failure else now
        self.changed.append(subscription)

    def deliver(self, destination_id: str, body: str, now: float) -> str:
        """Put a message where it belongs; returns why it could not be, "" when it was."""
        destination = self.destinations.get(destination_id)
        if destination is None:
            return "the destination was deleted"
        if destination.arn:
            return self._deliver_to_queue(destination.arn, body, now)
        event = _on_bus(destination, body, self.numbering.uuid("bus event", now), now)
        self.make(BusEvent(self._next_number(destination.id), destination.id, event))
        return ""

    def _next_number(self, destination_id: str) -> int:
        held = self.bus.get(destination_id)
        return held[-1].number + 1 if held else 1

    def _deliver_to_queue(self, arn: str, body: str, now: float) -> str:
        queue = self._queues.held.get(arn)
        failure = f"there is no queue {arn}" if queue is None else objection(queue)
        if queue is not None and not failure:
            self._queues.send(queue, body, now, sender=SENDER)
        return failure

    # --- to the developer

    def notify_developer(self, kind: str, payload: dict[str, Any], now: float) -> None:
        """To the queue that is registered in the portal: no subscription, no seller."""
        arn = self._application.registration.notification_queue
        if not arn or self._faults.happens("notification_lost", "", now) is not None:
            return
        subscription_id = str(uuid.uuid5(uuid.NAMESPACE_URL, arn))
        notification_id = self.numbering.uuid("notification", now)
        body = wrapped(kind, payload, at=now, now=now, subscription_id=subscription_id, notification_id=notification_id)
        for _ in range(1 if self._faults.happens("notification_doubled", "", now) is None else 2):
            self.developer_failure = self._deliver_to_queue(arn, body, now)


def _on_bus(destination: Destination, body: str, event_id: str, now: float) -> dict[str, Any]:
    """As EventBridge wraps a partner's event."""
    notice = json.loads(body)
    return {
        "version": "0",
        "id": event_id,
        "detail-type": notice.get("NotificationType", notice.get("notificationType")),
        "source": destination.source,
        "account": destination.account,
        "time": iso(now)[:19] + "Z",
        "region": destination.region,
        "resources": [],
        "detail": notice,
    }
