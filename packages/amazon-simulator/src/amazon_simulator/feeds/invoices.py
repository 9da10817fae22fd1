"""UPLOAD_VAT_INVOICE: a PDF for an order; the feed's options describe it. Source: vat-calculation-service guide."""

import re
from decimal import Decimal, InvalidOperation

from amazon_simulator.feeds.envelope import Result, reported
from amazon_simulator.feeds.feed import Ground, Invoice, Job, Outcome
from amazon_simulator.world.entities import Order

KINDS = ("Invoice", "CreditNote")
NO_PDF, WRONG = "7000", "7001"
PREFIX = "metadata:"
NUMBER = re.compile(r"[\w./ -]{1,50}")


def work_invoice(ground: Ground, job: Job) -> Outcome:
    """One message: the invoice. It is kept when nothing is wrong with it."""
    options = {name.lower().removeprefix(PREFIX): value.strip() for name, value in job.feed.options.items()}
    order = _order(ground, job, options)
    faults = [*_faults(job, options, order)]
    if not faults and not job.partly_refused and order is not None:
        ground.keep(
            Invoice(
                seller=job.seller.id,
                order=order.id,
                number=options["invoicenumber"],
                kind=options.get("documenttype", KINDS[0]),
                total=options["totalamount"],
                vat=options["totalvatamount"],
                at=job.now,
                feed=job.feed.id,
            )
        )
    elif not faults:
        faults.append((WRONG, "The invoice was refused as a fault on command has it."))
    name = "" if order is None else order.id
    return reported(job, 1, [[Result(1, code, text, name) for code, text in faults]])


def _order(ground: Ground, job: Job, options: dict[str, str]) -> Order | None:
    """By its number, or by the shipment's: Amazon's own parcels are named after their order here."""
    order = ground.world.orders.get(options.get("orderid") or options.get("shippingid", ""))
    return order if order is not None and order.seller == job.seller.id else None


def _faults(job: Job, options: dict[str, str], order: Order | None) -> list[tuple[str, str]]:
    faults = []
    if not job.document.content_type.startswith("application/pdf") or not job.content.startswith(b"%PDF-"):
        faults.append((NO_PDF, "The invoice is not a PDF document."))
    if order is None:
        faults.append((WRONG, "metadata:orderid or metadata:shippingid is missing or is no order of yours."))
    elif order.status not in ("PARTIALLY_SHIPPED", "SHIPPED"):
        faults.append((WRONG, "The order has not been shipped."))
    if not NUMBER.fullmatch(options.get("invoicenumber", "")):
        faults.append((WRONG, "metadata:invoicenumber is missing or invalid."))
    if options.get("documenttype", KINDS[0]) not in KINDS:
        faults.append((WRONG, f"metadata:documenttype is none of {', '.join(KINDS)}."))
    faults += [
        (WRONG, f"metadata:{name} is missing or no amount.")
        for name in ("totalamount", "totalvatamount")
        if not _is_amount(options.get(name, ""))
    ]
    return faults


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
