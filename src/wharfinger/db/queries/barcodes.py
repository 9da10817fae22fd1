"""Barcodes as they are searched: EAN, UPC and GTIN-14 of one article are one."""

from django.db.models import Q, QuerySet

from wharfinger.db.models import StockBarcode
from wharfinger.domain.stock.gtin import gtin14


def barcodes_of(code: str) -> QuerySet[StockBarcode]:
    """Those with this code, and those of its article in another form."""
    article = gtin14(code)
    return StockBarcode.objects.filter(Q(code=code) | Q(gtin=article) if article else Q(code=code))
