"""Sales orders that wait for a person's word."""

from datetime import datetime

from wharfinger.db.models import Problem, SalesOrder, User, Verification
from wharfinger.db.queries.orders.regulated import regulated_lines
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.addresses import doubts, tidy
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.orders.verifying import BLOCKS
from wharfinger.operations._options_in_force import (
    options_for,
)
from wharfinger.operations.after_sale._invoice_steps import invoice_what_is_due
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.installation._problem_steps import Problems, solve_problem
from wharfinger.operations.orders._address_steps import (
    address_hash,
    note_address,
    shipping_address,
    solve_address_changes,
)
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import pick_by_itself, recompute_state
from wharfinger.operations.transaction import operation


@operation
def confirm_order(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """From now on the order may be dispatched and invoiced. Refused when there is nothing to confirm any more."""
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True).select_related("channel__marketplace")
    order = rows.select_related("imported").filter(pk=order_id).first()
    if order is None:
        raise Refused("This sales order does not exist. Open the list again.")
    if order.confirmed:
        raise Refused("%(order)s is already confirmed. Nothing more is needed.", order=order.code)
    if order.state == SalesOrderState.CANCELLED:
        raise Refused("%(order)s was cancelled. There is nothing to confirm.", order=order.code)
    if order.cancelling_at is not None:
        raise Refused(
            "The cancellation of %(order)s at Amazon is under way. Wait for Amazon's answer.", order=order.code
        )
    if order.on_hold_at is not None:
        raise Refused("%(order)s is on hold. Press Release on the order first, then confirm it.", order=order.code)
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
    subject = AboutOrder(order.pk)
    problem = Problem.objects.filter(kind=ProblemKind.TOTALS_DIFFER, key=subject, solved_at=None).first()
    if problem is None:
        raise Refused("The amounts of %(order)s agree. There is nothing to accept.", order=order.code)
    order.totals_accepted = problem.cause.removeprefix(f"{order.code}: ")
    order.save(update_fields=["totals_accepted"])
    solve_problem(ProblemKind.TOTALS_DIFFER, subject, now=now)
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


@operation
def confirm_address(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """A person says that a courier can deliver to the address as it is. Another address asks again."""
    order = _open_order(order_id)
    address = shipping_address(order)
    if address is None or not tidy(address).line_1:
        raise Refused(
            "%(order)s: Amazon has sent no street. Press Retry Download on the imported order first.", order=order.code
        )
    if not doubts(address):
        raise Refused("The address of %(order)s is complete. There is nothing to confirm.", order=order.code)
    if order.confirmed_address_hash == address_hash(address):
        raise Refused("The address of %(order)s is already confirmed. Nothing more is needed.", order=order.code)
    order.confirmed_address_hash = address_hash(address)
    order.save(update_fields=["confirmed_address_hash"])
    problems = Problems()
    problems.read([AboutOrder(order.pk)])
    note_address(order, tidy(address), order.imported.amazon_status, problems)
    problems.write(now=now)
    recompute_state(order, list(order.lines.order_by("pk")), now=now)
    _record(order, "confirm address", "The delivery address is confirmed as it is.", now, user)
    return order


@operation
def acknowledge_address(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """A person has seen that Amazon changed the address after the order was picked or packed."""
    order = _open_order(order_id, also_closed=True)
    if not solve_address_changes(order, now=now):
        raise Refused("%(order)s: the changed address has already been acknowledged.", order=order.code)
    _record(order, "acknowledge address", "The changed delivery address is acknowledged.", now, user)
    return order


@operation
def dispatch_anyway(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """The buyer's request to cancel is answered: the order may be picked and sent."""
    order = _open_order(order_id)
    if not order.cancel_requested:
        raise Refused(
            "%(order)s: the buyer is not requesting cancellation now. Dispatch the order as usual.", order=order.code
        )
    if order.cancel_answered_at is not None:
        raise Refused("%(order)s: the request is already answered. Dispatch the order as usual.", order=order.code)
    if order.cancelling_at is not None:
        raise Refused(
            "The cancellation of %(order)s at Amazon is under way. Wait for Amazon's answer.", order=order.code
        )
    order.cancel_answered_at = now
    order.save(update_fields=["cancel_answered_at"])
    solve_problem(ProblemKind.CANCEL_REQUESTED, AboutOrder(order.pk), now=now)
    pick_by_itself(order, options_for(order.channel, order.order_type), now=now)
    text = "The buyer's cancellation request is answered: the order is dispatched anyway."
    _record(order, "dispatch anyway", text, now, user)
    return order


@operation
def note_approved(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """A person says that Amazon's verification of the order's regulated goods is approved: they may leave."""
    order = _open_order(order_id)
    if order.approved_at is not None:
        raise Refused("%(order)s is approved already. Dispatch the order as usual.", order=order.code)
    if not regulated_lines(order.lines.all()):
        raise Refused("%(order)s has no regulated goods. Dispatch the order as usual.", order=order.code)
    if Verification.objects.filter(imported=order.imported_id, state__in=BLOCKS).exists():
        raise Refused(
            "%(order)s: Amazon does not show the verification as approved. Approve it there or on this page; it is "
            "read again every few minutes.",
            order=order.code,
        )
    order.approved_at = now
    order.save(update_fields=["approved_at"])
    _record(order, "approve", "The verification of its regulated goods is approved at Amazon.", now, user)
    return order


def _open_order(order_id: int, *, also_closed: bool = False) -> SalesOrder:
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True)
    order = rows.select_related("channel__marketplace", "imported", "site").filter(pk=order_id).first()
    if order is None:
        raise Refused("This sales order does not exist. Open the list again.")
    if not also_closed and not order.state.open:
        raise Refused(
            "%(order)s is %(state)s. There is no request left to answer.",
            order=order.code,
            state=order.state.label.lower(),
        )
    return order


def _record(order: SalesOrder, verb: str, text: str, now: datetime, user: User) -> None:
    record_activity(text, sales_order=order, channel=order.channel, now=now, user=user)
    record_audit(verb, "SalesOrder", order.pk, before=None, after={"order": order.code}, now=now, user=user)
