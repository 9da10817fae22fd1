"""What happened to a channel, in pages: shipping notifications, feedback, activity. `every_…`: all of it, for CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from wharfinger.db.models import Activity, Confirmation, ImportedOrder
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.orders.order import ImportState, SkipReason
from wharfinger.domain.shipping.shipments import ConfirmationState

CHUNK = 2000
"""Rows that an export holds in memory at a time."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One line of Shipping notifications."""

    order_id: int
    order: str
    amazon_order_id: str
    package: str
    tracking_number: str
    service: str
    state: ConfirmationState
    error: str
    shipped_at: datetime
    accepted_at: datetime | None
    confirmed_at: datetime | None


_NOTIFIED = (
    "id", "shipment__order_id", "shipment__order__code", "shipment__order__imported__amazon_order_id",
    "shipment__package_reference", "shipment__tracking_number", "shipment__service__courier",
    "shipment__service__name", "state", "error", "shipment__shipped_at", "accepted_at", "confirmed_at",
)  # fmt: skip


def _notifications(channel_id: int, state: str, search: str) -> QuerySet[Any, Any]:
    rows = Confirmation.objects.filter(channel=channel_id)
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(
            Q(shipment__order__code=search.upper())
            | Q(shipment__order__imported__amazon_order_id__startswith=search)
            | Q(shipment__tracking_number__startswith=search)
        )
    found: QuerySet[Any, Any] = rows.values(*_NOTIFIED)
    return found


def shipping_notifications(
    channel_id: int, *, state: str = "", search: str = "", cursor: str = ""
) -> Page[Notification]:
    """Newest first."""
    return read_page(_notifications(channel_id, state, search), ("-id",), cursor).made_of(_notification)


def every_notification(channel_id: int, *, state: str = "", search: str = "") -> Iterator[Notification]:
    rows = _notifications(channel_id, state, search).order_by("-id")
    return (_notification(row) for row in rows.iterator(chunk_size=CHUNK))


def _notification(row: dict[str, Any]) -> Notification:
    return Notification(
        order_id=row["shipment__order_id"],
        order=row["shipment__order__code"],
        amazon_order_id=row["shipment__order__imported__amazon_order_id"],
        package=row["shipment__package_reference"],
        tracking_number=row["shipment__tracking_number"],
        service=f"{row['shipment__service__courier']} {row['shipment__service__name']}",
        state=row["state"],
        error=row["error"],
        shipped_at=row["shipment__shipped_at"],
        accepted_at=row["accepted_at"],
        confirmed_at=row["confirmed_at"],
    )


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """An order that is not imported, and why."""

    id: int
    amazon_order_id: str
    placed_at: datetime
    amazon_status: str
    state: ImportState
    reason: str
    remedy: str


FEEDBACK_ABOUT: dict[str, tuple[str, Q]] = {
    "start": ("Before the Start Date", Q(reason__startswith=SkipReason.BEFORE_START[:-1])),
    "old": ("Over three months old", Q(reason__startswith=SkipReason.TOO_OLD[:-1])),
    "cancelled": ("Cancelled before import", Q(reason__startswith=SkipReason.CANCELLED[:-1])),
    "ignored": ("Ignored by a person", Q(state=ImportState.IGNORED)),
}
"""What the list can be about: word of the address → its name, and its orders."""
_LEFT_OUT = (ImportState.SKIPPED, ImportState.IGNORED)
_FEEDBACK = ("id", "amazon_order_id", "placed_at", "amazon_status", "state", "reason", "remedy")


def _feedback(channel_id: int, about: str, search: str) -> QuerySet[Any, Any]:
    rows = ImportedOrder.objects.filter(channel=channel_id, state__in=_LEFT_OUT)
    if about in FEEDBACK_ABOUT:
        rows = rows.filter(FEEDBACK_ABOUT[about][1])
    if search:
        rows = rows.filter(amazon_order_id__startswith=search)
    found: QuerySet[Any, Any] = rows.values(*_FEEDBACK)
    return found


def feedback(channel_id: int, *, about: str = "", search: str = "", cursor: str = "") -> Page[FeedbackLine]:
    """Newest first."""
    return read_page(_feedback(channel_id, about, search), ("-placed_at", "-id"), cursor).made_of(_line)


def every_feedback(channel_id: int, *, about: str = "", search: str = "") -> Iterator[FeedbackLine]:
    rows = _feedback(channel_id, about, search).order_by("-placed_at", "-id")
    return (_line(row) for row in rows.iterator(chunk_size=CHUNK))


def _line(row: dict[str, Any]) -> FeedbackLine:
    return FeedbackLine(**row)


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a timeline, as the timeline part shows it."""

    at: datetime
    title: str
    who: str
    text: str = ""
    tone: str = ""
    url: str = ""


def _activity(channel_id: int, search: str, by_people: bool) -> QuerySet[Any, Any]:
    rows = Activity.objects.filter(channel=channel_id)
    if search:
        rows = rows.filter(text__icontains=search)
    if by_people:
        rows = rows.filter(user__isnull=False)
    return rows.values("id", "happened_at", "text", "user__full_name", "user__username")


def channel_activity(channel_id: int, *, search: str = "", by_people: bool = False, cursor: str = "") -> Page[Event]:
    """Newest first. `by_people`: without what the installation did by itself."""
    return read_page(_activity(channel_id, search, by_people), ("-id",), cursor).made_of(_event)


def every_activity(channel_id: int, *, search: str = "", by_people: bool = False) -> Iterator[Event]:
    rows = _activity(channel_id, search, by_people).order_by("-id")
    return (_event(row) for row in rows.iterator(chunk_size=CHUNK))


def _event(row: dict[str, Any]) -> Event:
    return Event(row["happened_at"], row["text"], row["user__full_name"] or row["user__username"] or "")
