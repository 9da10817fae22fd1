"""Amazon's messages, with their texts: those of an order, and notifications that could not be understood."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from wharfinger.db.models import ImportedOrder, RawMessage, UnreadNotification

READINGS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """One message about an order; `body` None = erased. repr does not show it."""

    id: int
    received_at: datetime
    source: RawMessage.Source
    state: RawMessage.State
    error: str
    body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderName:
    id: int
    order_ref: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message of the queue that is no notification; repr does not show its text."""

    id: int
    received_at: datetime
    error: str
    body: bytes = field(repr=False)


def order_name(order_id: int) -> OrderName | None:
    row = ImportedOrder.objects.filter(pk=order_id).values("order_ref", "amazon_order_id").first()
    return OrderName(order_id, row["order_ref"] or row["amazon_order_id"]) if row else None


def readings(order_id: int) -> tuple[Reading, ...]:
    """The newest, newest first."""
    return tuple(_reading(row) for row in _of_order(order_id).order_by("-id")[:READINGS_SHOWN])


def reading(order_id: int, message_id: int) -> Reading | None:
    row = _of_order(order_id).filter(pk=message_id).first()
    return _reading(row) if row else None


def _of_order(order_id: int) -> QuerySet[RawMessage, dict[str, Any]]:
    columns = ("id", "received_at", "source", "state", "error", "body")
    imported = ImportedOrder.objects.filter(pk=order_id).values("account_id", "amazon_order_id").first()
    rows = RawMessage.objects.filter(kind="order")
    account, number = (imported["account_id"], imported["amazon_order_id"]) if imported else (0, "")
    found: QuerySet[RawMessage, dict[str, Any]] = rows.filter(account_id=account, key=number).values(*columns)
    return found


def _reading(row: dict[str, Any]) -> Reading:
    body = row.pop("body")
    return Reading(**row, body=None if body is None else bytes(body))


def set_aside_notifications(account_id: int) -> tuple[SetAside, ...]:
    """The newest, newest first."""
    rows = UnreadNotification.objects.filter(account_id=account_id).order_by("-id")[:READINGS_SHOWN]
    return tuple(SetAside(row.pk, row.received_at, row.error, bytes(row.body)) for row in rows)
