"""Steps of everything that a person does to a sales order; they need an open transaction."""

from datetime import datetime
from typing import Any

from wharfinger.db.models import SalesOrder, User
from wharfinger.domain.sentences import Sentence
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused

NO_ORDER = "This sales order does not exist. Open the list again."


def lock_order(order_id: int) -> SalesOrder:
    """The order, which nobody else changes until the transaction ends; whoever acts at once is second."""
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True)
    related = rows.select_related("channel__marketplace", "channel__account", "imported", "site")
    order = related.filter(pk=order_id).first()
    if order is None:
        raise Refused(NO_ORDER)
    return order


def refuse_closed(order: SalesOrder, nothing_left: Sentence) -> None:
    """`nothing_left`: what cannot be done any more, as a sentence."""
    if not order.state.open:
        raise Refused(
            "%(order)s is %(state)s. %(nothing_left)s",
            order=order.code,
            state=order.state.label.lower(),
            nothing_left=nothing_left,
        )


def refuse_erased(order: SalesOrder) -> None:
    """Words, files and addresses may be about the buyer, and nothing would erase them a second time."""
    if order.erased_at is not None:
        raise Refused(
            "The personal data of %(order)s is erased: nothing that may be about its buyer is kept on it any more.",
            order=order.code,
        )


def record_act(
    order: SalesOrder,
    verb: str,
    text: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
    now: datetime,
    user: User,
) -> None:
    """In the order's timeline and in the audit."""
    record_activity(text, sales_order=order, channel_id=order.channel_id, personal=personal, now=now, user=user)
    values = after if after is not None else {"order": order.code}
    record_audit(verb, "SalesOrder", order.pk, before=before, after=values, now=now, user=user)
