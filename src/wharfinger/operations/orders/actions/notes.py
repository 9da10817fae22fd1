"""Notes and tags that people put on sales orders."""

from datetime import datetime

from django.db import IntegrityError, transaction

from wharfinger.db.models import OrderNote, OrderTag, SalesOrder, Tag, User
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.holding import NOTE_AT_MOST, tag_fault, tidy_tag
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act, refuse_erased
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def add_note(order_id: int, *, text: str, now: datetime, user: User) -> OrderNote:
    """For the others of the shop; the buyer and Amazon never see it."""
    order = lock_order(order_id)
    refuse_erased(order)
    words = text.strip()
    if not words:
        raise Refused("Write the note first.", "text")
    if len(words) > NOTE_AT_MOST:
        raise Refused(
            "At most %(at_most)s characters; there are %(count)s. Shorten the note.",
            "text",
            at_most=NOTE_AT_MOST,
            count=len(words),
        )
    last = OrderNote.objects.filter(order=order).order_by("-pk").first()
    if last is not None and (last.text, last.user_id) == (words, user.pk):
        raise Refused("%(order)s already has this note.", "text", order=order.code)
    note = OrderNote.objects.create(order=order, text=words, made_at=now, user=user)
    record_act(order, "add note", "A note was added.", after={"note": note.pk, "text": words}, now=now, user=user)
    return note


@operation
def remove_note(order_id: int, *, note_id: int, now: datetime, user: User) -> SalesOrder:
    """By whoever wrote it, or who may edit orders."""
    order = lock_order(order_id)
    note = OrderNote.objects.filter(order=order, pk=note_id).first()
    if note is None:
        raise Refused("This note of %(order)s has been removed already.", order=order.code)
    if note.user_id != user.pk and not user.may(Right.EDIT_ORDERS):
        raise Refused("Only %(user)s or a manager may remove this note.", user=note.user)
    before = {"note": note.pk, "text": note.text}
    note.delete()
    record_act(order, "remove note", "A note was removed.", before=before, now=now, user=user)
    return order


@operation
def tag_order(order_id: int, *, name: str, now: datetime, user: User) -> SalesOrder:
    """The tag is created by its first order; capitals do not tell tags apart."""
    order = lock_order(order_id)
    tag = _find_or_make(tidy_tag(name))
    _, new = OrderTag.objects.get_or_create(order=order, tag=tag)
    if not new:
        raise Refused("%(order)s already has the tag %(tag)s.", "tag", order=order.code, tag=tag)
    record_act(order, "tag", f"Tagged {tag}.", after={"tag": tag.name}, now=now, user=user)
    return order


def _find_or_make(name: str) -> Tag:
    if fault := tag_fault(name):
        raise Refused(fault, "tag")
    tag = Tag.objects.filter(name__iexact=name).first()
    if tag is not None:
        return tag
    try:
        with transaction.atomic():
            return Tag.objects.create(name=name)
    except IntegrityError:  # somebody else made it between the look and the row
        return Tag.objects.get(name__iexact=name)


@operation
def untag_order(order_id: int, *, name: str, now: datetime, user: User) -> SalesOrder:
    """The last order takes the tag with it."""
    order = lock_order(order_id)
    row = OrderTag.objects.filter(order=order, tag__name__iexact=tidy_tag(name)).select_related("tag").first()
    if row is None:
        raise Refused("%(order)s does not have the tag %(name)s.", "tag", order=order.code, name=tidy_tag(name)[:60])
    tag = row.tag
    row.delete()
    Tag.objects.filter(pk=tag.pk, orders=None).delete()
    record_act(order, "remove tag", f"The tag {tag} was removed.", before={"tag": tag.name}, now=now, user=user)
    return order
