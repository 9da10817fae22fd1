"""Sales orders that wait for a person's word."""

from datetime import datetime

from wharfinger.db.models import SalesOrder, User
from wharfinger.domain.orders import SalesOrderState
from wharfinger.operations._history_steps import record_activity, record_audit
from wharfinger.operations._invoice_steps import assign_invoice_code, invoice_order
from wharfinger.operations._option_steps import options_for
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def confirm_order(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """From now on the order may be dispatched and invoiced. Refused when there is nothing to confirm any more."""
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True).select_related("channel__marketplace")
    order = rows.select_related("imported").filter(pk=order_id).first()
    if order is None:
        raise Refused("This sales order does not exist. Open the list again.")
    if order.confirmed:
        raise Refused(f"{order.code} is confirmed already. Nothing is left to do.")
    if order.state == SalesOrderState.CANCELLED.value:
        raise Refused(f"{order.code} was cancelled. There is nothing to confirm.")
    order.confirmed = True
    order.save(update_fields=["confirmed"])
    _catch_up(order, now)
    record_activity(f"{order.code} is confirmed.", sales_order=order, channel=order.channel, now=now, user=user)
    record_audit(
        "confirm",
        "SalesOrder",
        order.pk,
        before={"confirmed": "False"},
        after={"confirmed": "True"},
        now=now,
        user=user,
    )
    return order


def _catch_up(order: SalesOrder, now: datetime) -> None:
    """The invoice that the order would have by now, had it never waited."""
    if order.imported.record_only:
        return
    if order.state == SalesOrderState.SHIPPED.value:
        invoice_order(order, now=now)
    elif options_for(order.channel, order.order_type).values.assign_invoice_code:
        assign_invoice_code(order)
