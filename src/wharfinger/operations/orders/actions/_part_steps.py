"""Steps of splitting and merging the sales orders of one Amazon order; they need an open transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F

from wharfinger.db.models import ImportedOrder, Problem, SalesOrder, SalesOrderLine
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import Fulfilment, LineAmounts, SalesOrderState
from wharfinger.domain.orders.parts import AMOUNTS
from wharfinger.domain.sentences import Sentence
from wharfinger.operations._options_in_force import options_for
from wharfinger.operations.after_sale._invoice_steps import invoice_order, invoice_what_is_due
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.orders.actions._sales_order_steps import NO_ORDER, lock_order, refuse_closed
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import pick_by_itself, recompute_state

CONCERN_EVERY_PART = (
    *ADDRESS_HOLDS,
    ProblemKind.ADDRESS_CHANGED,
    ProblemKind.CANCEL_REQUESTED,
    ProblemKind.FOREIGN_CURRENCY,
    ProblemKind.TOTALS_DIFFER,
)
"""What is true of one part is true of the others: where it holds one back, it holds back all."""


def lock_parts(order_ids: Sequence[int]) -> list[SalesOrder]:
    """These orders in the order of their ids, behind their Amazon orders, as a batch locks them."""
    ids = sorted(set(order_ids))
    imports = SalesOrder.objects.filter(pk__in=ids).values("imported")
    list(ImportedOrder.objects.select_for_update(no_key=True).filter(pk__in=imports).order_by("pk"))
    return [lock_order(pk) for pk in ids]


def lock_lines(order: SalesOrder) -> list[SalesOrderLine]:
    lines = list(order.lines.select_for_update(of=("self",), no_key=True).order_by("pk"))
    for line in lines:
        line.order = order
    return lines


def check_open(order: SalesOrder, nothing_left: Sentence) -> None:
    """`nothing_left`: what cannot be done any more of a closed order, as a sentence."""
    refuse_closed(order, nothing_left)
    if order.channel.kind == Fulfilment.FBA:
        raise Refused("%(order)s is fulfilled by Amazon (FBA): Amazon makes its parcels.", order=order.code)
    if order.state is SalesOrderState.PENDING:
        raise Refused("%(order)s is pending. Wait until Amazon says that it is paid.", order=order.code)
    if order.cancelling_at is not None:
        raise Refused(
            "The cancellation of %(order)s at Amazon is under way. Wait for Amazon's answer.", order=order.code
        )
    invoice = order.invoices.filter(issued_at__isnull=False).first()
    if invoice is not None:
        raise Refused(
            "The invoice %(invoice)s of %(order)s is issued already, for all of its lines. They stay together.",
            order=order.code,
            invoice=invoice.code,
        )


def write_amounts(line: SalesOrderLine, amounts: LineAmounts) -> None:
    """The caller saves the row."""
    for name in AMOUNTS:
        setattr(line, f"amount_{name}", getattr(amounts, name))


def copy_problems(order: SalesOrder, other: SalesOrder, *, now: datetime) -> None:
    """What people must know of the order before it leaves is to be known of the other, too."""
    found = Problem.objects.filter(kind__in=CONCERN_EVERY_PART, key=AboutOrder(order.pk), solved_at=None)
    for problem in found.order_by("pk"):
        open_problem(
            problem.kind,
            AboutOrder(other.pk),
            cause=problem.cause.replace(order.code, other.code),
            remedy=problem.remedy,
            sales_order=other,
            channel_id=other.channel_id,
            now=now,
        )


def settle(order: SalesOrder, *, now: datetime) -> None:
    """State, picking and invoice, by the lines that the order has now."""
    recompute_state(order, lock_lines(order), now=now)
    pick_by_itself(order, options_for(order.channel, order.order_type), now=now)
    if order.state is SalesOrderState.SHIPPED and order.shipped_at is None:
        last = order.shipments.order_by("-shipped_at").values_list("shipped_at", flat=True).first()
        order.shipped_at = last or now
        order.save(update_fields=["shipped_at"])
        invoice_order(order, now=now)
    else:
        invoice_what_is_due(order, now=now)


def mark_divided(imported_id: int) -> None:
    """Whether the Amazon order has several parts that count."""
    parts = SalesOrder.objects.filter(imported=imported_id)
    several = parts.exclude(state=SalesOrderState.MERGED).count() > 1
    parts.exclude(divided=several).update(divided=several)


def total_units(lines: Iterable[SalesOrderLine]) -> int:
    """A service is none."""
    return sum(line.quantity_ordered - line.quantity_cancelled for line in lines if not line.service)


def next_part(imported_id: int) -> int:
    newest = SalesOrder.objects.filter(imported=imported_id).order_by(F("part").desc()).first()
    if newest is None:
        raise Refused(NO_ORDER)
    return newest.part + 1
