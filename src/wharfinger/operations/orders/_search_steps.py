"""Steps that write the words by which orders are found by their buyers; they need an open transaction."""

from collections.abc import Sequence

from django.db import connection

from wharfinger.db.any_of import any_of, number_array
from wharfinger.db.encryption import search_hash
from wharfinger.db.models import SalesOrder, SearchWord
from wharfinger.domain.orders.addresses import read_address, read_buyer
from wharfinger.domain.orders.search_words import words_of


def write_words(orders: Sequence[SalesOrder], *, changed: Sequence[SalesOrder] = ()) -> None:
    """Words of many orders by one statement. `changed`: those of them that may have other words, which go away first;
    an order whose buyer was erased has none afterwards."""
    if changed:
        SearchWord.objects.filter(any_of("order", [order.pk for order in changed])).delete()
    found = [
        (word.kind.value, search_hash(word.kind, word.text), order.pk)
        for order in orders
        for word in words_of(read_address(order.own_delivery or order.delivery), read_buyer(order.buyer))
    ]
    if not found:
        return
    kinds, hashes, ids = (list(column) for column in zip(*found, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {SearchWord._meta.db_table} (kind, hash, order_id) "
            "SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING",
            [kinds, number_array(hashes), number_array(ids)],
        )
