"""Words of orders that an earlier version took: written some at a time, since each has to be decrypted."""

from collections.abc import Sequence

from wharfinger.db.encryption import NotReadable
from wharfinger.db.models import Installation, SalesOrder
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID
from wharfinger.operations.orders._search_steps import write_words
from wharfinger.operations.transaction import operation

ORDERS_AT_ONCE = 500
"""In one transaction: some 0.3 s, most of it decryption."""


@operation
def fill_words() -> int:
    """The next orders without words, oldest first; returns how many, 0 = all have theirs."""
    installation = Installation.objects.select_for_update(no_key=True).filter(pk=INSTALLATION_ID).first()
    if installation is None or installation.words_filled_to >= installation.words_wanted_to:
        return 0
    rows = SalesOrder.objects.filter(pk__gt=installation.words_filled_to, pk__lte=installation.words_wanted_to)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:ORDERS_AT_ONCE])
    _fill(ids)
    installation.words_filled_to = ids[-1] if ids else installation.words_wanted_to
    installation.save(update_fields=["words_filled_to"])
    return len(ids)


def _fill(ids: Sequence[int]) -> None:
    """An order whose key is no longer configured is left out; the others are found."""
    rows = SalesOrder.objects.only("pk", "delivery", "own_delivery", "buyer")
    try:
        write_words(list(rows.filter(pk__in=ids)))
    except NotReadable:
        if len(ids) > 1:
            _fill(ids[: len(ids) // 2])
            _fill(ids[len(ids) // 2 :])
