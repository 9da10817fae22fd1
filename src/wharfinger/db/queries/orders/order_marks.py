"""What people put on a sales order, for its page: a hold, notes, tags."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import OrderAttachment, OrderHold, OrderNote, OrderTag, Tag
from wharfinger.domain.orders.attachments import AttachmentKind
from wharfinger.domain.orders.holding import HoldReason

_TAGS_OFFERED = 500


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """`details`: a person's words, which may be about the buyer; empty for who may not see personal data."""

    reason: HoldReason
    details: str
    held_at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class NoteFacts:
    id: int
    text: str
    made_at: datetime
    user_id: int
    who: str


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    id: int
    name: str
    size: int
    made_at: datetime
    user_id: int
    who: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be given back."""

    name: str
    kind: AttachmentKind
    content: bytes


@dataclass(frozen=True, slots=True)
class OrderMarks:
    """`notes` is None for who may not see personal data: what people write may be about the buyer."""

    hold: HoldFacts | None
    tags: tuple[str, ...]
    notes: tuple[NoteFacts, ...] | None
    attachments: tuple[AttachmentFacts, ...] | None
    """As notes."""


def order_marks(order_id: int, *, with_personal_data: bool) -> OrderMarks:
    tags = OrderTag.objects.filter(order=order_id).order_by("tag__name").values_list("tag__name", flat=True)
    return OrderMarks(
        _hold(order_id, with_personal_data),
        tuple(tags),
        _notes(order_id) if with_personal_data else None,
        _attachments(order_id) if with_personal_data else None,
    )


def _hold(order_id: int, with_personal_data: bool) -> HoldFacts | None:
    row = OrderHold.objects.filter(order=order_id, released_at=None).select_related("held_by").first()
    if row is None:
        return None
    return HoldFacts(row.reason, row.details if with_personal_data else "", row.held_at, str(row.held_by))


def _notes(order_id: int) -> tuple[NoteFacts, ...]:
    rows = OrderNote.objects.filter(order=order_id).select_related("user").order_by("-pk")
    return tuple(NoteFacts(row.pk, row.text, row.made_at, row.user_id, str(row.user)) for row in rows)


def _attachments(order_id: int) -> tuple[AttachmentFacts, ...]:
    """Without what is in them."""
    rows = OrderAttachment.objects.filter(order=order_id).select_related("user").defer("content").order_by("-pk")
    return tuple(AttachmentFacts(row.pk, row.name, row.size, row.made_at, row.user_id, str(row.user)) for row in rows)


def attachment(order_id: int, attachment_id: int) -> Attachment | None:
    row = OrderAttachment.objects.filter(order=order_id, pk=attachment_id).first()
    return None if row is None else Attachment(row.name, row.kind, row.content)


def known_tags() -> tuple[tuple[int, str], ...]:
    """What orders are tagged with, by name."""
    return tuple(Tag.objects.order_by("name").values_list("pk", "name")[:_TAGS_OFFERED])
