"""Sales orders that wait for a person's word."""

from datetime import datetime

from wharfinger.db.models import Problem, SalesOrder, User
from wharfinger.domain.orders import SalesOrderState
from wharfinger.domain.problems import ProblemKind
from wharfinger.operations._history_steps import record_activity, record_audit
from wharfinger.operations._invoice_steps import invoice_what_is_due
from wharfinger.operations._problem_steps import solve_problem
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
    invoice_what_is_due(order, now=now)
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


@operation
def accept_totals(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """A person has compared the amounts: *Totals differ* closes, stays closed while Amazon states the same amounts,
    and the invoice that waited for it is written. Refused when nothing is to be accepted."""
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True).select_related("channel__marketplace")
    order = rows.select_related("imported").filter(pk=order_id).first()
    if order is None:
        raise Refused("This sales order does not exist. Open the list again.")
    key = f"order:{order.pk}"
    problem = Problem.objects.filter(kind=ProblemKind.TOTALS_DIFFER.value, key=key, solved_at=None).first()
    if problem is None:
        raise Refused(f"The amounts of {order.code} agree. Nothing is left to accept.")
    order.totals_accepted = problem.cause.removeprefix(f"{order.code}: ")
    order.save(update_fields=["totals_accepted"])
    solve_problem(ProblemKind.TOTALS_DIFFER, key, now=now)
    invoice_what_is_due(order, now=now)
    record_activity(
        f"Amazon's amounts accepted. {problem.cause}", sales_order=order, channel=order.channel, now=now, user=user
    )
    record_audit(
        "accept totals",
        "SalesOrder",
        order.pk,
        before=None,
        after={"amounts": order.totals_accepted},
        now=now,
        user=user,
    )
    return order
