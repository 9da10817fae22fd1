"""Orders found by their codes: each way of finding is one index, and none looks further than it must.

What a code is, and how it is compared, stands in `domain.search_codes`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wharfinger.db.models import (
    ImportedOrder,
    Invoice,
    Listing,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    StockBarcode,
    StockItem,
)
from wharfinger.db.queries.barcodes import barcodes_of
from wharfinger.db.queries.found_ids import Rows, Way, found_ids
from wharfinger.db.queries.item_search import ITEM
from wharfinger.db.search_expressions import (
    all_words,
    begins,
    digits_are,
    digits_begin,
    in_a_row,
    is_code,
    squeezed,
)
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.search_codes import PIECE_AT_LEAST, CodeText, read_code

_ITEMS_AT_MOST = 50
_DIGITS_AT_LEAST = 3
_PIECE_OF_SKU_AT_LEAST = 3
_NUMBER = ("amazon_order_id", "order_ref")


@dataclass(frozen=True, slots=True)
class FoundIds:
    """`whole` False: one way of finding has more than it gave."""

    sales: frozenset[int] = frozenset()
    imported: frozenset[int] = frozenset()
    whole: bool = True


def orders_by_code(text: str) -> FoundIds:
    """By a number of Amazon's or ours, an invoice, a SKU, a tracking number, a barcode. Two queries."""
    code = read_code(text)
    if not code.squeezed:
        return FoundIds()
    sales, all_sales = found_ids(_sales_orders(code, text.strip()))
    imported, all_imported = found_ids(_imported_orders(code))
    return FoundIds(sales, imported, all_sales and all_imported)


def imported_by_code(text: str) -> FoundIds:
    """Imported orders by everything that finds them or the sales orders that they became. Three queries."""
    found = orders_by_code(text)
    became = SalesOrder.objects.filter(pk__in=found.sales).values_list("imported_id", flat=True)
    return FoundIds(found.sales, found.imported | frozenset(became if found.sales else ()), found.whole)


def order_by_whole_code(text: str) -> int | None:
    """The one sales order that has just this code, order number or tracking number; a merged part by its code alone."""
    code = read_code(text).squeezed
    if not code:
        return None
    numbered = ImportedOrder.objects.filter(is_code("amazon_order_id", code)).values("id")[:_ITEMS_AT_MOST]
    found, _ = found_ids(
        (
            (SalesOrder.objects.filter(is_code("code", code)), "id"),
            (SalesOrder.objects.filter(imported__in=numbered).exclude(state=SalesOrderState.MERGED), "id"),
            (Shipment.objects.filter(is_code("tracking_number", code)), "order_id"),
        )
    )
    return next(iter(found)) if len(found) == 1 else None


def _sales_orders(code: CodeText, text: str) -> Iterator[Way]:
    orders = SalesOrder.objects.all()
    yield orders.filter(is_code("code", code.squeezed)), "id"
    yield orders.filter(begins("code", code.squeezed)), "id"
    yield from ((rows, "id") for rows in _by_digits(orders, code))
    invoices = Invoice.objects.all()
    yield invoices.filter(begins("code", code.squeezed)), "order_id"
    yield from ((rows, "order_id") for rows in _by_digits(invoices, code))
    parcels = Shipment.objects.exclude(tracking_number="")
    yield parcels.filter(begins("tracking_number", code.squeezed)), "order_id"
    if len(code.digits) >= PIECE_AT_LEAST:
        yield parcels.filter(digits_begin("tracking_number", code.digits)), "order_id"
    yield from ((rows, "order_id") for rows in _by_sku(code, text))


def _by_digits(rows: Rows, code: CodeText) -> Iterator[Rows]:
    """`42` and `SO42` for SO000042."""
    if not code.digits:
        return
    of_prefix = rows.filter(begins("code", code.prefix)) if code.prefix else rows
    yield of_prefix.filter(digits_are("code", code.digits))
    if len(code.digits) >= _DIGITS_AT_LEAST:
        yield of_prefix.filter(digits_begin("code", code.digits))


def _by_sku(code: CodeText, text: str) -> Iterator[Rows]:
    lines = SalesOrderLine.objects.all()
    yield lines.filter(begins("sku", code.squeezed))
    yield lines.filter(item__in=barcodes_of(text).values("item")[:_ITEMS_AT_MOST])
    yield lines.filter(
        item__in=StockBarcode.objects.filter(begins("code", code.squeezed)).values("item")[:_ITEMS_AT_MOST]
    )
    yield lines.filter(item__in=StockItem.objects.filter(begins("code", code.squeezed)).values("id")[:_ITEMS_AT_MOST])
    if sum(map(len, code.pieces)) < _PIECE_OF_SKU_AT_LEAST:
        return
    with_piece = StockItem.objects.filter(all_words(ITEM, code.pieces), in_a_row(("code",), code.pieces))
    yield lines.filter(item__in=with_piece.values("id")[:_ITEMS_AT_MOST])
    listed = Listing.objects.filter(in_a_row(("sku",), code.pieces)).values_list(squeezed("sku"))[:_ITEMS_AT_MOST]
    yield lines.annotate(bare=squeezed("sku")).filter(bare__in=listed)
    yield lines.filter(in_a_row(("sku",), code.pieces), item__isnull=True)


def _imported_orders(code: CodeText) -> Iterator[Way]:
    orders = ImportedOrder.objects.all()
    yield orders.filter(begins("amazon_order_id", code.squeezed)), "id"
    yield orders.filter(begins("order_ref", code.squeezed)), "id"
    if not code.prefix and len(code.digits) >= PIECE_AT_LEAST:
        yield orders.filter(digits_begin("amazon_order_id", code.digits)), "id"
    if sum(map(len, code.pieces)) >= PIECE_AT_LEAST:
        yield orders.filter(in_a_row(_NUMBER, code.pieces)), "id"
