from django.db import models

from wharfinger.db.fields import EnumField
from wharfinger.domain.orders.search_words import WordKind


class SearchWord(models.Model):
    """A word of an order's buyer as a keyed hash: found whole, although the buyer stands encrypted."""

    pk = models.CompositePrimaryKey("hash", "order_id", "kind")
    kind = EnumField(WordKind, max_length=8)
    hash = models.BigIntegerField()
    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="search_words")
