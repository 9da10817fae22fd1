"""Orders found by their buyers: whole words of names and companies, e-mail address, postcode. Each way is an index."""

from collections.abc import Iterator

from wharfinger.db.encryption import keyed_hash, search_hash
from wharfinger.db.models import SalesOrder, SearchWord
from wharfinger.db.queries.found_ids import Rows, Way, found_ids
from wharfinger.domain.orders.search_words import WordKind, words_typed

_OF_NAMES = (WordKind.NAME, WordKind.COMPANY)


def orders_by_buyer(text: str) -> frozenset[int]:
    """Sales orders of a buyer with all these words, the newest first where there are many. One query.

    Only for those who may see personal data: what is found tells who bought.
    """
    return found_ids(_ways(text.strip()))[0] if text.strip() else frozenset()


def _ways(text: str) -> Iterator[Way]:
    typed = words_typed(text)
    for word in typed.whole:
        yield _newest(SearchWord.objects.filter(kind=word.kind, hash=search_hash(word.kind, word.text))), "order_id"
    if typed.names:
        yield from ((_newest(rows), "order_id") for rows in _all_of(typed.names))
    # Orders of an earlier version have these two alone until their words are written.
    yield SalesOrder.objects.filter(surname_hash=keyed_hash("surname", text) or None), "id"
    yield SalesOrder.objects.filter(postcode_hash=keyed_hash("postcode", text) or None), "id"


def _all_of(names: tuple[str, ...]) -> Iterator[Rows]:
    first, *others = names
    for kind in _OF_NAMES:
        rows = SearchWord.objects.filter(kind=kind, hash=search_hash(kind, first))
        for name in others:
            hashes = [search_hash(each, name) for each in _OF_NAMES]
            rows = rows.filter(order__in=SearchWord.objects.filter(hash__in=hashes).values("order"))
        yield rows


def _newest(rows: Rows) -> Rows:
    return rows.order_by("-order_id")
