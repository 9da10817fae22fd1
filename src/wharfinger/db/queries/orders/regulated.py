"""Lines of goods that may leave only once Amazon's verification of their order is approved."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from wharfinger.db.models import KitComponent, SalesOrder, SalesOrderLine, StockItem
from wharfinger.domain.orders.verifying import BLOCKS


def regulated_lines(lines: Iterable[SalesOrderLine]) -> set[int]:
    """Those of items marked as regulated, or of kits with such a part, and all of an order of which Amazon shows a
    verification that is not approved. Two statements."""
    rows = list(lines)
    items = {line.item_id for line in rows if line.item_id is not None}
    parts = KitComponent.objects.filter(kit=OuterRef("pk"), component__regulated=True)
    regulated = StockItem.objects.filter(Q(regulated=True) | Q(Exists(parts)), pk__in=items)
    marked = set(regulated.values_list("pk", flat=True))
    shown = SalesOrder.objects.filter(pk__in={line.order_id for line in rows}, imported__verification__state__in=BLOCKS)
    blocked = set(shown.values_list("pk", flat=True))
    return {line.pk for line in rows if line.item_id in marked or line.order_id in blocked}
