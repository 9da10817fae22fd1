"""Steps about a buyer who requested cancellation; they need an open transaction.

The buyer's own words are personal: they stand in the order's column alone, in no sentence.
"""

from collections.abc import Set
from datetime import datetime

from wharfinger.db.models import SalesOrder
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import AmazonStatus, IncomingOrder
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem

_STILL_OPEN = (
    AmazonStatus.UNSHIPPED,
    AmazonStatus.PARTIALLY_SHIPPED,
    AmazonStatus.PENDING,
    AmazonStatus.PENDING_AVAILABILITY,
)


def note_cancel_request(
    order: SalesOrder, incoming: IncomingOrder, requested_before: Set[str], *, now: datetime
) -> None:
    """Wait for a person's answer; a request for a further line asks again. `requested_before`: order item ids."""
    requested = {line.order_item_id for line in incoming.lines if line.cancel_requested}
    subject = AboutOrder(order.pk)
    if not requested:
        order.cancel_requested, order.cancel_answered_at = False, None
    if not requested or incoming.status not in _STILL_OPEN:
        solve_problem(ProblemKind.CANCEL_REQUESTED, subject, now=now)
        return
    if requested - requested_before or not order.cancel_requested:
        order.cancel_answered_at = None
        record_activity("The buyer requested cancellation.", sales_order=order, channel_id=order.channel_id, now=now)
    reasons = (line.cancel_reason for line in incoming.lines if line.cancel_requested and line.cancel_reason)
    order.cancel_requested, order.cancel_reason = True, next(reasons, order.cancel_reason)[:300]
    if order.cancel_answered_at is not None:
        return
    open_problem(
        ProblemKind.CANCEL_REQUESTED,
        subject,
        cause=f"The buyer of {order.code} requested cancellation.",
        remedy="Cancel the order in Seller Central, or press “Dispatch anyway” on the order: it may then be "
        "dispatched.",
        sales_order=order,
        channel_id=order.channel_id,
        now=now,
    )
