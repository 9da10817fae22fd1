"""Which stock item an order line means: by Amazon SKU or by ASIN, compared exactly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wharfinger.domain.identity import NotAnIdentity, parse_sku
from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_


class MatchCode(Labelled):
    """A code by which a line may find its stock item. Those beyond the channel's own are a list of the channel's."""

    AMAZON_SKU = "amazon_sku", "Amazon SKU"
    ASIN = "asin", "ASIN"
    STOCK_CODE = "stock_code", "Stock code"
    BARCODE = "barcode", "Barcode"
    OTHER_REFERENCE = "other_reference", "Other reference"


COMPARED = {
    MatchCode.AMAZON_SKU: N_("the order's Amazon SKU with the linked channel products"),
    MatchCode.ASIN: N_("the order's ASIN with the linked channel products, and with barcodes"),
    MatchCode.STOCK_CODE: N_("the order's Amazon SKU with the stock codes"),
    MatchCode.BARCODE: N_("the order's Amazon SKU with the barcodes"),
    MatchCode.OTHER_REFERENCE: N_("the order's Amazon SKU with the other references"),
}
"""What of an order's line is compared with what."""


def own_code(*, by_sku: bool) -> MatchCode:
    """What a channel goes by before all others: Use Amazon SKU."""
    return MatchCode.AMAZON_SKU if by_sku else MatchCode.ASIN


def read_codes(stored: Iterable[str]) -> tuple[MatchCode, ...]:
    """A channel's list; what no version of ours knows any more is passed over."""
    known = {code.value: code for code in MatchCode}
    return tuple(known[text] for text in stored if text in known)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A channel product of the channel's marketplace, linked (`item_id`) or not."""

    sku: str
    asin: str
    item_id: int | None
    item_code: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    item_id: int


@dataclass(frozen=True, slots=True)
class NotMatched:
    """The line is held; `reason` is for a person. `several`: its code means more than one stock item."""

    reason: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class NothingToSend:
    """A warranty, an assembly: it belongs to another line, and nothing of it stands on a shelf."""


Meaning = Matched | NotMatched | NothingToSend


def match_line(sku: str, asin: str, candidates: Iterable[Candidate], *, by_sku: bool) -> Matched | NotMatched:
    """Match one line. By ASIN it matches when the ASIN's products lead to one stock item, else both are named."""
    try:
        parse_sku(sku)
    except NotAnIdentity as fault:
        if by_sku or not asin:
            return NotMatched(str(fault))
    fitting = [c for c in candidates if (c.sku == sku if by_sku else c.asin == asin and asin)]
    items = {c.item_id: c.item_code for c in fitting if c.item_id is not None}
    word, code = ("Amazon SKU", sku) if by_sku else ("ASIN", asin)
    shown = code[:60] + ("…" if len(code) > 60 else "")
    if len(items) == 1:
        return Matched(next(iter(items)))
    if len(items) > 1:
        names = " and ".join(sorted(items.values()))
        return NotMatched(f"The {word} “{shown}” leads to several stock items: {names}.", several=True)
    return NotMatched(f"No stock item is linked to the {word} “{shown}”.")


def match_by_codes(first: NotMatched, named: Sequence[tuple[MatchCode, Mapping[int, str]]]) -> Matched | NotMatched:
    """By the other codes in their order: the first that names a stock item decides. `named`: items by id, with their
    codes; several by one code hold the line. `first`: why the channel's own code named none."""
    for code, items in named:
        if len(items) == 1:
            return Matched(next(iter(items)))
        if items:
            names = " and ".join(sorted(items.values()))
            return NotMatched(f"Its {code.msgid} leads to several stock items: {names}.", several=True)
    return first


def loosened(code: str) -> str:
    """Without what people type differently: case, spaces, leading zeros. Codes that are alike so are near misses, never
    taken by themselves."""
    return "".join(code.casefold().split()).lstrip("0")
