"""Steps that write invoices; they need an open transaction."""

from collections.abc import Collection
from datetime import datetime

from wharfinger.db.models import Installation, Invoice, Problem, SalesOrder
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.operations._options_in_force import InForce, options_for
from wharfinger.operations._rows import Rows

INSTALLATION_ID = 1
LEFT = (SalesOrderState.SHIPPED, SalesOrderState.ISSUED)


def invoice_order(order: SalesOrder, *, now: datetime) -> None:
    """One invoice for the whole order, with Amazon's own total; the one it has already, if any.

    None while Amazon's amounts contradict each other: the order goes on, its invoice waits for a person.
    """
    invoices = _of(order)
    invoices.issue(order, held_back=totals_differ(order), now=now)
    invoices.write()


def invoice_what_is_due(order: SalesOrder, *, now: datetime) -> None:
    """The invoice that the order would have by now, had nothing held it back."""
    invoices, options = _of(order), options_for(order.channel, order.order_type)
    invoices.write_what_is_due(order, options, held_back=totals_differ(order), now=now)
    invoices.write()


def _of(order: SalesOrder) -> "Invoices":
    invoices = Invoices()
    invoices.read([order.pk])
    return invoices


def totals_differ(order: SalesOrder) -> bool:
    """Whether *Totals differ* is open for the order."""
    subject = AboutOrder(order.pk)
    return Problem.objects.filter(kind=ProblemKind.TOTALS_DIFFER, key=subject, solved_at=None).exists()


def _codes(count: int) -> list[str]:
    """Without gaps: the row is locked until they are written."""
    installation = Installation.objects.select_for_update(no_key=True).get(pk=INSTALLATION_ID)
    first = installation.next_invoice
    installation.next_invoice += count
    installation.save(update_fields=["next_invoice"])
    return [f"INV{number:06d}" for number in range(first, first + count)]


class Invoices:
    """Invoices of a batch's orders: their codes are drawn last, because everybody waits for their row.

    `held_back`: Amazon's amounts contradict each other; the order goes on, its invoice waits for a person.
    """

    def __init__(self) -> None:
        self._rows = Rows(Invoice)
        self._of: dict[int, Invoice] = {}
        self._new: list[Invoice] = []

    def read(self, order_ids: Collection[int]) -> None:
        """Those that are there; an order that was not named has none."""
        if order_ids:
            for row in self._rows.read(Invoice.objects.filter(order__in=order_ids).order_by("-pk")):
                self._of[row.order_id] = row

    def issue(self, order: SalesOrder, *, held_back: bool, now: datetime) -> None:
        """As `invoice_order`."""
        invoice = None if held_back else self._find_or_make(order)
        if invoice is not None and invoice.issued_at is None:
            invoice.currency, invoice.total, invoice.issued_at = order.currency, order.total, now

    def assign_code(self, order: SalesOrder, *, held_back: bool) -> None:
        """The invoice's code before the goods leave; its total is written when it is issued."""
        if not held_back:
            self._find_or_make(order)

    def write_what_is_due(self, order: SalesOrder, options: InForce, *, held_back: bool, now: datetime) -> None:
        """The invoice that the order would have by now, had nothing held it back."""
        if order.imported.record_only or not order.confirmed:
            return
        if order.state in LEFT:
            self.issue(order, held_back=held_back, now=now)
        elif options.values.assign_invoice_code:
            self.assign_code(order, held_back=held_back)

    def _find_or_make(self, order: SalesOrder) -> Invoice:
        invoice = self._of.get(order.pk)
        if invoice is None:
            invoice = Invoice(order_id=order.pk, currency=order.currency, total=order.total)
            self._of[order.pk] = invoice
            self._new.append(invoice)
        return invoice

    def write(self) -> None:
        for invoice, code in zip(self._new, _codes(len(self._new)) if self._new else (), strict=True):
            invoice.code = code
            self._rows.add(invoice)
        self._rows.write()
        self._new.clear()
