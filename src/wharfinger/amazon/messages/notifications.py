"""Notifications: the API's bodies, and the messages in the queue.

A message's members are written in two ways, by its type (behaviour N08), and come bare from SQS or inside EventBridge's
own envelope: they are looked up without regard to case, and no published schema is enforced (N09). Source: model
notifications.json and the schemas beside it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from wharfinger.amazon.messages.wire import Message, Unreadable, in_utc

ORDER_CHANGE = "ORDER_CHANGE"
ORDER_STATUS_CHANGE = "ORDER_STATUS_CHANGE"
"""Deprecated since 2023; still in queues (behaviour N03)."""
ACCOUNT_STATUS_CHANGED = "ACCOUNT_STATUS_CHANGED"
VERSION = "1.0"
ORDER_CHANGES = ("OrderStatusChange", "BuyerRequestedChange")
_BY_AMAZON = ("AFN", "AMAZON")
_NOT_SHIPPED = ("PENDING", "PENDINGAVAILABILITY", "UNSHIPPED")
_TEST = "wharfinger-test"
_TEXT_AT_MOST = 60


class _Sqs(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    arn: str = ""


class _Resource(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    sqs: _Sqs | None = None


class Destination(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Where Amazon sends; of the application, in one regional endpoint."""

    destination_id: str
    name: str = ""
    resource: _Resource | None = None

    @property
    def arn(self) -> str:
        """Of its queue; empty for an event bus."""
        return self.resource.sqs.arn if self.resource and self.resource.sqs else ""


class Subscription(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    subscription_id: str
    destination_id: str = ""
    payload_version: str = ""


class DestinationAnswer(Message, frozen=True, kw_only=True, rename="camel"):
    payload: Destination


class DestinationsAnswer(Message, frozen=True, kw_only=True, rename="camel"):
    payload: tuple[Destination, ...] = ()


class SubscriptionAnswer(Message, frozen=True, kw_only=True, rename="camel"):
    payload: Subscription


def write_destination(name: str, arn: str) -> bytes:
    return msgspec.json.encode({"name": name, "resourceSpecification": {"sqs": {"arn": arn}}})


def write_subscription(kind: str, destination_id: str) -> bytes:
    """ORDER_CHANGE is refused without its filter (behaviour N02)."""
    body: dict[str, Any] = {"payloadVersion": VERSION, "destinationId": destination_id}
    if kind == ORDER_CHANGE:
        changes = {"eventFilterType": ORDER_CHANGE, "orderChangeTypes": ORDER_CHANGES}
        body["processingDirective"] = {"eventFilter": changes}
    return msgspec.json.encode(body)


# --- in the queue


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message says of itself; `order_id` is empty for one that is about no order."""

    notification_id: str
    kind: str
    seller_id: str = ""
    order_id: str = ""
    changed_at: datetime | None = None
    published_at: datetime | None = None
    marketplace_id: str = ""
    account_status: str = ""
    """NORMAL, AT_RISK, DEACTIVATED, or one not known yet; of a message about the account."""
    may_wait: bool = False
    """By its summary Amazon fulfils the order and has not shipped it: nothing hangs on it yet."""


@dataclass(frozen=True, slots=True)
class TestMessage:
    """One of our own, by which the queue was tried."""

    __test__ = False

    test_id: str


def write_test(test_id: str) -> bytes:
    return msgspec.json.encode({_TEST: test_id})


def read_message(body: bytes) -> Notice | TestMessage:
    """Unreadable for what is no notification, and for one of a changed order that does not say which."""
    message = _lowered(_json(body))
    if _TEST in message:
        return TestMessage(str(message[_TEST])[:_TEXT_AT_MOST])
    inner = message.get("detail")
    notice = inner if "detail-type" in message and isinstance(inner, dict) else message
    kind = _text(notice, "notificationtype")
    if not kind:
        raise Unreadable("it names no notification type")
    metadata = _object(notice, "notificationmetadata")
    payload = _object(notice, "payload")
    found = Notice(
        notification_id=_text(metadata, "notificationid") or _text(message, "id"),
        kind=kind,
        changed_at=_moment(notice, "eventtime"),
        published_at=_moment(metadata, "publishtime"),
    )
    if kind == ACCOUNT_STATUS_CHANGED:
        return _of_account(found, _object(payload, "accountstatuschangenotification") or payload)
    if kind not in (ORDER_CHANGE, ORDER_STATUS_CHANGE):
        return found
    return _of_order(found, _object(payload, f"{kind.lower().replace('_', '')}notification") or payload)


def _of_order(notice: Notice, change: dict[str, Any]) -> Notice:
    number = _text(change, "amazonorderid")
    if not number:
        raise Unreadable(f"it is of the type {notice.kind} and names no order")
    trigger = _object(change, "orderchangetrigger")
    return Notice(
        notification_id=notice.notification_id,
        kind=notice.kind,
        seller_id=_text(change, "sellerid"),
        order_id=number,
        changed_at=_moment(trigger, "timeoforderchange") or notice.changed_at,
        published_at=notice.published_at,
        may_wait=_may_wait(_object(change, "summary") or change),
    )


def _may_wait(summary: dict[str, Any]) -> bool:
    by = _text(summary, "fulfillmenttype") or _text(summary, "fulfillmentchannel")
    return by.upper() in _BY_AMAZON and _text(summary, "orderstatus").upper() in _NOT_SHIPPED


def _of_account(notice: Notice, change: dict[str, Any]) -> Notice:
    status = _text(change, "currentaccountstatus") or _text(change, "accountstatus")
    if not status:
        raise Unreadable(f"it is of the type {notice.kind} and names no status")
    return Notice(
        notification_id=notice.notification_id,
        kind=notice.kind,
        seller_id=_text(change, "merchantid") or _text(change, "sellerid"),
        changed_at=notice.changed_at,
        published_at=notice.published_at,
        marketplace_id=_text(change, "marketplaceid"),
        account_status=status,
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        message = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("it is no JSON that can be read") from None
    if not isinstance(message, dict):
        raise Unreadable("it is no JSON object")
    return message


def _lowered(value: Any) -> Any:
    match value:
        case dict():
            return {name.lower(): _lowered(inner) for name, inner in value.items()}
        case list():
            return [_lowered(inner) for inner in value]
        case _:
            return value


def _object(members: dict[str, Any], name: str) -> dict[str, Any]:
    value = members.get(name)
    return value if isinstance(value, dict) else {}


def _text(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    return value.strip().replace("\0", "")[:_TEXT_AT_MOST] if isinstance(value, str) else ""


def _moment(members: dict[str, Any], name: str) -> datetime | None:
    try:
        return in_utc(datetime.fromisoformat(_text(members, name)))
    except (ValueError, OverflowError):
        return None
