"""Steps that write invoices; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import Installation, Invoice, SalesOrder

INSTALLATION_ID = 1


def invoice_order(order: SalesOrder, *, now: datetime) -> Invoice:
    """One invoice for the whole order, with Amazon's own total; the one it has already, if any."""
    invoice = Invoice.objects.filter(order=order).first()
    if invoice is None:
        return _make(order, issued_at=now)
    if invoice.issued_at is None:
        invoice.currency, invoice.total, invoice.issued_at = order.currency, order.total, now
        invoice.save(update_fields=["currency", "total", "issued_at"])
    return invoice


def assign_invoice_code(order: SalesOrder) -> Invoice:
    """The invoice's code before the goods leave; its total is written when it is issued."""
    return Invoice.objects.filter(order=order).first() or _make(order, issued_at=None)


def _make(order: SalesOrder, *, issued_at: datetime | None) -> Invoice:
    installation = Installation.objects.select_for_update(no_key=True).get(pk=INSTALLATION_ID)
    code = f"INV{installation.next_invoice:06d}"
    installation.next_invoice += 1
    installation.save(update_fields=["next_invoice"])
    return Invoice.objects.create(
        code=code, order=order, currency=order.currency, total=order.total, issued_at=issued_at
    )
