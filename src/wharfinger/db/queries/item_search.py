"""Stock items and listings found by their codes and names, each way by an index."""

from wharfinger.db.models import ChannelProduct, Listing, StockBarcode, StockItem
from wharfinger.db.queries.barcodes import barcodes_of
from wharfinger.db.queries.found_ids import Way, found_ids
from wharfinger.db.search_expressions import all_words, begins, in_a_row
from wharfinger.domain.search_codes import read_code

ITEM = ("code", "name", "other_reference")
"""The columns of an item whose words find it."""


def items_by_code(text: str) -> frozenset[int]:
    """Stock items by code, barcode, other reference, or words of the name, each by its beginning. One query."""
    code = read_code(text)
    if not code.squeezed:
        return frozenset()
    items = StockItem.objects.all()
    ways: list[Way] = [
        (items.filter(begins("code", code.squeezed)), "id"),
        (barcodes_of(text.strip()), "item_id"),
        (StockBarcode.objects.filter(begins("code", code.squeezed)), "item_id"),
    ]
    if code.pieces:
        ways.append((items.filter(all_words(ITEM, code.pieces)), "id"))
    return found_ids(ways)[0]


def listings_by_code(text: str) -> frozenset[int]:
    """Listings by SKU, or by the whole ASIN. One query."""
    code = read_code(text)
    if not code.squeezed:
        return frozenset()
    listings = Listing.objects.all()
    ways: list[Way] = [
        (listings.filter(begins("sku", code.squeezed)), "id"),
        (ChannelProduct.objects.filter(asin=text.strip().upper()), "listing_id"),
    ]
    if code.pieces:
        ways.append((listings.filter(in_a_row(("sku",), code.pieces)), "id"))
    return found_ids(ways)[0]
