"""Files that people attach to sales orders, encrypted at rest."""

from datetime import datetime

from wharfinger.db.models import OrderAttachment, SalesOrder, User
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.attachments import AT_MOST, LARGEST, kind_of, safe_name
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act, refuse_erased
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

MEGABYTE = 1024 * 1024


@operation
def attach_file(order_id: int, *, name: str, content: bytes, now: datetime, user: User) -> OrderAttachment:
    """What it is, its bytes say; it is given back under a tidy name."""
    order = lock_order(order_id)
    refuse_erased(order)
    if not content:
        raise Refused("This file is empty. Choose another one.", "file")
    if len(content) > LARGEST:
        raise Refused("At most %(megabytes)s MB. Make the file smaller.", "file", megabytes=LARGEST // MEGABYTE)
    kind = kind_of(content)
    if kind is None:
        raise Refused("Only PDF, PNG, JPEG and plain text files can be attached. Save it as one of these.", "file")
    if order.attachments.count() >= AT_MOST:
        raise Refused(
            "%(order)s has %(at_most)s files already. Remove one first.", "file", order=order.code, at_most=AT_MOST
        )
    row = OrderAttachment.objects.create(
        order=order,
        name=safe_name(name, kind),
        kind=kind,
        content=content,
        size=len(content),
        made_at=now,
        user=user,
    )
    after = {"attachment": row.pk, "name": row.name, "size": row.size}
    record_act(order, "attach file", "A file was attached.", after=after, now=now, user=user)
    return row


@operation
def remove_attachment(order_id: int, *, attachment_id: int, now: datetime, user: User) -> SalesOrder:
    """By whoever attached it, or who may edit orders."""
    order = lock_order(order_id)
    row = OrderAttachment.objects.filter(order=order, pk=attachment_id).select_related("user").first()
    if row is None:
        raise Refused("This file of %(order)s has been removed already.", order=order.code)
    if row.user_id != user.pk and not user.may(Right.EDIT_ORDERS):
        raise Refused("Only %(person)s or a manager may remove this file.", person=row.user)
    before = {"attachment": row.pk, "name": row.name, "size": row.size}
    row.delete()
    record_act(order, "remove file", "A file was removed.", before=before, now=now, user=user)
    return order
