"""Which item a scanner, or a person, means by what was typed: whole codes only, never a guess."""

from django.db.models import Q, QuerySet

from wharfinger.db.models import StockBarcode, StockItem
from wharfinger.db.queries.barcodes import barcodes_of
from wharfinger.db.queries.stock.stock_items import ItemChoice

_SHOWN = 20


def scanned_items(text: str) -> tuple[ItemChoice, ...]:
    """Items with this stock code, barcode (a GTIN in any of its forms) or other reference; usually one.

    An exact stock code is that item alone. Without one, codes are compared without case.
    """
    code = text.strip()
    if not code or len(code) > 400:
        return ()
    items = StockItem.objects.filter(archived=False)
    exact = items.filter(code=code).values_list("id", "code", "name").first()
    if exact:
        return (ItemChoice(*exact),)
    return _choices(items.filter(Q(pk__in=barcodes_of(code).values("item")) | Q(other_reference=code))) or _choices(
        items.filter(Q(code__iexact=code) | Q(pk__in=StockBarcode.objects.filter(code__iexact=code).values("item")))
    )


def _choices(items: QuerySet[StockItem]) -> tuple[ItemChoice, ...]:
    return tuple(ItemChoice(*row) for row in items.order_by("code").values_list("id", "code", "name")[:_SHOWN])
