"""Orders that a person holds: nobody picks, confirms or dispatches them until somebody releases them."""

from datetime import datetime

from wharfinger.db.models import OrderHold, SalesOrder, User
from wharfinger.domain.orders.holding import DETAILS_AT_MOST, HoldReason
from wharfinger.domain.sentences import N_, Sentence
from wharfinger.operations._options_in_force import options_for
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act, refuse_closed, refuse_erased
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import pick_by_itself
from wharfinger.operations.transaction import operation


@operation
def hold_order(order_id: int, *, reason: HoldReason, details: str = "", now: datetime, user: User) -> SalesOrder:
    """The order keeps its stock and waits. `details`: words of the person's own, needed for another reason."""
    order = lock_order(order_id)
    refuse_closed(order, N_("There is nothing left to hold."))
    standing = OrderHold.objects.filter(order=order, released_at=None).select_related("held_by").first()
    if standing is not None:
        raise Refused(
            "%(order)s is already on hold: %(reason)s (%(held_by)s). Release it first to hold it for another reason.",
            order=order.code,
            reason=Sentence(standing.reason.msgid),
            held_by=standing.held_by,
        )
    words = details.strip()
    if words:
        refuse_erased(order)
    if reason is HoldReason.OTHER and not words:
        raise Refused("Say in a few words why the order is held.", "details")
    if len(words) > DETAILS_AT_MOST:
        raise Refused(
            "At most %(at_most)s characters; there are %(count)s. Shorten the text.",
            "details",
            at_most=DETAILS_AT_MOST,
            count=len(words),
        )
    OrderHold.objects.create(order=order, reason=reason, details=words, held_at=now, held_by=user)
    order.on_hold_at = now
    order.save(update_fields=["on_hold_at"])
    text = f"Put on hold: {reason.msgid.lower()}."
    record_act(order, "hold", text, after={"reason": reason.value, "details": words}, now=now, user=user)
    return order


@operation
def release_order(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """The order goes on where it stood; with Auto-pick, what is ready counts as picked."""
    order = lock_order(order_id)
    standing = OrderHold.objects.filter(order=order, released_at=None).first()
    if standing is None:
        raise Refused("%(order)s is not on hold. Nothing is needed.", order=order.code)
    OrderHold.objects.filter(pk=standing.pk).update(released_at=now, released_by=user)
    order.on_hold_at = None
    order.save(update_fields=["on_hold_at"])
    pick_by_itself(order, options_for(order.channel, order.order_type), now=now)
    before = {"reason": standing.reason.value, "details": standing.details}
    record_act(order, "release", "Released from hold.", before=before, now=now, user=user)
    return order
