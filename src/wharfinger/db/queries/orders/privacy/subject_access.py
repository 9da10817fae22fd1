"""What is held about a customer, whole: for the person who wants to know it (GDPR article 15)."""

import base64
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wharfinger.db.models import (
    Activity,
    AuditEntry,
    Customer,
    Customisation,
    Invoice,
    LegalHold,
    OrderAttachment,
    OrderHold,
    OrderNote,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    Shipment,
)

_OF_ORDER = ("code", "order_ref", "placed_at", "shipped_at", "cancelled_at", "erased_at", "currency", "total",
             "delivery", "own_delivery", "buyer", "cancel_reason")  # fmt: skip
_OF_LINE = ("sku", "title", "quantity_ordered", "quantity_cancelled", "quantity_shipped", "amount_total",
            "gift_message", "customisation_url")  # fmt: skip


def held_about(customer_id: int, *, now: datetime) -> dict[str, Any] | None:
    """As JSON has it, files in base64. Of a merged record: of the one that it was merged into. None = no person's."""
    row = Customer.objects.filter(pk=customer_id, generic=False).first()
    if row is None:
        return None
    kept = row.merged_into_id or row.pk
    records = Customer.objects.filter(pk=kept) | Customer.objects.filter(merged_into=kept)
    orders = SalesOrder.objects.filter(customer=kept).select_related("imported", "channel__marketplace")
    return {
        "made": now.isoformat(),
        "customer": [
            {
                "code": one.code,
                "name": one.name,
                "email": one.email,
                "address": one.address,
                "since": _plain(one.made_at),
                "erased": _plain(one.erased_at),
            }
            for one in records.order_by("pk")
        ],
        "orders": [_order(order) for order in orders.order_by("placed_at", "pk")],
    }


def _order(order: SalesOrder) -> dict[str, Any]:
    imported = order.imported
    messages = RawMessage.objects.filter(account=imported.account_id, key=imported.amazon_order_id)
    audit = AuditEntry.objects.filter(noun="SalesOrder", noun_id=str(order.pk))
    return {
        "amazon_order_number": imported.amazon_order_id,
        "marketplace": order.channel.marketplace.name,
        **{name: _plain(getattr(order, name)) for name in _OF_ORDER},
        "lines": [_line(line) for line in order.lines.order_by("pk")],
        "parcels": _rows(Shipment.objects.filter(order=order), "tracking_number", "shipped_at", "delivered_at"),
        "invoices": _rows(Invoice.objects.filter(order=order), "code", "issued_at", "currency", "total"),
        "notes": _rows(OrderNote.objects.filter(order=order), "text", "made_at"),
        "holds": _rows(OrderHold.objects.filter(order=order), "details", "held_at", "released_at"),
        "legal_holds": _rows(LegalHold.objects.filter(order=order), "reason", "placed_at", "lifted_at"),
        "files": _rows(OrderAttachment.objects.filter(order=order), "name", "kind", "content", "made_at"),
        "timeline": _rows(
            Activity.objects.filter(sales_order=order, personal__isnull=False), "happened_at", "text", "personal"
        ),
        "changes": _rows(audit.exclude(before=None, after=None), "at", "verb", "before", "after"),
        "messages_from_amazon": [
            {"received_at": _plain(row.received_at), "message": _message(row.body)}
            for row in messages.exclude(body=None).order_by("pk")
        ],
    }


def _line(line: SalesOrderLine) -> dict[str, Any]:
    found = {name: _plain(getattr(line, name)) for name in _OF_LINE}
    archive = Customisation.objects.filter(line=line, body__isnull=False).first()
    return {**found, "customisation": _plain(archive.body)} if archive else found


def _rows(rows: Any, *names: str) -> list[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = rows.order_by("pk").values(*names)
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case None | bool() | int() | float() | str() | dict() | list():
            return value
        case _:
            return str(value)


def _message(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"null")
    except ValueError:
        return _plain(body)
