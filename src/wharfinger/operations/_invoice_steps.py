"""Steps that write invoices; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import Installation, Invoice, SalesOrder

INSTALLATION_ID = 1


def invoice_order(order: SalesOrder, *, now: datetime) -> Invoice:
    """One invoice for the whole order, with Amazon's own total; the one it has already, if any."""
    known = Invoice.objects.filter(order=order).first()
    if known is not None:
        return known
    installation = Installation.objects.select_for_update(no_key=True).get(pk=INSTALLATION_ID)
    code = f"INV{installation.next_invoice:06d}"
    installation.next_invoice += 1
    installation.save(update_fields=["next_invoice"])
    return Invoice.objects.create(code=code, order=order, currency=order.currency, total=order.total, issued_at=now)
