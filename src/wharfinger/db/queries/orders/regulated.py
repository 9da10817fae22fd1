"""Lines of goods that may leave only once Amazon's verification of their order is approved."""

from collections.abc import Iterable

from wharfinger.db.models import KitComponent, SalesOrderLine, StockItem


def regulated_lines(lines: Iterable[SalesOrderLine]) -> set[int]:
    """Those of items marked as regulated, or of kits with such a part. Two statements."""
    items = {line.pk: line.item_id for line in lines if line.item_id is not None}
    marked = set(StockItem.objects.filter(pk__in=set(items.values()), regulated=True).values_list("pk", flat=True))
    kits = KitComponent.objects.filter(kit__in=set(items.values()), component__regulated=True)
    marked |= set(kits.values_list("kit", flat=True))
    return {line for line, item in items.items() if item in marked}
