"""The sales orders that one Amazon order became."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from wharfinger.db.models import SalesOrder, SalesOrderLine
from wharfinger.domain.orders.order import SalesOrderState


@dataclass(frozen=True, slots=True)
class PartRow:
    """One of the sales orders of an Amazon order."""

    id: int
    code: str
    state: SalesOrderState
    units: int
    """Ordered and not cancelled; a service is none."""
    total: Decimal | None
    currency: str


def parts_of_import(imported_id: int) -> tuple[PartRow, ...]:
    """First made first; those that were merged into another are among them."""
    rows = SalesOrder.objects.filter(imported=imported_id).order_by("part")
    goods = Sum(F("lines__quantity_ordered") - F("lines__quantity_cancelled"), filter=Q(lines__service=""))
    units = Coalesce(goods, 0)
    return tuple(PartRow(*row) for row in rows.values_list("id", "code", "state", units, "total", "currency"))


@dataclass(frozen=True, slots=True)
class UnsentLine:
    """A line of which units could go to another part. Services are among them."""

    id: int
    sku: str
    title: str
    unsent: int
    allocated: bool
    """All of it has stock."""


def unsent_lines(order_id: int) -> tuple[UnsentLine, ...]:
    rows = SalesOrderLine.objects.filter(order=order_id).order_by("pk").prefetch_related("allocations")
    found = []
    for row in rows:
        unsent = max(0, row.quantity_ordered - row.quantity_cancelled - row.quantity_shipped)
        if unsent:
            allocated = sum(one.quantity for one in row.allocations.all()) >= unsent
            found.append(UnsentLine(row.pk, row.sku, row.title, unsent, allocated))
    return tuple(found)
