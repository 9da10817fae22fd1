"""Steps that write stock items; they need an open transaction."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct, StockBarcode, StockItem
from wharfinger.domain.stock.gtin import GTIN_TYPES, gtin14
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._listing_steps import link_by_itself

CODE_AT_MOST = 400
NAME_AT_MOST = 300
BARCODE_AT_MOST = 400
REFERENCE_AT_MOST = 120


def fault_in(text: str, at_most: int) -> str:
    """What is wrong with a text that is to be kept as it is; empty = nothing."""
    if len(text) > at_most:
        return f"has {len(text)} characters; at most {at_most} fit. Shorten it."
    if not all(character.isprintable() for character in text):
        return "contains a control character (a tab or line break). Remove it."
    return ""


def keep_barcode(item: StockItem, type_: str, code: str) -> None:
    """Give the item this barcode; refused when another item has it, also as EAN beside UPC of one article."""
    article = gtin14(code) if type_ in GTIN_TYPES else ""
    if article:
        twin = StockBarcode.objects.filter(gtin=article).exclude(type=type_, code=code).select_related("item").first()
        if twin is not None and twin.item_id != item.pk:
            raise Refused(
                "The barcode %(code)s belongs to %(item)s, as %(type)s %(twin)s. A barcode belongs to one item only.",
                "barcodes",
                code=code,
                item=twin.item.code,
                type=twin.type,
                twin=twin.code,
            )
        if twin is not None:
            article = ""  # the same article in two forms: its other row carries the number
    row, _made = StockBarcode.objects.get_or_create(type=type_, code=code, defaults={"item": item, "gtin": article})
    if row.item_id != item.pk:
        raise Refused(
            "The barcode %(code)s belongs to %(item)s. A barcode belongs to one item only.",
            "barcodes",
            code=code,
            item=row.item.code,
        )


def link_waiting_listings(items: Sequence[StockItem], *, now: datetime) -> int:
    """Link the listings that nobody linked yet and whose SKU equals an item's code, barcode or other reference."""
    barcodes = StockBarcode.objects.filter(any_of("item", [item.pk for item in items])).values_list("code", flat=True)
    names = {item.code for item in items} | {item.other_reference for item in items} | set(barcodes)
    products = ChannelProduct.objects.filter(any_of("listing__sku", names - {""}), item__isnull=True)
    return link_by_itself(list(products.select_related("listing").order_by("listing_id", "pk")), now=now)
