"""Stock items that Amazon SKUs probably are: by code, barcode, ASIN sold elsewhere and title, many SKUs in four
statements."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Q

from wharfinger.db.models import ChannelProduct, StockBarcode, StockItem
from wharfinger.db.search_expressions import any_pair, is_any_code
from wharfinger.domain.orders.near_misses import alike, words_of
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.stock.gtin import gtin14
from wharfinger.domain.stock.title_likeness import likeness, title_words

OFFERED = 8
_SEARCHED = ("code", "name", "other_reference")
_ZEROS = ("", "0", "00")
_WORDS_COMPARED = 5
_ITEMS_BY_TITLE = 300
"""Read and compared with each title: common words have thousands, and 2,000 cost a page of 50 SKUs 1.5 s."""
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of an Amazon SKU that no stock item is linked to."""

    sku: str
    asin: str
    title: str
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class LikelyItem:
    """A stock item that the SKU probably is, and why it is offered. `sure`: by a code or a barcode of its own."""

    id: int
    code: str
    name: str
    why: str
    sure: bool = False


def near_items(wanted: Sequence[Wanted]) -> list[tuple[LikelyItem, ...]]:
    """For each, the most likely first."""
    found: list[dict[int, LikelyItem]] = [{} for _ in wanted]
    for offer in (_by_code(wanted), _by_barcode(wanted), _by_asin(wanted)):
        _add(found, wanted, offer)
    unsure = [one for one, items in zip(wanted, found, strict=True) if not any(item.sure for item in items.values())]
    _add(found, wanted, _by_title(unsure))
    return [tuple(items.values())[:OFFERED] for items in found]


Offer = Callable[[Wanted], Iterable[LikelyItem]]


def _add(found: list[dict[int, LikelyItem]], wanted: Sequence[Wanted], offer: Offer) -> None:
    for one, items in zip(wanted, found, strict=True):
        for item in offer(one):
            items.setdefault(item.id, item)


def _spellings(wanted: Sequence[Wanted]) -> list[str]:
    """Codes as the index has them: with leading zeros of which one side may lack some."""
    bare = {squeeze(one.sku).lstrip("0") for one in wanted} - {""}
    return sorted({squeeze(one.sku) for one in wanted} - {""} | {zeros + code for code in bare for zeros in _ZEROS})


def _by_code(wanted: Sequence[Wanted]) -> Offer:
    references = {text for one in wanted for text in (one.sku, one.sku.strip(), one.sku.upper(), one.sku.lower())}
    codes = is_any_code("code", _spellings(wanted))
    rows = StockItem.objects.filter(codes | Q(other_reference__in=references - {""}), archived=False).order_by("code")
    known = list(rows.values_list("id", "code", "other_reference", "name"))

    def offer(one: Wanted) -> Iterable[LikelyItem]:
        for pk, code, reference, name in known:
            if alike(code, one.sku):
                why = "has this code" if code == one.sku else "differs only in case, spaces, signs or leading zeros"
                yield LikelyItem(pk, code, name, why, sure=True)
            elif reference and alike(reference, one.sku):
                yield LikelyItem(pk, code, name, f"has the other reference {reference}", sure=True)

    return offer


def _by_barcode(wanted: Sequence[Wanted]) -> Offer:
    articles = {number for one in wanted for number in (gtin14(one.sku), one.gtin)} - {""}
    named = is_any_code("code", _spellings(wanted))
    asins = {one.asin for one in wanted} - {""}
    rows = StockBarcode.objects.filter(named | Q(gtin__in=articles) | Q(code__in=asins), item__archived=False)
    known = list(rows.order_by("pk").values_list("item", "item__code", "item__name", "type", "code", "gtin"))

    def offer(one: Wanted) -> Iterable[LikelyItem]:
        articles = {gtin14(one.sku), one.gtin} - {""}
        for pk, code, name, kind, barcode, gtin in known:
            if gtin in articles or alike(barcode, one.sku) or (one.asin and barcode == one.asin):
                yield LikelyItem(pk, code, name, f"has the {kind} {barcode}", sure=True)

    return offer


def _by_asin(wanted: Sequence[Wanted]) -> Offer:
    asins = {one.asin for one in wanted} - {""}
    rows = ChannelProduct.objects.filter(asin__in=asins, item__isnull=False, item__archived=False)
    known = list(rows.order_by("item__code").values_list("asin", "item_id", "item__code", "item__name").distinct())

    def offer(one: Wanted) -> Iterable[LikelyItem]:
        for asin, pk, code, name in known:
            if asin == one.asin:
                yield LikelyItem(pk or 0, code, name, f"sells the same ASIN {asin} elsewhere")

    return offer


def _by_title(wanted: Sequence[Wanted]) -> Offer:
    """Items whose names are like the title: two of the title's longest words find them. Only for those that no code
    names, since titles share their words with many items."""
    pairs = {pair for one in wanted for pair in combinations(words_of(one.title)[:_WORDS_COMPARED], 2)}
    if not pairs:
        return lambda one: ()
    rows = StockItem.objects.filter(any_pair(_SEARCHED, sorted(pairs)), archived=False)
    found = rows.values_list("id", "code", "name")[:_ITEMS_BY_TITLE]
    known = [(pk, code, name, title_words(name)) for pk, code, name in found]
    meant = frozenset(one.sku for one in wanted)

    def offer(one: Wanted) -> Iterable[LikelyItem]:
        title = title_words(one.title if one.sku in meant else "")
        shares = ((likeness(words, title), code, pk, name) for pk, code, name, words in known)
        ranked = sorted((row for row in shares if row[0] >= HALF), key=lambda row: (-row[0], row[1]))
        for _, code, pk, name in ranked[:OFFERED]:
            yield LikelyItem(pk, code, name, "has the words of the title")

    return offer
