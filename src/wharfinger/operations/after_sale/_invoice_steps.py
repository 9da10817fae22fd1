"""Steps that write invoices; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import Installation, Invoice, Problem, SalesOrder
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.operations._options_in_force import (
    options_for,
)

INSTALLATION_ID = 1
_LEFT = (SalesOrderState.SHIPPED, SalesOrderState.ISSUED)


def invoice_order(order: SalesOrder, *, now: datetime) -> Invoice | None:
    """One invoice for the whole order, with Amazon's own total; the one it has already, if any.

    None while Amazon's amounts contradict each other: the order goes on, its invoice waits for a person.
    """
    if totals_differ(order):
        return None
    invoice = Invoice.objects.filter(order=order).first()
    if invoice is None:
        return _make(order, issued_at=now)
    if invoice.issued_at is None:
        invoice.currency, invoice.total, invoice.issued_at = order.currency, order.total, now
        invoice.save(update_fields=["currency", "total", "issued_at"])
    return invoice


def totals_differ(order: SalesOrder) -> bool:
    """Whether *Totals differ* is open for the order."""
    subject = AboutOrder(order.pk)
    return Problem.objects.filter(kind=ProblemKind.TOTALS_DIFFER, key=subject, solved_at=None).exists()


def invoice_what_is_due(order: SalesOrder, *, now: datetime) -> None:
    """The invoice that the order would have by now, had nothing held it back."""
    if order.imported.record_only or not order.confirmed:
        return
    if order.state in _LEFT:
        invoice_order(order, now=now)
    elif options_for(order.channel, order.order_type).values.assign_invoice_code:
        assign_invoice_code(order)


def assign_invoice_code(order: SalesOrder) -> Invoice | None:
    """The invoice's code before the goods leave; its total is written when it is issued. None: as `invoice_order`."""
    if totals_differ(order):
        return None
    return Invoice.objects.filter(order=order).first() or _make(order, issued_at=None)


def _make(order: SalesOrder, *, issued_at: datetime | None) -> Invoice:
    installation = Installation.objects.select_for_update(no_key=True).get(pk=INSTALLATION_ID)
    code = f"INV{installation.next_invoice:06d}"
    installation.next_invoice += 1
    installation.save(update_fields=["next_invoice"])
    return Invoice.objects.create(
        code=code, order=order, currency=order.currency, total=order.total, issued_at=issued_at
    )
